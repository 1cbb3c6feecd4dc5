"""The records that flow through the house, one screen a stage. Frozen: nothing reaches back.

In one file on purpose, beyond the usual length: the whole domain is read in one sitting, and rooms share nothing else.

    bytes -> Envelope(Row...) -> Lead(Facts) + keys -> Registered + Views -> Verdict -> Plan -> Outcome

Units: times are milliseconds since the epoch, UTC (``*_ms``); probabilities lie in [0, 1]; weights are bits
(log2 of a likelihood ratio). A *key* is 9 bytes: one ASCII letter (its kind) and 8 bytes of a keyed hash, so no
key holds anything of a person in clear.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Door = Literal["call", "form", "import"]
Code = Literal["assigned", "pooled", "merged", "contested", "review", "suppressed", "rejected"]

#: The closed reasons of each outcome code. Tests, metrics labels and docs read this table.
REASONS: dict[str, tuple[str, ...]] = {
    "assigned": ("rule", "same_account", "claimed", "customer"),
    "pooled": ("matched_rule", "unmatched", "parked"),
    "merged": ("same_contact", "call_update", "in_pool"),
    "contested": ("owned_by_other", "two_owners"),
    "review": ("unsure",),
    "suppressed": ("withheld", "internal", "do_not_contact", "erased", "test"),
    "rejected": (
        "malformed",
        "no_identity",
        "unknown_tenant",
        "bad_field",
        "killed_worker",
        "too_large",
        "undone",
        "not_unique",
    ),
}


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Base of records that travel as JSON objects (names on the wire are a contract)."""


