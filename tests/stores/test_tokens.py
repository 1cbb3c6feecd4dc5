from __future__ import annotations

from stores import tokens
from stores.index import ValkeyIndex


async def test_only_the_digest_of_a_token_is_kept(index: ValkeyIndex, tenant: str) -> None:
    secret, token = await tokens.issue(index.client, tenant, "agent", "amy", ("conflicts",), 5, 9, "her phone")

    assert await tokens.find(index.client, tokens.digest(secret)) == token
    kept = await index.client.hgetall("tokens")
    assert not any(secret.encode() in field + value for field, value in kept.items())
    assert await tokens.find(index.client, tokens.digest("another")) is None


async def test_a_token_is_good_until_it_ends(index: ValkeyIndex, tenant: str) -> None:
    _, token = await tokens.issue(index.client, tenant, "agent", "amy", ("conflicts",), 5, 9)

    assert [token.good(now) for now in (5, 8, 9, 10)] == [True, True, False, False]


async def test_two_are_good_at_once_until_the_old_one_ends(index: ValkeyIndex, tenant: str) -> None:
    _, old = await tokens.issue(index.client, tenant, "agent", "amy", ("conflicts",), 5)
    _, new = await tokens.issue(index.client, tenant, "agent", "amy", ("conflicts",), 6)
    await tokens.end(index.client, tenant, old.id, 20)

    found = {token.id: token for token in await tokens.issued(index.client, tenant)}
    assert (found[old.id].good(19), found[old.id].good(20), found[new.id].good(20)) == (True, False, True)


async def test_an_end_is_never_put_off_and_belongs_to_its_tenant(index: ValkeyIndex, tenant: str) -> None:
    _, token = await tokens.issue(index.client, tenant, "agent", "amy", ("conflicts",), 5, 9)

    assert await tokens.end(index.client, f"{tenant}-other", token.id, 7) is None
    ended = await tokens.end(index.client, tenant, token.id, 50)
    assert ended is not None
    assert ended.expires_ms == 9
