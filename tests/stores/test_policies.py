from __future__ import annotations

from leads.policy import Member, Policy, Rule, versioned
from stores.index import ValkeyIndex
from stores.policies import in_force, policy_of, publish, versions
from tests.routing.build import when

FIRST = versioned(Policy("", members={"amy": Member("amy", skills=("english",))}))
SECOND = versioned(Policy("", rules=(Rule("r", when("city", "in", "上海"), members=("amy",)),)))


async def test_what_was_in_force_on_a_date_can_be_looked_up(index: ValkeyIndex, tenant: str) -> None:
    for at_ms, policy in ((100, FIRST), (200, SECOND), (300, FIRST)):
        assert await publish(index.client, tenant, policy, at_ms)

    assert [(one.since_ms, one.version) for one in await versions(index.client, tenant)] == [
        (100, FIRST.version),
        (200, SECOND.version),
        (300, FIRST.version),
    ]
    found = [await in_force(index.client, tenant, at_ms) for at_ms in (99, 100, 250, 1_000)]
    assert [one and one[1] for one in found] == [None, FIRST, SECOND, FIRST]


async def test_several_workers_publish_a_policy_once(index: ValkeyIndex, tenant: str) -> None:
    assert [await publish(index.client, tenant, FIRST, at_ms) for at_ms in (1, 2, 3)] == [True, False, False]
    assert len(await versions(index.client, tenant)) == 1


async def test_a_version_nobody_published_is_unknown(index: ValkeyIndex, tenant: str) -> None:
    assert await policy_of(index.client, tenant, "none") is None
