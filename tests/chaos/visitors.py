"""Visitors who fill in a form, and send it again until the door has taken it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import httpx

from leadstream.sample.leads import samples
from tests.chaos.site import TENANT, Site, until

#: A source whose sender gives each lead an id: sent again it is the same event.
SOURCE = {"shop": {"kind": "form", "tenant": TENANT, "signature": "none", "event_field": "order", "rate_per_s": 1000.0}}


class Visitors:
    """``receipts`` of what was taken, in order; ``statuses`` counts all answers, 0 is none at all."""

    def __init__(self, site: Site, random: Random) -> None:
        self.receipts: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.without_hint = 0
        self._site, self._random = site, random
        self._stopping = asyncio.Event()

    async def run(self, per_s: float = 30.0) -> None:
        """Until ``stop``: the one in hand is seen through."""
        async with httpx.AsyncClient(base_url=self._site.url, timeout=20.0) as client:
            for number, fields in enumerate(self._forms()):
                if self._stopping.is_set():
                    return
                self.receipts.append(await self._insist(client, {**fields, "order": f"order-{number}"}))
                await asyncio.sleep(self._random.uniform(0, 2 / per_s))

    def stop(self) -> None:
        self._stopping.set()

    async def after(self, status: int, times: int = 1, explain: Callable[[], str] = str) -> None:
        """Returns when the door has given this answer so many times more."""
        wanted = self.statuses[status] + times
        await until(lambda: self.statuses[status] >= wanted, 60, lambda: f"{self.statuses} {explain()}")

    async def _insist(self, client: httpx.AsyncClient, form: dict[str, str]) -> str:
        receipt = ""
        while not receipt:
            receipt = await self._send(client, form)
            await asyncio.sleep(0 if receipt else 0.1)
        return receipt

    async def _send(self, client: httpx.AsyncClient, form: dict[str, str]) -> str:
        try:
            answer = await client.post("/v1/forms/shop", json=form)
        except httpx.TransportError:
            self.statuses[0] += 1
            return ""
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            self.without_hint += "retry-after" not in answer.headers
        return str(answer.json()["receipt"]) if answer.status_code == 202 else ""

    def _forms(self) -> Iterator[dict[str, str]]:
        """Without end."""
        while True:
            for envelope in samples(self._random.randrange(1 << 30), TENANT):
                yield from (row.fields for row in envelope.rows if row.fields and not row.fault)
