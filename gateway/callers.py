"""Who asks? A bearer token of the configuration or of the store -> whose it is, in which role, for what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from gateway.problems import Problem
from gateway.settings import Scope, TokenSpec

#: For the description of the API only: ``Callers`` looks at the header itself.
_BEARER = HTTPBearer(auto_error=False, description="A token of leadstream token issue, or of the configuration.")


class Tokens(Protocol):
    """Tokens issued while the door is open."""

    async def find(self, sha256: bytes) -> TokenSpec | None:
        """The good token with this digest, None when there is none or it has ended. Raises StoreDown."""


class Callers:
    """``configured`` are known at the start; all others are asked for in the store, so that one that is revoked opens nothing more."""

    def __init__(self, configured: Sequence[TokenSpec], issued: Tokens | None = None) -> None:
        self._configured = {bytes.fromhex(token.sha256): token for token in configured}
        self._issued = issued

    async def of(self, headers: Mapping[str, str], scope: Scope) -> TokenSpec:
        """The token of a request. Raises Problem 401 without a good one, 403 when it does not open ``scope``; StoreDown."""
        kind, _, value = headers.get("authorization", "").partition(" ")
        # A digest tells nothing about its token, so looking it up need not take constant time.
        digest = hashlib.sha256(value.strip().encode()).digest()
        found = self._configured.get(digest)
        if found is None and self._issued is not None and kind.lower() == "bearer":
            found = await self._issued.find(digest)
        if kind.lower() != "bearer" or found is None:
            detail = "Send a valid token: Authorization: Bearer <token>."
            raise Problem(401, "bad_token", detail, headers={"WWW-Authenticate": "Bearer"})
        if scope not in found.scopes:
            raise Problem(403, "wrong_scope", f"This token does not open {scope}.")
        return found

    def needs(self, scope: Scope) -> Any:
        """A dependency that gives the TokenSpec of whoever asks. Raises as ``of``."""

        async def caller(request: Request, _: Any = Depends(_BEARER)) -> TokenSpec:  # noqa: B008 - FastAPI's way to say it
            return await self.of(request.headers, scope)

        return Depends(caller)
