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
        ("sepp", "josef"),
        ("andi", "andreas"),
        ("pepe", "jose"),
        ("paco", "francisco"),
        ("beppe", "giuseppe"),
        ("ze", "jose"),
        ("manu", "emmanuel"),
        ("kees", "cornelis"),
        ("jan", "johannes"),
        ("gosia", "malgorzata"),
        ("jedrek", "andrzej"),
        ("mohd", "muhammad"),
        ("mick", "michael"),
    ],
)
def test_forms_of_one_name(a: str, b: str) -> None:
    assert same_given(a, b)
    assert same_given(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("daniel", "daniela"),
        ("bill", "edward"),
        ("mary", "john"),
        ("zoe", "zeb"),
        ("christian", "christine"),
        ("andrea", "andreas"),
    ],
)
def test_other_names(a: str, b: str) -> None:
    assert not same_given(a, b)
