from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.profiles import Rule, Witness, profile
from leads.records import Custom, Email, Facts, Name, Phone


def name(text: str, kind: str = "full") -> Name:
    return Name(text, kind, "han", text[:1], text[1:], ())


def told(seq: int, at_ms: int, door: str = "form", source: str = "", **facts: object) -> Witness:
    return Witness(seq, Facts(at_ms=at_ms, door=door, **facts), source)  # type: ignore[arg-type]


def best(witnesses: list[Witness], field: str, **more: object) -> object:
    return next(f for f in profile(witnesses, **more) if f.name == field).best.value  # type: ignore[arg-type]


CITIES = [
    told(1, 10, "form", "site", city="Berlin"),
    told(2, 20, "call", "hotline", city="Bonn"),
    told(3, 30, "call", "hotline", city="Bonn"),
    told(4, 40, "import", "fair", city="Bern"),
]


@pytest.mark.parametrize(
    ("rule", "trust", "city"),
    [
        ("newest", ("form", "import", "call"), "Bern"),
        ("frequent", ("form", "import", "call"), "Bonn"),
        ("trusted", ("form", "import", "call"), "Berlin"),
        ("trusted", ("hotline",), "Bonn"),
        ("trusted", (), "Bern"),
    ],
)
def test_rules_of_survival(rule: Rule, trust: tuple[str, ...], city: str) -> None:
    assert best(CITIES, "city", rules={"city": rule}, trust=trust) == city


def test_every_value_is_kept_with_its_leads_and_its_last_origin() -> None:
    (field,) = profile(CITIES, {"city": "frequent"})
    assert [(k.value, k.seqs, k.source, k.at_ms) for k in field.values] == [
        ("Bonn", (2, 3), "hotline", 30),
        ("Bern", (4,), "fair", 40),
        ("Berlin", (1,), "site", 10),
    ]


def test_a_whole_name_comes_before_a_part_said_more_often() -> None:
    parts = [told(n, n, name=name("王", "surname")) for n in (1, 2, 3)]
    assert best([*parts, told(4, 0, name=name("王伟"))], "name") == name("王伟")


def test_a_whole_number_comes_before_a_masked_one() -> None:
    whole, masked = Phone("13800138000", "86", "mobile"), Phone("", "86", "mobile", mask="138****8000")
    assert best([told(1, 1, phones=(whole,)), told(2, 2, phones=(masked,))], "phone") == whole


def test_declared_fields_have_rules_of_their_own() -> None:
    witnesses = [told(n, n, custom=(Custom("size", "number", v),)) for n, v in ((1, "5"), (2, "5"), (3, "9"))]
    assert best(witnesses, "size") == Custom("size", "number", "9")
    assert best(witnesses, "size", rules={"size": "frequent"}) == Custom("size", "number", "5")


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(("form", "call"))),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(("newest", "frequent", "trusted")),
    st.randoms(),
)
def test_nothing_is_lost_and_the_order_of_telling_does_not_matter(
    leads: list[tuple[int, str, str, str]], rule: Rule, rng: object
) -> None:
    witnesses = [
        told(seq, at, door, city=city, emails=(Email(mail, "x.com", "x", "free", f"{mail}@x.com"),))
        for seq, (at, city, mail, door) in enumerate(leads, 1)
    ]
    fields = profile(witnesses, {"city": rule, "email": rule})
    shuffled = list(witnesses)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert profile(shuffled, {"city": rule, "email": rule}) == fields
    for field in fields:
        assert sorted(seq for known in field.values for seq in known.seqs) == [w.seq for w in witnesses]