class Packed(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Base of records kept in the store as msgpack arrays: no field names, append new fields at the end only."""


# ---------------------------------------------------------------- what arrives


class Row(Record, frozen=True):
    """One lead as its door understood it: raw text by lead field, nothing normalised yet."""

    event: str  # 32 hex digits: the delivery key's digest, also the receipt
    fields: dict[str, str] = {}  # lead field or declared custom field -> raw text
    extra: dict[str, str] = {}  # what no field takes, kept with the lead
    call: str = ""  # digest of the call's id: several status events of one call are one lead
    status: str = ""  # call status: ringing, answered, missed, abandoned, ended
    fault: str = ""  # the door could not read it: the reason (a rejected code), raw text is in extra
    row: int = 0  # row number in its file, 1 is the first data row


class Envelope(Record, frozen=True):
    """One message of the raw log: a single lead or a chunk of import rows. All rows share a source and a time."""

    tenant: str
    source: str
    door: Door
    at_ms: int  # when the door accepted it; the time of the event
    rows: tuple[Row, ...]
    batch: str = ""  # import batch id, for undo
    trace: str = ""  # W3C traceparent
    redrive_of: str = ""  # event id of the dead letter this one replaces
    customers: bool = False  # rows are customers the company has already: the owner is given, none is picked


# ---------------------------------------------------------------- what was understood


class Name(Packed, frozen=True):
    """A person's name. ``surname``/``given`` are simplified Han, or folded lower-case ASCII; "" when not known."""

    text: str  # cleaned for people to read, honorific removed
    kind: str  # full | surname | given | initial | role (前台, Sales) | chat (云淡风轻: a nickname, neither name nor conflict)
    script: str  # han | latin
    surname: str
    given: str
    latin: tuple[str, ...]  # Han: pinyin, surname first then one syllable a character; Latin: folded tokens as written
    honorific: str = ""  # mr | ms | dr | title word, folded


class Company(Packed, frozen=True):
    """An organisation's name, taken apart. Places are kept apart, never thrown away."""

    text: str  # cleaned for people to read
    full: str  # folded (simplified, half-width, lower-case), without legal form
    core: str  # the distinguishing part: without legal form, place and trade words
    place: str  # city or region found in the name, simplified, without 市/省; "" when none
    legal: str  # legal form as a short code: "ltd", "inc", "gmbh", ...; "" when none
    branch: str  # "北京分公司" -> "北京": a branch is an account of its own; "" when none
    trade: str  # trade words found: 贸易, 科技, consulting, ...
    latin: tuple[str, ...]  # Han core: pinyin syllables; Latin: folded words of full
    kind: str = "company"  # company | institution (university, hospital, authority: its place is its identity)


class Phone(Packed, frozen=True):
    """A number. ``digits`` is the national significant number: no country code, no trunk 0."""

    digits: str
    country: str  # calling code when known or safely inferred ("86"), else ""
    kind: str  # mobile | landline | service (400, 800, 95xxx) | unknown
    ext: str = ""
    mask: str = ""  # "138****5678" or "13010300000~6" (6 leading digits known): partial evidence, digits is then ""


class Email(Packed, frozen=True):
    """A mailbox, taken apart."""

    local: str  # canonical: lower-case, tag removed, dots removed where the provider ignores them
    domain: str  # canonical, common typos mended
    stem: str  # domain without its public suffix: "acme" of acme.com.cn
    kind: str  # free (gmail, qq, ...) | company | role (info@, sales@)
    address: str  # as written, lower-case


class Handle(Packed, frozen=True):
    """An account of a messenger."""

    kind: str  # wechat | qq | whatsapp | ...
    value: str


class Address(Packed, frozen=True):
    """An address, taken apart; "" for what it does not say."""

    text: str  # folded, simplified
    region: str
    city: str
    district: str
    road: str  # Han road name, or folded street words
    number: str
    room: str
    place: str  # building, park, mall: 万达广场, "harbour tower"
    latin: tuple[str, ...] = ()  # pinyin or folded tokens of road and place


class Custom(Packed, frozen=True):
    """A declared field of the tenant."""

    name: str
    kind: str  # text | name | company | address | id | date | number | category
    value: str  # normalised


class Facts(Packed, frozen=True):
    """What matching knows of one lead: the record kept in the index. An entity knows the union of its leads' Facts."""

    name: Name | None = None
    company: Company | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    handles: tuple[Handle, ...] = ()
    address: Address | None = None
    city: str = ""
    region: str = ""
    country: str = ""
    postcode: str = ""
    custom: tuple[Custom, ...] = ()
    call: str = ""
    text: str = ""  # folded free text (message, title, description) when nothing else identifies the record
    door: str = ""
    at_ms: int = 0
    website: str = ""
    former: Company | None = None  # an employer that a remark says was left: it may agree, it contradicts nobody


class Note(Record, frozen=True):
    """Something a normaliser noticed: a value it could not use, or one it put right. Never holds the value itself."""

    field: str
    reason: str


class Lead(Record, frozen=True):
    """A prepared lead: what matching compares (facts) and what rules ask about (the rest)."""

    event: str
    tenant: str
    source: str
    door: Door
    at_ms: int
    facts: Facts
    call: str = ""
    status: str = ""
    #: industry, company_size, product, value, title, line, campaign, channel, grade, consent, ...
    attributes: dict[str, str] = {}
    claimant: str = ""  # member who reports or imports it as his own
    batch: str = ""
    notes: tuple[Note, ...] = ()
    trace: str = ""
    at_row: int = 0


class Refused(Record, frozen=True):
    """Prepare's other answer: an outcome without matching. ``code`` is suppressed or rejected."""

    event: str
    code: Code
    reason: str
    detail: str = ""  # for people, what to do next; no personal data
    notes: tuple[Note, ...] = ()


# ---------------------------------------------------------------- what the index answers


class Registration(msgspec.Struct, frozen=True, gc=False):
    """What register is told of a lead."""

    event: bytes  # 16 bytes
    keys: tuple[bytes, ...]  # 9 bytes each, strongest first, no repeats
    record: bytes  # msgpack of Facts


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An earlier lead that shares keys with mine. ``shared`` is a bit mask over my keys, bit 0 the first."""

    seq: int
    entity: int
    shared: int


class EntityView(msgspec.Struct, frozen=True, gc=False):
    """An entity as register saw it. ``version`` is a journal number, unique for ever; 0 when nothing happened yet."""

    id: int
    version: int
    members: tuple[int, ...]  # sequence numbers: at most a cap of them, those that share a key first
    size: int  # how many members it really has


class Registered(msgspec.Struct, frozen=True, gc=False):
    """What register knows of a lead."""

    event: bytes
    seq: int
    entity: int  # the entity I am in already (another worker's lead may have joined me), else my own seq
    candidates: tuple[Candidate, ...]
    counts: tuple[
        int, ...
    ]  # per key: distinct entities that hold it besides mine; -1 when the bucket is full: no evidence
    outcome: bytes | None = None  # already decided: the stored outcome
    restored: int = 0  # mask of keys that a person restored: they tell, however many hold them


class IndexStats(msgspec.Struct, frozen=True, gc=False):
    """How large the index is."""

    leads: int  # highest sequence number
    joined: int  # leads that joined an earlier entity


class RegisterAnswer(msgspec.Struct, frozen=True, gc=False):
    """Answer to one batch: per lead in order of the request; entities and records are shared by the whole batch."""

    registered: tuple[Registered, ...]
    entities: dict[int, EntityView]
    records: dict[int, bytes]  # seq -> msgpack of Facts, for every member listed in entities that is on record
    stats: IndexStats


# ---------------------------------------------------------------- what was judged


class Evidence(Packed, frozen=True):
    """One field that met. ``level`` names the comparison level; ``bits`` is the weight it added."""

    field: str
    level: str
    bits: float
    seq: int = 0  # the earlier lead whose value met; its record tells the value


class Neighbour(msgspec.Struct, frozen=True, gc=False):
    """An entity to compare with: what all its leads know."""

    entity: int
    seqs: tuple[int, ...]
    facts: tuple[Facts, ...]
    shared: int  # union of the key masks of its candidates
    first: int  # the lowest candidate sequence number: the number a decision names


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """new: joins is empty. same: joins names one seq of each entity to unite with (several: they turn out to be one).

    unsure: joins is empty, ``likeliest`` names the entity a person should look at. ``account`` names a lead of the
    same company or household (not a duplicate). ``probability`` is that of the likeliest entity.
    """

    kind: Literal["new", "same", "unsure"]
    joins: tuple[int, ...] = ()
    likeliest: int = 0
    probability: float = 0.0
    bits: float = 0.0
    account: int = 0
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""  # call_update, else ""


# ---------------------------------------------------------------- who gets it


class Share(Packed, frozen=True):
    """A member a plan may pick. Limits: -1 is none."""

    member: str
    weight: float = 1.0
    max_open: int = -1
    max_day: int = -1


class Plan(Packed, frozen=True):
    """Where a lead goes if nobody owns its customer yet. Content-addressed: leads of one rule and one hour share it.

    ``strategy``: turn (whoever is owed most), least_loaded, quota (most of ``max_day`` left), ranked and first (in order of
    ``shares``). ``shares`` empty means the pool. ``considered`` lists everyone and every rule that was looked at and why not,
    for explain.
    """

    rule: str  # id of the rule that matched, "" when none did
    policy: str  # version of the policy
    strategy: str
    group: str  # what its members are owed is kept under this name (team or rule)
    shares: tuple[Share, ...]
    pool: str  # where it goes when nobody can take it, and when it lapses
    reason: str  # pooled reason when it goes to the pool: matched_rule | unmatched | parked
    affinity: bool  # an owner of the same account comes first when he is among shares
    protect_ms: int
    scope: str = ""
    considered: tuple[tuple[str, str], ...] = ()
    priority: int = 0  # who waits with more is placed first
    wait_ms: int = 0  # parked, it waits so long in line for somebody who can take it; 0 not at all
    window_ms: int = 0  # what max_day counts: leads of the last so long; 0 of the calendar day
    away: tuple[Share, ...] = ()  # absent, owed turns up to ``credit``
    credit: float = 0.0
    recycle_ms: int = 0  # of the lease it gives: silence after which it goes to the pool, 0 never
    close_within_ms: int = 0
    warn_ms: int = 0
    answer_ms: int = 0  # respond within so much working time of ``answer_hours``, 0 no target
    answer_hours: str = ""
    door: str = ""  # the lead's, where protection or answers go by it


class Taken(msgspec.Struct, frozen=True, gc=False):
    """Leads of other customers with the same value of a field that must be unique, and what becomes of a lead that clashes."""

    how: Literal["refuse", "merge", "warn"]
    field: str
    seqs: tuple[int, ...]


class Decision(msgspec.Struct, frozen=True, gc=False):
    """All that commit needs of one lead. ``seen`` is every entity that was looked at, its own included, with the version seen."""

    event: bytes
    seq: int
    verdict: Verdict
    seen: tuple[tuple[int, int], ...]
    plan: Plan | None  # None for refused events
    at_ms: int
    day: int  # day number of the tenant's calendar, for daily limits
    claimant: str = ""
    batch: str = ""
    refused: Refused | None = None
    source: str = ""
    door: str = ""
    trace: str = ""
    answer_by_ms: int = 0  # respond by (working hours counted), 0 no target
    taken: tuple[Taken, ...] = ()  # the strictest first; the first that holds in the scope is what happens


class Outcome(Record, frozen=True):
    """The first disposition of an event; never changes. This is what is published and what a receipt shows."""

    event: str
    tenant: str
    code: Code
    reason: str
    at_ms: int
    source: str
    door: str
    seq: int = 0
    entity: int = 0
    owner: str = ""
    pool: str = ""
    account: int = 0  # entity of the same account, when one was found
    likeliest: int = 0  # unsure: the entity a person should look at
    joined: tuple[int, ...] = ()  # sequence numbers the decision named
    verdict: str = ""
    probability: float = 0.0
    bits: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    rule: str = ""
    plan: str = ""  # hex digest of the plan; the plan itself is kept once
    policy: str = ""
    journal: int = 0  # number of the journal entry that recorded it
    batch: str = ""
    detail: str = ""
    until_ms: int = 0
    trace: str = ""
    claimant: str = ""  # who reported or imported it as his own


class Glance(msgspec.Struct, frozen=True, gc=False):
    """What whoever counts needs of an outcome, read without the rest of it: same names, same meaning."""

    code: Code
    reason: str
    at_ms: int
    source: str
    door: str
    seq: int
    owner: str
    joined: tuple[int, ...]
    plan: bytes  # its digest, empty when none
    journal: int


class Committed(msgspec.Struct, frozen=True, gc=False):
    """Commit's answer for one lead. ``outcome`` is None when stale: register again (same number, fresh view) and judge again."""

    outcome: Outcome | None
    entity: int = 0
    version: int = 0  # the entity's version after this commit
    fresh: bool = True  # False: it was on record before
    turned: bool = False  # a unique value made it another decision: what was built on it is judged again
