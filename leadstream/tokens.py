"""Tokens of people: issued, listed, ended. The door asks the store about each, so what is ended opens nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast, get_args

from gateway.settings import ROLES, Role, Scope, TokenSpec
from leads.errors import BadInput
from leadstream.configuration.policy import DAY_MS
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime, clock
from routing.check import unknown
from stores import tokens

_HOUR_MS = 3_600_000


class IssuedTokens:
    """Satisfies ``gateway.callers.Tokens``."""

    def __init__(self, client: Any, clock: Callable[[], int]) -> None:
        self._client, self._clock = client, clock

    async def find(self, sha256: bytes) -> TokenSpec | None:
        """The good token with this digest, None when there is none or it has ended. Raises StoreDown."""
        token = await tokens.find(self._client, sha256)
        if token is None or not token.good(self._clock()):
            return None
        scopes = cast(frozenset[Scope], frozenset(token.scopes))
        return TokenSpec(
            sha256=sha256.hex(), tenant=token.tenant, scopes=scopes, role=cast(Role, token.role), member=token.member
        )


async def issue(
    settings: Settings,
    tenant: str,
    role: str,
    member: str,
    scopes: tuple[str, ...],
    days: float,
    note: str,
    replace_hours: float | None,
) -> list[str]:
    """A new token, shown this once. With ``replace_hours`` the earlier ones of the same member and role end then.
    Raises BadInput."""
    if role not in ROLES or not role:
        raise BadInput("bad_role", unknown("role", role, [name for name in ROLES if name]))
    for scope in scopes:
        if scope not in get_args(Scope):
            raise BadInput("bad_scope", unknown("scope", scope, get_args(Scope)))
    if role in ("agent", "leader") and not member:
        raise BadInput("no_member", f"a token of the role {role} speaks for somebody: name him with --member")
    runtime, now = Runtime(settings), clock()
    try:
        people = (await runtime.policies.now(tenant)).members
        if member and (member not in people or people[member].left):
            raise BadInput("unknown_member", unknown("member", member, [id for id, m in people.items() if not m.left]))
        earlier = await tokens.issued(runtime.client, tenant)
        opens = tuple(sorted(scopes or ROLES[cast(Role, role)]))
        expires = now + round(days * DAY_MS) if days else 0
        secret, token = await tokens.issue(runtime.client, tenant, role, member, opens, now, expires, note)
        replaced = []
        if replace_hours is not None:
            until = now + round(replace_hours * _HOUR_MS)
            for old in earlier:
                if (old.role, old.member) == (role, member) and old.good(now):
                    await tokens.end(runtime.client, tenant, old.id, until)
                    replaced.append(old.id)
    finally:
        await runtime.close()
    lines = [
        secret,
        f"id {token.id}, role {role}, opens {', '.join(opens)}, {_until(token, now)}; it is not shown again",
    ]
    return lines + [f"token {id} ends in {replace_hours:g} hours" for id in replaced]


async def listed(settings: Settings, tenant: str) -> list[str]:
    """A line a token: what is kept of it, never the token."""
    runtime, now = Runtime(settings), clock()
    try:
        found = await tokens.issued(runtime.client, tenant)
    finally:
        await runtime.close()
    return [
        f"{t.id}  {t.role:<8} {t.member or '-':<12} {_until(t, now):<24} {', '.join(t.scopes)}  {t.note}".rstrip()
        for t in found
    ] or ["no token was issued; those of the configuration are in its file"]


async def revoke(settings: Settings, tenant: str, id: str) -> str:
    """End a token now. Raises BadInput for one that nobody issued."""
    runtime = Runtime(settings)
    try:
        ended = await tokens.end(runtime.client, tenant, id, clock())
    finally:
        await runtime.close()
    if ended is None:
        raise BadInput("unknown_token", f"no token has the id {id}; see leadstream token list")
    return f"token {id} opens nothing any more"


def _until(token: tokens.Token, now_ms: int) -> str:
    if not token.expires_ms:
        return "good until revoked"
    day = datetime.fromtimestamp(token.expires_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M")
    return f"until {day} UTC" if token.good(now_ms) else f"ended {day} UTC"
