"""What the door needs to know. Values of secrets arrive here as text; where they come from is the wiring's business."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Kind = Literal["form", "typeform", "google_ads", "calls", "twilio", "import"]
Scheme = Literal["hmac", "standard", "twilio", "google_key", "bearer", "none"]
Scope = Literal[
    "calls",
    "forms",
    "imports",
    "receipts",
    "reviews",
    "customers",
    "people",
    "policy",
    "conflicts",
    "contacts",
    "cases",
]
Role = Literal["", "agent", "leader", "admin", "dialler"]

#: The one scheme a provider's own payload comes with; other kinds choose.
PROVIDER_SCHEMES: dict[str, Scheme] = {"twilio": "twilio", "google_ads": "google_key", "import": "bearer"}


#: Role -> what a token of it opens unless it is issued for less. An agent acts for himself, a leader for his teams and
#: pools, an admin for all; a dialler only asks whether it may call.
ROLES: dict[Role, frozenset[Scope]] = {
    "": frozenset({"receipts"}),
    "agent": frozenset({"customers", "policy", "conflicts", "contacts", "cases"}),
    "leader": frozenset({"customers", "policy", "conflicts", "contacts", "cases", "people", "reviews"}),
    "admin": frozenset(get_args(Scope)),
    "dialler": frozenset({"conflicts", "contacts"}),
}


class SourceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One source of leads. Any of ``secrets`` may sign, so that one can be rotated while the other still works.

    ``scheme``: hmac (SHA-256 over the raw body, in ``header``, hex or base64), standard (Standard Webhooks), twilio,
    google_key (a secret inside the body), bearer (a token of the gateway), none (a browser cannot sign: say so).
    With ``timestamp_header`` what is signed is "<timestamp>.<body>" and the time may be ``max_age_s`` off.
    ``fields`` maps a lead field to a key of the body or to several keys joined by a space; keys it does not name are
    recognised by their names (for imports it is the mapping of files that come without one). ``event_field`` is the key with the provider's id of the event.
    """

    kind: Kind
    tenant: str
    scheme: Scheme = "hmac"
    secrets: tuple[str, ...] = ()
    header: str = "X-Signature"
    timestamp_header: str = ""
    max_age_s: int = 300
    fields: dict[str, str | tuple[str, ...]] = {}
    event_field: str = ""
    rate_per_s: float = 50.0
    burst: int = 200


class TokenSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token: the SHA-256 of it (64 hex digits), whose it is and what it opens. ``member``: whom it speaks for."""

    sha256: str
    tenant: str
    scopes: frozenset[Scope]
    role: Role = ""
    member: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of what the door takes in. ``answer_s``: how long a form or call waits for the log before it is answered 503
    (senders wait 5 to 15 s); ``unpacked_bytes``, ``pack_ratio`` and ``cells`` bound a workbook once unpacked. Beyond
    ``requests_at_once`` in this process (fewer while the log is slow) and ``backlog_messages`` in the log leads are
    answered 503 at once."""

    body_bytes: int = 1_000_000
    import_bytes: int = 50_000_000
    header_bytes: int = 16_384
    fields: int = 200
    depth: int = 16
    columns: int = 500
    chunk_rows: int = 50
    imports_at_once: int = 2
    answer_s: float = 8.0
    unpacked_bytes: int = 400_000_000
    pack_ratio: int = 200
    cells: int = 20_000_000
    requests_at_once: int = 64
    backlog_messages: int = 50_000


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """``digest_secret`` keys the ids made from delivery keys: changing it makes every redelivery a new event.

    ``public_url`` is what callers see ("https://leads.example.com"), needed behind a proxy since Twilio signs the URL.
    """

    sources: dict[str, SourceSpec]
    digest_secret: str
    tokens: tuple[TokenSpec, ...] = ()
    public_url: str = ""
    limits: Limits = Limits()
    idempotency_s: int = 86_400
    batch_s: int = 30 * 86_400


def faults(config: GatewayConfig) -> list[tuple[str, str]]:
    """Every mistake as (path, what to write instead); empty when the configuration can be used."""
    found: list[tuple[str, str]] = []
    if len(config.digest_secret) < 16:
        found.append(("digest_secret", "give at least 16 characters, and keep them for ever"))
    for name, source in config.sources.items():
        path = f"sources.{name}"
        wanted = PROVIDER_SCHEMES.get(source.kind)
        if wanted and source.scheme != wanted:
            found.append((f"{path}.scheme", f"a source of kind {source.kind} has the scheme {wanted}"))
        if source.scheme not in ("none", "bearer") and not any(source.secrets):
            found.append((f"{path}.secrets", f"the scheme {source.scheme} needs a secret; is its variable set?"))
        if any(len(secret) < 8 for secret in source.secrets):
            found.append((f"{path}.secrets", "a secret has at least 8 characters"))
        if not source.tenant:
            found.append((f"{path}.tenant", "say whose leads these are"))
        if source.rate_per_s <= 0 or source.burst < 1:
            found.append((f"{path}.rate_per_s", "give a rate above 0 and a burst of at least 1"))
    for n, token in enumerate(config.tokens):
        if len(token.sha256) != 64 or set(token.sha256.lower()) - set("0123456789abcdef"):
            found.append((f"tokens.{n}.sha256", "give the SHA-256 of the token as 64 hex digits"))
    return found
