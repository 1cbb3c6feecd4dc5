"""Leads told one after another to the real shell over a real store, and who they turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from leads.policy import Policy
from leads.preparation import Preparation
from leads.records import Door, Envelope, Outcome, Row
from stores.index import ValkeyIndex
from stores.lookup import roots
from streams.intake import Taken
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline, TenantSpec, Work
from streams.ports import Message
from streams.shell import Shell

DAY_MS = 86_400_000
BEGIN_MS = 1_700_000_000_000
Fields = dict[str, str]


class Nowhere:
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        return None


class Town:
    """A tenant of its own. ``strangers`` make the index as large as a real one: what is rare must be seen to be rare."""

    def __init__(self, index: ValkeyIndex, tenant: str, kinds: dict[str, str] | None = None) -> None:
        self.index, self.tenant = index, tenant
        self.spec = TenantSpec(tenant, b"town", Policy(version="v"), Preparation(country="CN", kinds=kinds or {}))
        self.shell = self.shell_of(self.spec)
        self._numbers = count(1)

    def shell_of(self, spec: TenantSpec, metrics: Metrics | None = None) -> Shell:
        metrics = metrics or Metrics(new_registry())
        return Shell(self.index, Nowhere(), {self.tenant: Pipeline(spec)}, lambda: 0, metrics)

    def another(self, number: int) -> Town:
        """An empty town on the same store."""
        return Town(self.index, f"{self.tenant}-{number}", self.spec.preparation.kinds)

    def work(self, fields: Fields, at_ms: int = BEGIN_MS, door: Door = "form") -> Work:
        event = (next(self._numbers) << 64).to_bytes(16, "big")
        envelope = Envelope(self.tenant, "web", door, at_ms, ())
        return Work(event, Row(event.hex(), fields), envelope, Message(topic="", key=b"", value=b""))

    async def hear(
        self, *leads: Fields, at_ms: int = BEGIN_MS, shell: Shell | None = None, door: Door = "form"
    ) -> list[Outcome]:
        """Leads in one batch; their outcomes in the order given."""
        works = [self.work(fields, at_ms, door) for fields in leads]
        done = {o.event: o for o in await (shell or self.shell).judge_now(Taken({self.tenant: works}))}
        return [done[work.event.hex()] for work in works]

    async def one_by_one(self, *leads: Fields) -> list[Outcome]:
        return [outcome for fields in leads for outcome in await self.hear(fields)]

    async def customers(self, outcomes: Sequence[Outcome]) -> list[int]:
        """The entity each of them is in now; 0 for none."""
        return await roots(self.index.client, self.tenant, [outcome.seq for outcome in outcomes])
