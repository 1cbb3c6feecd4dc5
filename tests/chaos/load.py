"""Leads that keep arriving: the sample leads of one seed after the other, in bursts, until told to stop."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from gateway.acceptance import to_message
from leads.records import Envelope
from leadstream.inline import prepare_log, work_off
from leadstream.runtime import Runtime
from leadstream.sample.leads import samples
from stores.patience import Patience
from streams.ports import Message
from streams.topics import RAW
from tests.chaos.site import TENANT, Site


def just_now(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """The same leads, the last of them now: what came months ago would lapse while a worker looks at it."""
    later = time.time_ns() // 1_000_000 - max(envelope.at_ms for envelope in envelopes)
    return [msgspec.structs.replace(envelope, at_ms=envelope.at_ms + later) for envelope in envelopes]


def messages_of(envelopes: Sequence[Envelope]) -> list[Message]:
    """As the doors make them."""
    return [to_message(envelope, envelope.rows[0].event) for envelope in envelopes]


def events_of(envelopes: Sequence[Envelope]) -> list[str]:
    return list(dict.fromkeys(row.event for envelope in envelopes for row in envelope.rows))


class Load:
    """``sent`` is what the log has confirmed, in order. ``per_s`` is about how many messages arrive in a second."""

    def __init__(self, random: Random, per_s: float = 40.0) -> None:
        self.sent: list[Envelope] = []
        self._random, self._per_s = random, per_s
        self._stopping = asyncio.Event()

    async def run(self, runtime: Runtime) -> None:
        """Until ``stop``. A burst that the log did not confirm is sent again, as senders do: it may then be there twice."""
        coming = self._coming()
        patience = Patience(deadline_s=120.0, longest_s=0.5)
        while not self._stopping.is_set():
            burst = list(itertools.islice(coming, self._random.choice((1, 1, 1, 2, 5, 20))))
            messages = messages_of(burst)
            await patience.insist(lambda messages=messages: runtime.publisher.publish(RAW, messages))  # type: ignore[misc]
            self.sent += burst
            await asyncio.sleep(len(burst) / self._per_s * self._random.uniform(0.5, 1.5))

    def stop(self) -> None:
        self._stopping.set()

    def _coming(self) -> Iterator[Envelope]:
        while True:
            yield from just_now(samples(self._random.randrange(1 << 30), TENANT))


async def undisturbed(site: Site, envelopes: Sequence[Envelope]) -> None:
    """The same leads through one worker that nobody disturbs."""
    async with site.runtime() as runtime:
        await prepare_log(runtime)
        messages = messages_of(envelopes)
        for start in range(0, len(messages), 200):
            await runtime.publisher.publish(RAW, messages[start : start + 200])
        await work_off(runtime)
