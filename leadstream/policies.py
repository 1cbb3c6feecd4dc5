"""The policies in force, kept up to date: who asks often pays one cheap look at the store every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from leads.errors import Unavailable
from leads.policy import Policy
from leads.roster import Version
from leadstream.configuration.settings import Settings
from routing.roster import merged, next_change
from stores import roster
from stores.policies import publish
from streams.metrics import Metrics
from streams.pipeline import Pipeline
from streams.shell import Shell

#: How long a change among people may take to reach a process, ms.
LOOK_MS = 2_000


class Policies:
    """Each tenant's configuration with the roster's changes laid over it. One for each process; ``clock`` gives ms."""

    def __init__(
        self,
        client: Any,
        settings: Settings,
        clock: Callable[[], int],
        known: dict[str, list[Version]] | None = None,
        *,
        look_ms: int = LOOK_MS,
    ) -> None:
        self._client, self._clock, self._look_ms = client, clock, look_ms
        self._bases = {name: tenant.policy() for name, tenant in settings.tenants.items()}
        self._rosters = {name: list((known or {}).get(name, ())) for name in self._bases}
        self._looked: dict[str, int] = {}
        self._made: dict[str, tuple[int, int, Policy]] = {}  # version of the roster, good until (0: for ever), policy

    def base(self, tenant: str) -> Policy:
        """What the configuration alone says."""
        return self._bases[tenant]

    async def now(self, tenant: str) -> Policy:
        """The policy in force now, at most ``look_ms`` behind. Raises StoreDown."""
        now = self._clock()
        if now - self._looked.get(tenant, -self._look_ms) >= self._look_ms or now < self._looked[tenant]:
            await self.look(tenant)
        return self.known(tenant)

    async def look(self, tenant: str) -> list[Version]:
        """The roster as it stands, read as far as it is not known. Raises StoreDown."""
        known = self._rosters[tenant]
        if await roster.version(self._client, tenant) != len(known):
            fresh = await roster.changes(self._client, tenant, len(known))
            known += [version for version in fresh if version.number > len(known)]  # another may have looked meanwhile
        self._looked[tenant] = self._clock()
        return list(known)

    def known(self, tenant: str) -> Policy:
        """The policy in force now, of the changes read so far."""
        known, now = self._rosters[tenant], self._clock()
        made = self._made.get(tenant)
        if made is None or made[0] != len(known) or 0 < made[1] <= now:
            policy = merged(self._bases[tenant], known, now)
            made = self._made[tenant] = (len(known), next_change(known, now), policy)
        return made[2]

    async def publish(self, tenant: str, policy: Policy) -> None:
        """Put on record that it is in force from now on. Raises StoreDown."""
        await publish(self._client, tenant, policy, self._clock())

    async def at(self, tenant: str, moment_ms: int) -> Policy:
        """The policy as it was, or will be, in force at a moment, by what is on record now. Raises StoreDown."""
        return merged(self._bases[tenant], await self.look(tenant), moment_ms)


async def follow(policies: Policies, shell: Shell, metrics: Metrics, *, every_s: float = LOOK_MS / 1_000) -> None:
    """Until cancelled: leads taken from now on are routed by the policy in force, which is published. What is down is asked again."""
    published: dict[str, str] = {}
    while True:
        for tenant, pipeline in shell.pipelines().items():
            try:
                policy = await policies.now(tenant)
                if published.get(tenant) != policy.version:
                    await policies.publish(tenant, policy)
                    published[tenant] = policy.version
            except Unavailable:
                metrics.retry("store")
                continue
            if policy.version != pipeline.spec.policy.version:
                shell.adopt(tenant, Pipeline(pipeline.spec.under(policy)))
        await asyncio.sleep(every_s)
