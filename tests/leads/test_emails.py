from __future__ import annotations

import pytest

from leads.emails import emails, stem
from leads.records import Email

ZHANG_QQ = Email("zhang", "qq.com", "qq", "free", "zhang@qq.com")


@pytest.mark.parametrize(
    "text",
    ["zhang@qq.com", " ZHANG@QQ.COM ", "zhang@@qq.com", "zhang@qq.con", "zhang＠qq．com", "zhang@qq.com;", "zhang@qq.com。",
     "zhang#qq.com", "zhang@qq.cm", "zhangqq.com", "mailto:zhang@qq.com", "zhang @ qq.com", "<zhang@qq.com>", "邮箱：zhang@qq.com", "zhang@qq。com", "zhang(at)qq.com"],
)  # fmt: skip
def test_every_spelling_of_a_mailbox_is_one(text: str) -> None:
    assert emails(text) == ((ZHANG_QQ,), "")


@pytest.mark.parametrize(
    ("text", "local", "domain", "stem", "kind"),
    [
        ("Wei.Zhang+crm@Gmial.com", "weizhang", "gmail.com", "gmail", "free"),
        ("wei.zhang@googlemail.com", "weizhang", "gmail.com", "gmail", "free"),
        ("wei.zhang+x@acme.com", "wei.zhang", "acme.com", "acme", "company"),
        ("Sales@mail.acme.com.cn", "sales", "mail.acme.com.cn", "acme", "role"),
        ("sales@gmail.com", "sales", "gmail.com", "gmail", "free"),
        ("li@hotmial.com", "li", "hotmail.com", "hotmail", "free"),
        ("li@acme.con", "li", "acme.com", "acme", "company"),
        ("foo@foxmailcom", "foo", "foxmail.com", "foxmail", "free"),
        ("info@acme.co.uk", "info", "acme.co.uk", "acme", "role"),
    ],
)
def test_canonical_parts(text: str, local: str, domain: str, stem: str, kind: str) -> None:
    (found,), reason = emails(text)

    assert (found.local, found.domain, found.stem, found.kind, reason) == (local, domain, stem, kind, "")


def test_several_in_a_cell() -> None:
    found, reason = emails("a.li@acme.cn; b@acme.cn，A.LI@acme.cn")

    assert ([mail.address for mail in found], reason) == (["a.li@acme.cn", "b@acme.cn"], "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), (" ", "empty"), ("n/a", "no_address"), ("@@@", "no_address"), ("a@b", "no_address"), ("www.acme.com", "no_address"),
        ("test@acme.com", "placeholder"), ("noreply@acme.com", "placeholder"), ("123@qq.com", "placeholder"), ("no@no.com", "placeholder"),
    ],
)  # fmt: skip
def test_what_is_no_mailbox_has_a_reason(text: str, reason: str) -> None:
    assert emails(text) == ((), reason)


def test_digits_are_a_real_mailbox_at_a_company() -> None:
    assert [mail.local for mail in emails("123456@acme.com")[0]] == ["123456"]


@pytest.mark.parametrize(
    ("domain", "name"), [("acme.com", "acme"), ("www.acme.com.cn", "acme"), ("mail.acme.co.uk", "acme"), ("com", "")]
)
def test_stem_is_the_registered_name(domain: str, name: str) -> None:
    assert stem(domain) == name


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kingensystem at o2 dot pl", "kingensystem@o2.pl"), ("ann underscore lee at blue dash sky dot co dot uk", "ann_lee@blue-sky.co.uk"),
        ("juan arroba acme punto es", "juan@acme.es"), ("chiara@neumann,ch", "chiara@neumann.ch"), ("p@acme.com,sg", "p@acme.com.sg"),
        ("anna .lee@acme.fr", "anna.lee@acme.fr"), ("a@acme.com.com", "a@acme.com"), ("ann@googlemail.cm", "ann@gmail.com"),
        ("ann@comcasst.net", "ann@comcast.net"), ("ann@hotnail.fr", "ann@hotmail.fr"), ("ann@gmail.c", "ann@gmail.com"), ("a@acme.com,it", "a@acme.com"),
    ],
)  # fmt: skip
def test_what_was_told_or_mistyped_is_read_as_it_was_meant(text: str, address: str) -> None:
    assert [mail.address for mail in emails(text)[0]] == [address]


@pytest.mark.parametrize("text", ["call me at noon", "meet at 5 dot", "look at it", "at dot com"])
def test_words_that_say_no_mailbox_are_none(text: str) -> None:
    assert emails(text) == ((), "no_address")


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("yahoo.fr", "free"),
        ("email.com", "free"),
        ("vahoo.com", "company"),
        ("sunrises.ch", "company"),
        ("outlock.com", "free"),
    ],
)
def test_only_coined_names_of_providers_forgive_a_key(domain: str, kind: str) -> None:
    assert emails(f"ann@{domain}")[0][0].kind == kind
