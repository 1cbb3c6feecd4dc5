from hypothesis import given
from hypothesis import strategies as st

from stores.portions import LEADS, leads, portions
from streams.ports import Message


def carrying(*counts: int) -> list[Message]:
    return [Message("", b"k", b"%d" % n, ((LEADS, b"%d" % count),)) for n, count in enumerate(counts)]


@given(st.lists(st.integers(1, 120)), st.integers(1, 200))
def test_each_is_full_and_none_too_full_and_together_they_are_all_in_order(counts: list[int], most: int) -> None:
    messages = carrying(*counts)
    cut = list(portions(messages, most))
    sizes = [sum(map(leads, part)) for part in cut]
    assert [one for part in cut for one in part] == messages
    assert all(size <= most or len(part) == 1 for size, part in zip(sizes, cut, strict=True))
    assert all(size + leads(after[0]) > most for size, after in zip(sizes, cut[1:], strict=False))


def test_a_message_that_does_not_say_carries_one_lead() -> None:
    said = (b"", b"x", b"-3", b"0", b"1.5", "\u00b2".encode())
    assert {leads(Message("", b"", b"", ((LEADS, value),))) for value in said} == {1}
    assert leads(Message("", b"", b"", (("at_ms", b"7"),))) == 1
    assert leads(Message("", b"", b"", ((LEADS, b"9" * 5_000),))) > 1_000_000
