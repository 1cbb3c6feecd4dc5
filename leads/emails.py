"""E-mail addresses: one mailbox, one spelling, and whether it belongs to a person, a company or a desk."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from leads.damaged_mails import in_signs
from leads.records import Email
from leads.text import knowledge, plain, simplify

_PLAIN: Final = re.compile(r"\s*([A-Za-z0-9._+\-]+)@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,})\s*")
_ANY: Final = re.compile(
    r"(?<![^\s@<>()\[\],;:\"'|/、，；。])([^\s@<>()\[\],;:\"'|/、，；。]+)@+([^\s@<>()\[\],;:\"'|/、，；]*[^\s@<>()\[\],;:\"'|/、，；.。])"
)
_AT: Final = re.compile(r"\s*(?:@+|\(at\)|\[at\]|#at#|艾特)[\s@]*", re.IGNORECASE)
_DOT: Final = re.compile(r"\s*(?:\(dot\)|\[dot\]|。|·)\s*|\.{2,}|\s+\.(?=\w)|,(?=(?:com|cn|net|org)\b)", re.IGNORECASE)
_DOUBLED: Final = (".com.com", ".co.com", ".net.com", ".org.com")
_TLD: Final = {
    **dict.fromkeys(
        ("con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cpm", "clm", "om", "cim", "c0m", "coim", "c"), "com"
    ),
    **dict.fromkeys(("nte", "ne", "met", "bet"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg"), "org"),
    **dict.fromkeys(("cnn", "ccn"), "cn"),
}


class _Tables(NamedTuple):
    mend: dict[str, str]  # a provider's domain as typed -> as it is
    free: frozenset[str]
    dots: frozenset[str]
    families: frozenset[str]  # names of providers at every suffix: yahoo
    coined: tuple[str, ...]  # names nobody else bears: one key away is a slip
    roles: frozenset[str]
    fake_locals: frozenset[str]
    fake_at_free: frozenset[str]
    fake_domains: frozenset[str]
    suffixes: frozenset[str]


@cache
def _tables() -> _Tables:
    listed = [line.split() for line in knowledge("mail_domains.txt")]
    providers = [line for line in listed if line[0] in ("free", "dots")]
    local, at_free, domain = (frozenset(line.split()) for line in knowledge("mail_fakes.txt"))
    return _Tables(
        {spelling: right for _, right, *wrong in providers for spelling in (right, *wrong)},
        frozenset(right for _, right, *_ in providers),
        frozenset(right for kind, right, *_ in providers if kind == "dots"),
        frozenset(name for kind, *names in listed if kind == "family" for name in names),
        tuple(name for kind, *names in listed if kind == "coined" for name in names),
        frozenset(" ".join(knowledge("mail_roles.txt")).split()),
        local,
        at_free,
        domain,
        frozenset(" ".join(knowledge("suffixes.txt")).split()),
    )


def emails(text: str) -> tuple[tuple[Email, ...], str]:
    """The mailboxes in one cell, in order, without repeats.

    The reason is that of the first that could not be used: empty, no_address or placeholder; "" when all were understood.
    """
    if match := _PLAIN.fullmatch(text):
        box = _email(match[1].lower(), match[2].lower())
        return ((), box) if isinstance(box, str) else ((box,), "")
    found = _search(text)
    if not found:
        return (), "no_address" if text.strip() else "empty"
    boxes: dict[tuple[str, str], Email] = {}
    reason = ""
    for local, domain in found:
        box = _email(local.lower(), domain.lower())
        if isinstance(box, str):
            reason = reason or box
        else:
            boxes.setdefault((box.local, box.domain), box)
    return tuple(boxes.values()), reason


def stem(domain: str) -> str:
    """The registered name of a domain without its public suffix: ``acme`` of mail.acme.com.cn; "" when there is none."""
    labels = domain.removeprefix("www.").split(".")
    cut = 2 if len(labels) > 2 and ".".join(labels[-2:]) in _tables().suffixes else 1
    return labels[-cut - 1] if len(labels) > cut else ""


def _search(text: str) -> list[tuple[str, str]]:
    text = plain(text)
    if "mailto:" in text.lower():
        text = re.sub("mailto:", " ", text, flags=re.IGNORECASE)
    text = in_signs(_DOT.sub(".", _AT.sub("@", text)), _tables().suffixes)
    found = _ANY.findall(text)
    if "@" not in text and (match := _lost_at().fullmatch(text.strip(" ;,.").lower())):
        return [(match[1], match[2])]
    if not found and "@" in text and text.count("@") == 1:  # spaces inside: zhang wei@ qq. com
        found = _ANY.findall(text.replace(" ", ""))
    elif len(found) == 1 and " " in text and "." not in found[0][1]:
        found = _ANY.findall(re.sub(r"\s*\.\s*", ".", text))
    return found


@cache
def _lost_at() -> re.Pattern[str]:
    """A mailbox of a big provider without its @: lwg88qq.com, or with # for it. A point before the provider makes it a host."""
    return re.compile(
        r"(?!www|mail\.)([a-z][a-z0-9._-]{3,}?[a-z0-9_]|\d{5,11})#?"
        r"((?:qq|163|126|gmail|hotmail|outlook|foxmail|sina|yahoo)\.(?:com|cn|com\.cn))"
    )


