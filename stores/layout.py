"""The keys of a tenant and what lies under each: the one place where keys are made.

All keys of a tenant begin with ``{tenant}``, the hash tag that keeps them on one node of a cluster, so that a script
over them is atomic. One big HASH per kind of data: measured to be the fastest layout with whole batches in one call.
Numbers are big-endian. ``seq`` (4 bytes) numbers the leads of a tenant from 1; an *entity* is named by its smallest
seq; a *journal number* (8 bytes) numbers the effects, and the number of an entity's last effect is its *version*.

| key         | type   | field -> value |
|-------------|--------|----------------|
| ``c``       | HASH   | ``seq``, ``journal``, ``joined`` -> counter; ``time`` -> highest time so far (ms); ``keys`` -> the versions of keys in force: U1, or U1L2 while 2 is built; ``rekeyed`` -> built so far |
| ``k<kind>`` | HASH   | 8 bytes of keyed hash -> the seqs that hold this key, 4 bytes each, ascending (a *bucket*); one byte more: 1 it is full, 2 blocked by a person, 3 it has a cap of its own. Kinds are upper-case in tables U, lower-case in tables L |
| ``f``       | HASH   | key of a bucket that is full, blocked or restored -> f, b or r, since when 8 (ms), its cap 4 |
| ``r``       | HASH   | seq -> record (msgpack of Facts) |
| ``e``       | HASH   | 16 bytes event -> seq once registered; the stored outcome (``codec``) once committed |
| ``n``       | HASH   | entity -> version 8, number of further members 4, the first 250 of their seqs, msgpack of holdings (may be empty) |
| ``x``       | HASH   | entity 4 and number of the piece 4 -> the seqs of further members beyond those 250, in pieces of 250 |
| ``m``       | HASH   | seq -> its entity 4, then the seqs its own decision joined (4 each). Only leads that are not their entity's first |
| ``p``       | HASH   | 8 bytes digest -> msgpack of Plan |
| ``g``       | HASH   | group NUL member -> leads he is owed in turn (a number with a fraction, below 0 when others are owed): lua/commit_turn.lua |
| ``gr``      | HASH   | member -> times (8 bytes, ms) of the leads he was given, in the policy's window; only where it has one |
| ``o``       | HASH   | member -> entities he holds now, signed ones apart under 1 member; NUL pool -> entities that wait in it; 2 member -> he has left, nothing reaches him |
| ``h<holder>`` | LIST | seq 4 and the last 4 bytes of the number of the move that gave it to this member or NUL pool: a hint, the lease decides |
| ``t<minute>`` | LIST | seq 4: a hint to look at this lead once the minute (of the epoch) has come |
| ``tt``      | ZSET   | minute -> itself: those minutes |
| ``l<day>``  | HASH   | member -> the entities he claimed on that day, 4 bytes each: only grows; expires |
| ``z<day>``  | HASH   | 16 bytes id of an act of that day (UTC) -> msgpack of [reason, entity, journal], its answer; expires |
| ``gl``      | ZSET   | seq 4 -> its place in the line of those who wait for somebody: ms it came less priority * 2^42 |
| ``d<day>p`` | HASH   | seq 4 -> digest 8 of the plan it was parked or given under on that day, ms it came 8; where it may have to be placed again; expires |
| ``d<day>``  | HASH   | member -> leads given on that day; expires |
| ``a``       | HASH   | seq -> seqs that a person told apart from it, 4 bytes each |
| ``w``       | HASH   | seq -> event 16, a lead of the likeliest entity 4, probability 8, at_ms 8: it waits for a person's decision |
| ``v``       | HASH   | seq -> that lead 4, ``s`` same or ``a`` apart, msgpack of [at_ms, who, why]: what a person decided |
| ``y``       | LIST   | element n is version n of the roster: msgpack of [at_ms, change among people] |
| ``yi``      | HASH   | id of what was appended to it -> its last version |
| ``u``       | ZSET   | a notice that waits to be sent -> the number of its effect |
| ``yp``      | LIST   | ms 8 and a version: from when which policy was in force |
| ``yv``      | HASH   | version -> msgpack of that Policy |
| ``q``       | HASH   | number of a case 4 -> version 8, msgpack of Case |
| ``qk``      | HASH   | what opened a case -> its number 4: it opens none twice |
| ``qr``      | HASH   | number of a running case 4 -> its lead 4, decide by 8 (ms), scope |
| ``qs``      | HASH   | seq 4 and scope -> msgpack of Shares: agreed or decided |
| ``zc``      | HASH   | seq, or a match key while no lead has it -> refused until 8, moments of the last 64 contacts 8 each (ms) |
| ``zb``      | HASH   | match key -> since when 8 (ms) and who said so: nobody may contact whom this belongs to |
| ``zq<who>`` | HASH   | one asker of conflict queries: ``level``, ``since``, ``began``, ``hits``, and the digest of each question of his window; expires |
| ``j``       | STREAM | one entry per batch, its id is the number of its last effect; fields: number of the effect -> ``o`` outcome or ``m`` move |

A holding is a Lease (leads/ownership.py) as an array, cut after the last element that differs from its default: commonly the
first seven. A move in the journal is a Move (stores/journal.py), cut likewise.
"""

