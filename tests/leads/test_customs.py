from __future__ import annotations

import pytest

from leads.customs import custom, date, identifier, number
from leads.records import Custom


@pytest.mark.parametrize(
    "text",
    ["19840327", "1984-03-27", "1984/3/27", "1984.3.27", "1984年3月27日", "27.03.1984", "27/3/84", "3/27/1984", "27 Mar 1984",
     "March 27, 1984", "27-Mar-84", "27th of March 1984", "1984-03-27T08:30:00Z", "1984-3-27 12:00", "１９８４－３－２７", "30768"],
)  # fmt: skip
def test_every_spelling_of_a_date_is_one(text: str) -> None:
    assert date(text) == ("1984-03-27", "")


def test_the_day_comes_first_except_in_the_united_states() -> None:
    assert (date("03/04/1984")[0], date("03/04/1984", "US")[0]) == ("1984-04-03", "1984-03-04")
    assert date("03.04.1984", "US")[0] == "1984-04-03"


def test_years_of_two_digits_turn_at_thirty() -> None:
    assert (date("1/2/30")[0], date("1/2/31")[0]) == ("2030-02-01", "1931-02-01")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", ("", "empty")),
        ("soon", ("", "no_date")),
        ("1984", ("", "no_date")),
        ("19840231", ("1984-02-31", "not_in_calendar")),
    ],
)
def test_what_is_no_date_has_a_reason(text: str, answer: tuple[str, str]) -> None:
    assert date(text) == answer


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.50 元", "1234.5"), ("$1,200", "1200"), ("1.2万", "12000"), ("３亿", "300000000"), ("5k", "5000"), ("约50台", "50"),
     ("1.234.567", "1234567"), ("1.234,50", "1234.5"), ("-5", "-5"), ("100-499人", "100"), ("0", "0"), ("1e5", "100000"), ("0.50", "0.5")],
)  # fmt: skip
def test_numbers_are_written_out(text: str, value: str) -> None:
    assert number(text) == (value, "")


def test_identifiers_are_letters_and_digits() -> None:
    assert identifier(" ab-12 34x ") == ("AB1234X", "")
    assert identifier("--") == ("", "no_id")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("text", " ＡＢＣ  def ", "abc def"), ("category", "VIP", "vip"), ("id", "ab-1", "AB1"), ("date", "27.3.1984", "1984-03-27"),
     ("number", "1.5万", "15000"), ("address", "長江路１號", "长江路1号"), ("name", "張偉先生", "张伟"), ("nonsense", "X", "x")],
)  # fmt: skip
def test_custom_values_by_kind(kind: str, text: str, value: str) -> None:
    assert custom("f", kind, text) == (Custom("f", kind, value), "")


def test_no_value_is_none_with_a_reason() -> None:
    assert custom("f", "number", "many") == (None, "no_number")
