"""What the doors for owners take and give: a customer as he may be seen, and what can be said of him. Times are ms since 1970."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field

MOST = 200

Receipt = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Receipt of any lead of the customer.")]
ScopeName = Annotated[str, Field(pattern=r"^[\w.-]{0,64}$", description="Product line or region; one by default.")]
Member = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]
PoolName = Annotated[str, Field(pattern=r"^[\w.-]{0,64}$")]
Moment = Annotated[int, Field(ge=0, le=1 << 53, description="Milliseconds since 1970.")]
Key = Annotated[
    str, Header(alias="Idempotency-Key", max_length=255, description="The same request twice is done once.")
]


class Known(BaseModel):
    value: str
    at_ms: int
    source: str


class Former(BaseModel):
    member: str
    until_ms: int


class Customer(BaseModel):
    """A customer as the caller may see him. ``status`` taken: somebody has him, and that is all he may know.

    Times are ms since 1970, 0 is none. ``owner`` and ``history`` are for the owner and those who lead him.
    """

    receipt: str
    scope: str = ""
    status: Literal["new", "pool", "reported", "protected", "owned", "taken"]
    mine: bool = False
    owner: str = ""
    pool: str = ""
    why: Annotated[str, Field(description="Why he came to the pool.")] = ""
    since_ms: int = 0
    protected_until_ms: int = 0
    lapses_ms: Annotated[int, Field(description="Without evidence until then he goes to a pool.")] = 0
    answer_by_ms: int = 0
    locked_until_ms: int = 0
    exempt_until_ms: int = 0
    closed: bool = False
    opportunity: str = ""
    suspended: Annotated[bool, Field(description="A case is open.")] = False
    masked: bool = True
    fields: dict[str, list[Known]] = {}
    history: list[Former] = []


class Me(BaseModel):
    """Who the caller's token speaks for."""

    member: str
    name: str
    role: str
    scopes: list[str]


class Page(BaseModel):
    """``next`` is the cursor of the following page, "" on the last."""

    customers: list[Customer]
    next: str = ""


class Result(BaseModel):
    """``status`` known: the same request was done before. ``reason`` no_evidence: it is on record and renews nothing."""

    receipt: str
    status: Literal["done", "known"]
    reason: str = ""
    journal: int
    customer: Customer


class Reported(BaseModel):
    """What became of a report. ``code`` and ``reason`` are the outcome's; ``yours`` says whether he is the caller's now."""

    receipt: str
    code: str
    reason: str
    yours: bool
    customer: Customer | None = None


class Body(BaseModel):
    """``reason`` stays on record for ever: no personal data."""

    model_config = ConfigDict(extra="forbid")

    scope: ScopeName = ""
    reason: Annotated[str, Field(max_length=200)] = ""


class Claim(Body):
    pool: PoolName = ""
    member: Annotated[str, Field(pattern=r"^[\w.-]{0,64}$", description="Leaders: whom it is for.")] = ""


class Release(Body):
    pool: PoolName = ""


class Transfer(Body):
    member: Member


class FollowUp(Body):
    """A call of enough seconds, a mail sent or a visit is evidence; a note is on record and renews nothing."""

    kind: Literal["call", "mail", "visit", "note"]
    seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    at_ms: Annotated[Moment, Field(description="When it was; 0 is now.")] = 0


class Until(Body):
    until_ms: Annotated[Moment, Field(description="0 ends it; of a refusal, for ever.")] = 0


class Opportunity(Body):
    kind: Annotated[str, Field(max_length=64, description='"" ends it.')] = ""


class Report(Body):
    """A customer by what is known of him: name, phone, email, company ... in any of their names."""

    fields: Annotated[dict[str, Annotated[str, Field(max_length=4_000)]], Field(min_length=1, max_length=50)]