from __future__ import annotations

import msgspec


class Keys(msgspec.Struct, frozen=True, gc=False):
    """The keys of one tenant."""

    counters: str
    records: str
    events: str
    entities: str
    aliases: str
    plans: str
    turns: str
    open: str
    apart: str
    journal: str
    beyond: str
    waiting: str
    decided: str
    demoted: str
    tag: str

    @property
    def relay(self) -> str:
        return f"{self.tag}jl"

    @property
    def notices(self) -> str:
        return f"{self.tag}u"

    @property
    def sending(self) -> str:
        return f"{self.tag}ul"

    @property
    def roster(self) -> str:
        return f"{self.tag}y"

    @property
    def roster_ids(self) -> str:
        return f"{self.tag}yi"

    @property
    def cases(self) -> str:
        return f"{self.tag}q"

    @property
    def case_keys(self) -> str:
        return f"{self.tag}qk"

    @property
    def running_cases(self) -> str:
        return f"{self.tag}qr"

    @property
    def shares(self) -> str:
        return f"{self.tag}qs"

    @property
    def sweep(self) -> str:
        return f"{self.tag}xl"

    @classmethod
    def of(cls, tenant: str) -> Keys:
        """The keys of a tenant."""
        tag = "{" + tenant + "}"
        letters = dict(zip(cls.__struct_fields__, "crenmpgoajxwvf", strict=False))
        return cls(**{name: tag + letter for name, letter in letters.items()}, tag=tag)

    def bucket(self, kind: str) -> str:
        """Buckets of one kind of match key: a table of its own, so that tables double at different times."""
        return f"{self.tag}k{kind}"

    @property
    def contacts(self) -> str:
        return f"{self.tag}zc"

    @property
    def barred(self) -> str:
        return f"{self.tag}zb"

    @property
    def nothing(self) -> str:
        """Never there: what is pushed to it only if it is changes nothing (``condition.writable``)."""
        return f"{self.tag}-"

    def asker(self, who: str) -> str:
        return f"{self.tag}zq{who}"

    def day(self, number: int) -> str:
        return f"{self.tag}d{number}"

    @property
    def timers(self) -> str:
        """Before a minute; with ``t`` the minutes there are."""
        return f"{self.tag}t"

    @property
    def holders(self) -> str:
        """Before a member, or POOL and a pool."""
        return f"{self.tag}h"

    def claims(self, day: int) -> str:
        return f"{self.tag}l{day}"

    def answers(self, day: int) -> str:
        return f"{self.tag}z{day}"


def slot_key(slot: str) -> str:
    """What a worker slot has in hand (a LIST of refs). Belongs to no tenant: a batch may hold several."""
    return f"slot:{slot}"


def books_key(tenant: str) -> str:
    """What a reader of a tenant's journal has made of it. Outside the tenant's tag: no part of his state."""
    return f"books:{tenant}"


#: HASH ref -> deaths blamed on it.
BLAME = "blame"

#: Before the name of a pool, of a member whose signed customers are counted, and of one who has left, among the counters.
POOL, CLOSED, GONE = "\0", "\1", "\2"
