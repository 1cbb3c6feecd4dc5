"""What holds for every normaliser and any text: no exception, and its own answer is read back as itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.addresses import address
from leads.cells import rehome
from leads.customs import custom, date, identifier, number
from leads.emails import emails
from leads.handles import handles
from leads.phones import phones
from leads.places import is_chinese, place, region
from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, Row
from leads.text import ascii_fold, fold, plain, simplify

#: Text as leads have it: pieces that mean something to some normaliser, glued by anything.
PIECES = st.sampled_from(
    ("138", "0755", "+86", "1.38E+10", "****", "转", "ext", "@", "qq.con", "张伟", "有限公司", "北京", "路", "号", "楼", "室", "Suite",
     "Ave", "市", "区", "wx:", "QQ", "同号", "年", "月", "27", "1984", ",", ";", "/", "\n", "\x00", "\ud800", "．", "１", " ", "'", "O", "l")
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=40), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=10).map("".join))
COUNTRY = st.sampled_from(("", "CN", "US", "GB", "DE", "HK"))


@pytest.mark.parametrize("folding", [plain, fold, ascii_fold, simplify])
@given(text=TEXT)
def test_folding_is_idempotent(folding: Callable[[str], str], text: str) -> None:
    assert folding(folding(text)) == folding(text)


@given(TEXT, COUNTRY)
def test_phones_give_digits_or_a_mask(text: str, country: str) -> None:
    found, reason = phones(text, country)

    assert found or reason
    for phone in found:
        assert bool(phone.digits) != bool(phone.mask)
        assert phone.digits == "".join(c for c in phone.digits if c in "0123456789")


@given(TEXT)
def test_a_number_is_read_back_as_itself(text: str) -> None:
    for phone in phones(text)[0]:
        if phone.digits and len(phone.digits) >= 7:
            again, _ = phones(f"+{phone.country}{phone.digits}" if phone.country else phone.digits)
            assert [p.digits for p in again] == [phone.digits]


@given(TEXT)
def test_a_mailbox_is_read_back_as_itself(text: str) -> None:
    for mail in emails(text)[0]:
        assert emails(mail.address)[0] == (mail,)


@given(TEXT)
def test_a_handle_is_read_back_as_itself(text: str) -> None:
    for handle in handles(text)[0]:
        assert handles(handle.value, handle.kind)[0][:1] in ((handle,), ())


@given(TEXT)
def test_an_address_is_read_back_as_itself(text: str) -> None:
    found, reason = address(text)

    assert (found is None) == bool(reason)
    if found:
        assert address(found.text)[0] == found


@given(TEXT)
def test_places_are_read_back_as_themselves(text: str) -> None:
    city = place(text)[1]

    assert region(region(text)) == region(text)
    assert not is_chinese("", city) or place(city)[1] in (city, "")  # a city named as its or another's region


@given(TEXT, COUNTRY)
def test_custom_values_are_read_back_as_themselves(text: str, country: str) -> None:
    assert date(date(text, country)[0], country)[0] == date(text, country)[0]
    assert identifier(identifier(text)[0])[0] == identifier(text)[0]
    assert number(number(text)[0])[0] == number(text)[0]
    for kind in ("name", "company", "category"):
        custom("f", kind, text)


FIELDS = st.dictionaries(
    st.one_of(
        st.sampled_from(("name", "company", "phone", "email", "wechat", "address", "city", "region", "title", "备注")),
        TEXT,
    ),
    TEXT,
)


@given(FIELDS)
def test_a_row_put_right_stays(fields: dict[str, str]) -> None:
    once, _ = rehome(fields)

    assert rehome(once)[0] == once


@settings(max_examples=200)
@given(FIELDS)
def test_prepare_answers_anything_and_always_the_same(fields: dict[str, str]) -> None:
    row = Row("0" * 32, fields)
    envelope = Envelope("t", "s", "form", 0, (row,))

    assert prepare(row, envelope, Preparation()) == prepare(row, envelope, Preparation())
