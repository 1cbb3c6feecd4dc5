from __future__ import annotations

import pytest

from gateway.headers import find_header, recognise, recognise_question, unique


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("E-Mail *", "email"),
        ("联系电话（必填）", "phone"),
        ("姓 名", "name"),
        ("ＰＨＯＮＥ", "phone"),
        ("contact.email", "email"),
        ("data.attributes.0.phone_number", "phone"),
        ("agent.email", ""),
        ("company.name", "company"),
        ("x", ""),
        ("", ""),
        (".", ""),
    ],
)
def test_names_of_columns_and_keys(name: str, field: str) -> None:
    assert recognise(name) == field


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("What is your first name?", "given_name"),
        ("请问您的公司叫什么？", "company"),
        ("Phone", "phone"),
        ("How did you hear about us?", ""),
    ],
)
def test_questions(title: str, field: str) -> None:
    assert recognise_question(title) == field


def test_columns_without_a_name_or_with_the_same_are_told_apart() -> None:
    assert unique(["电话", "", "电话", " 电话 "]) == ("电话", "column 2", "电话 (2)", "电话 (3)")


def test_the_header_is_the_row_with_most_names_and_the_first_of_equals() -> None:
    assert find_header([["客户", ""], ["姓名", "电话"], ["name", "phone"]]) == 1
    assert find_header([["x", "y"], ["a", "b"], ["b", "c"]], wanted=["b", "c"]) == 2


def test_thousands_of_columns_of_one_name_are_told_apart() -> None:
    names = unique(["电话"] * 20_000)
    assert (len(set(names)), names[1], names[-1]) == (20_000, "电话 (2)", "电话 (20000)")
