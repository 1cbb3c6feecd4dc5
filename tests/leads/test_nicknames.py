from __future__ import annotations

import pytest

from leads.nicknames import same_given


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("bill", "william"),
        ("bob", "rob"),
        ("liz", "elizabeth"),
        ("jack", "john"),
        ("kathy", "katherine"),
        ("zoe", "zoe"),
    ],
)
def test_forms_of_one_name(a: str, b: str) -> None:
    assert same_given(a, b)
    assert same_given(b, a)


@pytest.mark.parametrize(("a", "b"), [("bill", "edward"), ("mary", "john"), ("zoe", "zeb")])
def test_other_names(a: str, b: str) -> None:
    assert not same_given(a, b)
