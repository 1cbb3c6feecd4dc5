"""What the flow needs of the world: ports as Protocols, declared here by their user, satisfied elsewhere by shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from leads.records import Committed, Decision, Outcome, RegisterAnswer, Registration


class Message(msgspec.Struct, frozen=True, gc=False):
    """One message of a log. ``ref`` names it uniquely and sorts within its partition: "topic/partition/offset"."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    ref: str = ""


#: Called with messages in order of their partition. Returning acknowledges all of them; raising acknowledges none.
Handler = Callable[[Sequence[Message]], Awaitable[None]]


class Publisher(Protocol):
    """The log, written."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages (their ``topic`` and ``ref`` are ignored). Returns when the log has confirmed **all** of them.

        Raises LogDown when it did not; some may be in the log then, so whoever reads must accept repeats.
        """


class Consumer(Protocol):
    """The log, read."""

    async def run(self, topic: str, handler: Handler, *, most: int, within_s: float) -> None:
        """Hand over messages with up to ``most`` leads at a time, waiting at most ``within_s`` to fill. Until cancelled or
        stopped. No message is split: one that carries more leads comes alone.

        At least once: what was handed to a handler that did not return comes again, to this consumer or another.
        """

    async def stop(self) -> None:
        """Finish the batch in hand, acknowledge it, take no more."""


class Index(Protocol):
    """The state. Each method is one atomic step and one round trip for the whole batch; idempotent by event."""

    async def register(self, tenant: str, batch: Sequence[Registration]) -> RegisterAnswer:
        """Step 2: put all keys in the index, get numbers, earlier leads that share a key, what their entities know.

        An event registered before keeps its number and gets a fresh view. Raises StoreDown.
        """

    async def commit(self, tenant: str, decisions: Sequence[Decision]) -> list[Committed]:
        """Step 5: check versions, unite, take or meet the owner, pick the turn, write outcome and journal. Raises StoreDown."""

    async def outcomes(self, tenant: str, events: Sequence[bytes]) -> list[Outcome | None]:
        """Step 0: what is on record. Raises StoreDown."""

    async def mark(self, slot: str, refs: Sequence[str]) -> None:
        """Remember what this worker slot has in hand (empty: nothing), so that a death can be blamed."""

    async def marked(self, slot: str) -> tuple[str, ...]:
        """What the previous holder of this slot had in hand when it died."""

    async def blame(self, ref: str) -> int:
        """Count one death for this message; gives the new count."""
