"""How much is taken from a log at a time is counted in leads, since one message may carry a chunk of an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

#: The header of a message with more than one lead: how many.
LEADS = "leads"


class Headed(Protocol):
    """What has a message's headers."""

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]: ...


M = TypeVar("M", bound=Headed)


def leads(message: Headed) -> int:
    """How many leads it says it carries, 1 where it does not say."""
    for name, value in message.headers:
        if name == LEADS and value.isdigit():
            return max(1, int(value[:9]))
    return 1


def portions(messages: Sequence[M], most: int) -> Iterator[Sequence[M]]:
    """All of ``messages`` in their order, up to ``most`` leads at a time. None is split: one that carries more comes alone."""
    start = taken = 0
    for place, message in enumerate(messages):
        more = leads(message)
        if taken and taken + more > most:
            yield messages[start:place]
            start, taken = place, 0
        taken += more
    if taken:
        yield messages[start:]
