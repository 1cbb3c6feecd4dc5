"""Values that many share, told as masks over a lead's keys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leads.commonness import ACCOUNT, COMMON, CROWDED, NAMESAKES, alone, of_kinds, shared_by_many

KINDS = st.sampled_from("CIPEWQDNTOSALXRGHJF").map(lambda kind: kind.encode() + bytes(8))
COUNTED = st.lists(st.tuples(KINDS, st.integers(-1, 40)), max_size=24)


@given(COUNTED)
def test_a_key_is_crowded_whatever_it_holds_and_common_only_as_weak_evidence(found: list[tuple[bytes, int]]) -> None:
    crowded, common = shared_by_many([key for key, _ in found], [count for _, count in found])
    for place, (key, count) in enumerate(found):
        assert bool(crowded >> place & 1) == (count < 0 or count >= CROWDED)
        assert bool(common >> place & 1) == (
            (NAMESAKES if key[:1] == b"T" else COMMON) <= count < CROWDED and key[:1] in b"PNTSOALXR"
        )


def test_one_common_value_alone_is_nothing_and_any_other_with_it_is_something() -> None:
    assert alone(0b100, 0b110)
    assert not alone(0b001, 0b110)
    assert not alone(0b110, 0b110)
    assert not alone(0b101, 0b110)


def test_what_tells_an_account_is_known_in_keys_of_either_version() -> None:
    assert of_kinds([kind + bytes(8) for kind in (b"E", b"P", b"O", b"N", b"o", b"p")], ACCOUNT) == 0b110110
