from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.values import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3000", 3_000),
        ("12万", 120_000),
        ("１２ 萬", 120_000),
        ("1.5w", 15_000),
        ("1,200.50", 1_200.5),
        ("1.200,50", 1_200.5),
        ("12,5", 12.5),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("¥ 8,000 元", 8_000),
        ("USD 20k", 20_000),
        ("2.5 million", 2_500_000),
        ("50-100人", 50),
        ("50 ~ 100", 50),
        ("10-20万", 100_000),
        ("100万到200万", 1_000_000),
        ("10至20万元", 100_000),
        ("500人以上", 500),
        ("1000+", 1_000),
        ("50人以下", 0),
        ("<50", 0),
        ("三十万", 300_000),
        ("两千五百", 2_500),
        ("一百二十万元", 1_200_000),
        ("十二亿", 1_200_000_000),
        ("-5", -5),
    ],
)
def test_number_is_what_a_person_meant(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "面议", "百度", "一般", "很多", "tbd", "...", "十分着急"])
def test_words_are_no_number(text: str) -> None:
    assert number(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert number(text) is None or isinstance(number(text), float)
