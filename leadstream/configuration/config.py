"""The configuration file: loaded into frozen Settings with every mistake reported at once, and shown without secrets."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from gateway.settings import PROVIDER_SCHEMES
from leads.errors import Misconfigured
from leadstream.configuration.advice import advice
from leadstream.configuration.settings import Settings, SourceSection, TenantSection, read_list
from leadstream.configuration.yamlfile import Document, read
from routing import check
from stores.connect import CLUSTERS, of_cluster

DEFAULT = Path(__file__).with_name("default.yaml")

#: Variables that say where things are, so that one file serves every machine. They win over the file.
PLACES: dict[str, tuple[str, ...]] = {
    "LEADSTREAM_DATA": ("data",),
    "LEADSTREAM_STORE_URL": ("store", "url"),
    "LEADSTREAM_LOG": ("log", "kind"),
    "LEADSTREAM_KAFKA": ("log", "bootstrap"),
    "LEADSTREAM_HOST": ("gateway", "host"),
    "LEADSTREAM_PORT": ("gateway", "port"),
}

Steps = tuple[str | int, ...]
Faults = list[tuple[Steps, str]]


def load(path: Path | str | None, env: Mapping[str, str]) -> Settings:
    """Settings from a YAML file, else from the one ``LEADSTREAM_CONFIG`` names, else the shipped example.

    Raises Misconfigured with every mistake: its path in the file, what is wrong and what to write, and the line.
    """
    file = Path(path or env.get("LEADSTREAM_CONFIG") or DEFAULT)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError:
        raise Misconfigured(
            [(str(file), "there is no such file that can be read; give the path of a YAML file")]
        ) from None
    except UnicodeDecodeError:
        raise Misconfigured([(str(file), "is not UTF-8; save it as UTF-8")]) from None
    return parse(text, env, file.parent)


def parse(text: str, env: Mapping[str, str], folder: Path = Path()) -> Settings:
    """``load`` on a text; relative paths in it start at ``folder``. Raises Misconfigured."""
    document = read(text)
    if not isinstance(document.data, dict):
        raise Misconfigured([("file", "the file must be a mapping; begin with a line like 'tenants:'")])
    faults: Faults = list(document.faults) + _passwords(document.data)
    raw = _anchor(document.data, folder)
    for name, steps in PLACES.items():
        if env.get(name):
            _put(raw, steps, env[name].split(",") if steps[-1] == "bootstrap" else env[name])
    settings = _validate(raw, faults)
    if settings is not None:
        broken = [steps for steps, _ in faults]
        faults += [
            (steps, what)
            for steps, what in _meaning(settings)
            if not any(other[: len(steps)] == steps for other in broken)
        ]
    if faults or settings is None:
        raise Misconfigured(
            [(_dotted(steps), _placed(what, steps, document)) for steps, what in _sorted(faults, document)]
        )
    return settings


def missing_secrets(settings: Settings, env: Mapping[str, str]) -> list[tuple[str, str]]:
    """(path, what to do) for each variable the configuration names and ``env`` does not set. For the parts that need them."""
    named = [
        *(
            (f"sources.{n}.{part}", getattr(s, part))
            for n, s in settings.sources.items()
            for part in ("secret_env", "previous_secret_env")
        ),
        ("gateway.secret_env", settings.gateway.secret_env),
        *((f"gateway.tokens.{n}.env", t.env) for n, t in settings.gateway.tokens.items()),
        *((f"tenants.{n}.key_env", t.key_env) for n, t in settings.tenants.items()),
        *(
            (f"tenants.{n}.notify.{part}", getattr(t.notify, part))
            for n, t in settings.tenants.items()
            for part in ("url_env", "secret_env")
        ),
    ]
    return [(path, f"set the environment variable {name}") for path, name in named if name and not env.get(name)]


def show(settings: Settings) -> str:
    """The settings as YAML that loads again, without passwords and without the list of people not to contact."""
    shown = settings.model_dump(mode="json", by_alias=True, exclude={"tenants", "sources"})
    shown |= settings.model_dump(mode="json", by_alias=True, include={"tenants", "sources"}, exclude_defaults=True)
    shown["store"]["url"] = _without_password(settings.store.url)
    hidden = [name for name, tenant in shown["tenants"].items() if tenant.pop("do_not_contact", None)]
    remark = "".join(f"# tenants.{name}.do_not_contact is not shown: add it again to a copy\n" for name in hidden)
    return remark + yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=120)


def _validate(raw: dict[str, Any], faults: Faults) -> Settings | None:
    """Settings, and what is wrong in ``faults``. What is wrong is taken out and the rest read again, so that what the
    rest means can be checked in the same run; what only follows from taking out is not reported."""
    for attempt in range(20):
        try:
            return Settings.model_validate(raw)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                steps = tuple(step for step in fault["loc"] if step != "[key]")
                if attempt == 0:
                    faults.append((steps, advice(Settings, steps, fault)))
                _take_out(raw, steps, fault["type"])
    return None


def _take_out(raw: dict[str, Any], steps: Steps, kind: str) -> None:
    """Removes what stands at ``steps``, or what lacks it. A list goes as a whole: its items must keep their numbers."""
    if kind == "missing":
        steps = steps[:-1]
    above: Any = raw
    for i, step in enumerate(steps):
        if isinstance(above, list):
            return _take_out(raw, steps[:i], "list")
        if not isinstance(above, dict) or step not in above:
            return None
        if i == len(steps) - 1:
            del above[str(step)]
            if kind in ("model_type", "dict_type"):
                above[str(step)] = {}  # a section that is none: its name stays known
            return None
        above = above[step]
    return None


def _meaning(settings: Settings) -> Iterator[tuple[Steps, str]]:
    """Mistakes in well-formed settings."""
    if settings.log.kind == "kafka" and not settings.log.bootstrap:
        yield ("log", "bootstrap"), "Kafka needs its brokers; write host:port, or set LEADSTREAM_KAFKA"
    schemes = ("redis", "rediss", "unix", "valkey", "valkeys", *CLUSTERS)
    if settings.store.url and urlsplit(settings.store.url).scheme not in schemes:
        yield ("store", "url"), "write a URL like redis://host:6379/0, or leave it empty for the embedded store"
    if of_cluster(settings.store.url) and settings.log.kind == "embedded":
        yield ("log", "kind"), "a cluster holds the state only; write kafka"
    if not settings.tenants:
        yield ("tenants",), "declare at least one tenant, for example 'main:'"
    for name, token in settings.gateway.tokens.items():
        if token.tenant not in settings.tenants:
            yield ("gateway", "tokens", name, "tenant"), check.unknown("tenant", token.tenant, settings.tenants)
    for name, source in settings.sources.items():
        yield from ((("sources", name, *steps), what) for steps, what in _source(source, settings))
    for name, tenant_section in settings.tenants.items():
        yield from ((("tenants", name, *steps), what) for steps, what in _tenant(tenant_section))


def _source(source: SourceSection, settings: Settings) -> Iterator[tuple[Steps, str]]:
    if source.tenant not in settings.tenants:
        yield ("tenant",), check.unknown("tenant", source.tenant, settings.tenants)
    scheme, own = source.scheme, PROVIDER_SCHEMES.get(source.kind)
    if own and scheme != own:
        yield ("signature",), f"a source of kind {source.kind} signs with {own}; write that, or leave the line out"
    if scheme not in ("none", "bearer") and not source.secret_env:
        yield ("secret_env",), f"the signature {scheme} needs a secret; name the environment variable that holds it"
    if scheme in ("none", "bearer") and source.secret_env:
        yield ("signature",), f"there is a secret, but {scheme} checks none; write hmac, standard or leave the line out"
    if scheme == "twilio" and not settings.gateway.public_url:
        yield ("signature",), "Twilio signs the address it calls; write it in gateway.public_url"


def _tenant(tenant: TenantSection) -> Iterator[tuple[Steps, str]]:
    by_hand = tenant.matching.model_fields_set & {"same", "unsure"}
    if tenant.matching.cost is not None and by_hand:
        yield (
            ("matching", "cost"),
            f"the costs say where a person looks; leave out {' and '.join(sorted(by_hand))}, or the costs",
        )
    if tenant.matching.unsure > tenant.matching.same:
        yield (
            ("matching", "unsure"),
            "it is above 'same'; write a lower number of bits, or the same for no review at all",
        )
    try:
        policy = tenant.policy()
    except (KeyError, ValueError, OSError):  # ZoneInfo's ways of saying no
        yield ("timezone",), f"'{tenant.timezone}' is no time zone; write one like Asia/Shanghai"
    else:
        yield from check.faults(policy, tenant.fields)
        for i, rule in enumerate(tenant.rules):
            empty = [field for field, test in rule.when.items() if not test.model_fields_set]
            yield from (
                (("rules", i, "when", field), "write a value, a list of values, or at_least, ...") for field in empty
            )
    try:
        tenant.matching.weights()
    except Misconfigured as error:
        yield from ((("matching", *path.split(".", 1)), what) for path, what in error.faults)
    if tenant.do_not_contact_file:
        try:
            read_list(Path(tenant.do_not_contact_file))
        except Misconfigured as error:
            yield ("do_not_contact_file",), error.faults[0][1]


def _passwords(data: dict[str, Any]) -> Faults:
    store = data.get("store")
    url = store.get("url") if isinstance(store, dict) else None
    if isinstance(url, str) and _without_password(url) != url:
        return [(("store", "url"), "keep the password out of the file; set the URL in LEADSTREAM_STORE_URL")]
    return []


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, _, user = head.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{tail}" if at and ":" in user else url


def _anchor(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A copy in which the paths of lists no longer depend on where the file is."""
    raw = copy.deepcopy(data)
    tenants = raw.get("tenants")
    for tenant in tenants.values() if isinstance(tenants, dict) else ():
        if isinstance(tenant, dict) and isinstance(listed := tenant.get("do_not_contact_file"), str):
            tenant["do_not_contact_file"] = str((folder / listed).resolve())
    return raw


def _put(raw: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    for step in steps[:-1]:
        inner = raw.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        raw = inner
    raw[steps[-1]] = value


def _sorted(faults: Faults, document: Document) -> Faults:
    return sorted(dict.fromkeys(faults), key=lambda fault: document.line(fault[0]))


def _dotted(steps: Steps) -> str:
    return ".".join(map(str, steps)) or "file"


def _placed(what: str, steps: Steps, document: Document) -> str:
    return f"{what} (line {document.line(steps)})"
