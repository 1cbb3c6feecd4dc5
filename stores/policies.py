"""Every policy that was in force, and since when: published by the workers, kept for ever, so that any past moment can be asked."""

from __future__ import annotations

from typing import Any

import msgspec

from leads.policy import Policy
from stores.connect import guarded
from stores.layout import Keys
from stores.scripts import Script

_publish = Script("publish")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Policy).decode


class InForce(msgspec.Struct, frozen=True):
    """A version of the policy, and from when it was in force (ms)."""

    since_ms: int
    version: str


async def publish(client: Any, tenant: str, policy: Policy, at_ms: int) -> bool:
    """Put on record that ``policy`` is in force from ``at_ms``; False when it was already. Raises StoreDown."""
    with guarded("publish a policy"):
        return bool(await _publish(client, _tables(tenant), [policy.version, at_ms, _encode(policy)]))


async def versions(client: Any, tenant: str) -> list[InForce]:
    """What was in force from when, oldest first. Raises StoreDown."""
    with guarded("read the policies"):
        found = await client.lrange(_tables(tenant)[0], 0, -1)
    return [InForce(int.from_bytes(one[:8], "big"), one[8:].decode()) for one in found]


async def policy_of(client: Any, tenant: str, version: str) -> Policy | None:
    """The policy of a version, None when it was never published. Raises StoreDown."""
    with guarded("read a policy"):
        found = await client.hget(_tables(tenant)[1], version)
    return _decode(found) if found else None


async def in_force(client: Any, tenant: str, at_ms: int) -> tuple[InForce, Policy] | None:
    """What was in force at a moment, None before the first. Raises StoreDown."""
    known = [one for one in await versions(client, tenant) if one.since_ms <= at_ms]
    if not known:
        return None
    policy = await policy_of(client, tenant, known[-1].version)
    assert policy is not None  # kept in the step that says it is in force
    return known[-1], policy


def _tables(tenant: str) -> list[str]:
    tag = Keys.of(tenant).tag
    return [f"{tag}yp", f"{tag}yv"]