class _Domain(NamedTuple):
    right: str  # canonical; "" when this is no domain
    stem: str
    free: bool
    dots: bool
    fake: bool


@lru_cache(maxsize=1 << 10)
def _domain(domain: str) -> _Domain:
    tables = _tables()
    right = tables.mend.get(domain) or _mended(domain)
    if "." not in right or len(right) > 253:
        right = ""
    name = stem(right)
    free = right in tables.free or name in tables.families
    return _Domain(right, name, free, right in tables.dots, right in tables.fake_domains)


def _mended(domain: str) -> str:
    tables = _tables()
    domain = simplify(domain).strip(".-")
    if domain.endswith(_DOUBLED):
        domain = domain.rsplit(".", 2)[0] + ".com"
    head, dot, tld = domain.rpartition(".")
    if tld in _TLD:
        domain = head + dot + _TLD[tld]
    elif tld in ("cm", "co") and f"{head}.com" in tables.mend:  # countries too, but no mailboxes of qq.cm
        domain = f"{head}.com"
    elif not dot and domain.endswith("com") and (len(domain) > 5 or f"{domain[:-3]}.com" in tables.free):
        domain = domain[:-3] + ".com"  # foxmailcom, qqcom
    return tables.mend.get(domain) or _one_key_off(domain) or domain


def _one_key_off(domain: str) -> str:
    """The provider's domain whose coined name this one misses by one key (hotnail.fr, comcasst.net), "" when it is none's."""
    tables, written = _tables(), stem(domain)
    if len(written) < 4 or written in tables.families:
        return ""
    for name in tables.coined:
        if name[0] == written[0] and OSA.distance(name, written, score_cutoff=1) == 1:
            right = name + domain.removeprefix(written)
            if right in tables.mend:
                return tables.mend[right]
            if name in tables.families:
                return right
    return ""


def _email(local: str, domain: str) -> Email | str:
    """A mailbox from its two lower-case halves, or why it is none."""
    tables, (right, name, free, dots, fake) = _tables(), _domain(domain)
    written = local.strip(".-")
    canonical = written.split("+", 1)[0] or written
    if dots:
        canonical = canonical.replace(".", "")
    if not right or not canonical or len(written) > 64:
        return "no_address"
    if fake or canonical in tables.fake_locals or (free and canonical in tables.fake_at_free):
        return "placeholder"
    kind = "free" if free else "role" if canonical in tables.roles else "company"
    return Email(canonical, right, name, kind, f"{written}@{right}")
