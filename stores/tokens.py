"""Tokens of people and machines: only their SHA-256 is kept, with whose they are, what they open, and until when.

Key layout: ``tokens``, a HASH from the digest (32 bytes) to msgpack of Token. It belongs to no tenant: whoever comes with a
token has not said yet whose he is.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

import msgspec

from leads.records import Packed
from stores.connect import guarded

_KEY = "tokens"
#: What every token begins with, so that one that got into a text is found.
PREFIX = "lst_"


class Token(Packed, frozen=True):
    """``id`` names it for people; the token itself is known to its bearer only. ``expires_ms`` 0 is never."""

    id: str
    tenant: str
    role: str
    member: str  # whom it speaks for; "" for a machine
    scopes: tuple[str, ...]
    issued_ms: int
    expires_ms: int = 0
    note: str = ""

    def good(self, now_ms: int) -> bool:
        """Whether it opens anything at ``now_ms``."""
        return not 0 < self.expires_ms <= now_ms


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Token).decode


async def issue(
    client: Any,
    tenant: str,
    role: str,
    member: str,
    scopes: tuple[str, ...],
    now_ms: int,
    expires_ms: int = 0,
    note: str = "",
) -> tuple[str, Token]:
    """A new token and what is kept of it. The first is told once and never again. Raises StoreDown."""
    secret = PREFIX + token_urlsafe(32)
    token = Token(token_hex(6), tenant, role, member, scopes, now_ms, expires_ms, note)
    with guarded("keep a token"):
        await client.hset(_KEY, digest(secret), _encode(token))
    return secret, token


def digest(secret: str) -> bytes:
    """What is kept of a token in its place: it has 256 random bits, so a plain SHA-256 tells nobody what it was."""
    return sha256(secret.encode()).digest()


async def find(client: Any, sha256: bytes) -> Token | None:
    """What is kept of the token with this SHA-256, whether it is good or not; None for one nobody issued. Raises StoreDown."""
    with guarded("look up a token"):
        packed = await client.hget(_KEY, sha256)
    return _decode(packed) if packed else None


async def issued(client: Any, tenant: str) -> list[Token]:
    """The tokens of a tenant, oldest first. Raises StoreDown."""
    return [token for _, token in await _of(client, tenant)]


async def end(client: Any, tenant: str, id: str, at_ms: int) -> Token | None:
    """Let a token end at ``at_ms``, or earlier when it does already; None when there is none of this id. Raises StoreDown."""
    for digest, token in await _of(client, tenant):
        if token.id == id:
            if token.good(at_ms):
                token = msgspec.structs.replace(token, expires_ms=at_ms)
                with guarded("end a token"):
                    await client.hset(_KEY, digest, _encode(token))
            return token
    return None


async def _of(client: Any, tenant: str) -> list[tuple[bytes, Token]]:
    with guarded("list tokens"):
        found = [(digest, _decode(packed)) for digest, packed in (await client.hgetall(_KEY)).items()]
    return sorted(
        (pair for pair in found if pair[1].tenant == tenant), key=lambda pair: (pair[1].issued_ms, pair[1].id)
    )
