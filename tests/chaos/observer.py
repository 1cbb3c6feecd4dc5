"""A reader from the outside that trusts nothing: it reads the store's own tables, both ends of the log and the input,
and says what does not agree. It shares no code with the shell, and of the store's only what unpacks a stored outcome.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import msgspec

from leads.records import Outcome
from stores.journal import Effect, effects
from streams.dead_letters import Letter, read_letter
from streams.ports import Message
from streams.topics import DEAD, JOURNAL, OUTCOMES
from tests.chaos.site import TENANT, Site

_SUSPENDED, _LIVE = 1, 0
#: On whose record what nobody can read goes.
_NOBODY = "-"

_json = msgspec.json.Encoder().encode


class Held(msgspec.Struct, frozen=True):
    """An entity as its row says. ``holds``: (scope, owner, pool, state)."""

    members: tuple[int, ...]
    holds: tuple[tuple[str, str, str, int], ...]


class Seen(msgspec.Struct, frozen=True):
    """All there is to see of a site at rest."""

    stored: dict[str, Outcome]
    undecided: list[str]  # events the store has met and has no outcome of
    published: list[Message]
    letters: list[Letter]
    journal: list[Effect]
    entities: dict[int, Held]
    alias: dict[int, int]
    counters: dict[str, int]
    open: dict[str, int]
    given: int  # leads given in turn, summed over all days

    def root(self, seq: int) -> int:
        return self.alias.get(seq, seq)

    def nobodys(self) -> set[int]:
        """Leads that had a number when they were set aside."""
        return {seq for seq, entity in self.alias.items() if not entity}

    def partition(self) -> set[frozenset[str]]:
        """The events of each customer."""
        groups: dict[int, set[str]] = {}
        for event, outcome in self.stored.items():
            if outcome.seq:
                groups.setdefault(self.root(outcome.seq), set()).add(event)
        return set(map(frozenset, groups.values()))

    def dispositions(self) -> dict[str, tuple[str, str, str, str]]:
        """What each event came to: code, reason, owner, pool."""
        return {event: (o.code, o.reason, o.owner, o.pool) for event, o in self.stored.items()}


async def look(site: Site) -> Seen:
    """Read everything. The site must be at rest."""
    with site.raw() as store:
        tag = "{" + TENANT + "}"

        def rows(key: str) -> dict[bytes, bytes]:
            return dict(store.hgetall(tag + key))

        events = [event for event, value in rows("e").items() if len(value) > 4]
        undecided = [event.hex() for event, value in rows("e").items() if len(value) <= 4]
        nobody = list(store.hkeys("{" + _NOBODY + "}e"))
        entities = {_number(name): _held(name, value) for name, value in rows("n").items()}
        alias = {_number(name): _number(value[:4]) for name, value in rows("m").items()}
        counters = {name.decode(): int(value) for name, value in rows("c").items() if value.isdigit()}
        open_ = {name.decode(): int(value) for name, value in rows("o").items()}
        days = [key for key in store.scan_iter(tag + "d*") if key[len(tag) + 1 :].isdigit()]
        given = sum(int(value) for day in days for value in store.hvals(day))
    async with site.runtime() as runtime:
        found = [*await runtime.index.outcomes(TENANT, events), *await runtime.index.outcomes(_NOBODY, nobody)]
        numbered = [
            (int(message.key.rpartition(b"/")[2]), message.value)
            for message in await site.messages(JOURNAL)
            if message.key.startswith(f"{TENANT}/".encode())
        ]
        journal = await effects(runtime.index, TENANT, numbered)
    letters = [read_letter(message) for message in await site.messages(DEAD)]
    stored = {outcome.event: outcome for outcome in found if outcome is not None}
    published = await site.messages(OUTCOMES)
    return Seen(stored, undecided, published, letters, journal, entities, alias, counters, open_, given)


def faults(seen: Seen, events: Collection[str]) -> list[str]:
    """What does not agree, in words; empty when all is well. ``events``: every event that was put in."""
    return [*_once(seen, events), *_published(seen, events), *_owned(seen), *_sums(seen), *_journal(seen), *_dead(seen)]


def doubled(seen: Seen) -> int:
    """Events of which two different outcomes were published."""
    return sum(len(values) > 1 for values in _by_event(seen.published).values())


def lost(seen: Seen, events: Collection[str]) -> int:
    """Events without an outcome on record or without one published."""
    published = _by_event(seen.published)
    return sum(event not in seen.stored or event not in published for event in events)


def _once(seen: Seen, events: Collection[str]) -> Iterator[str]:
    yield from _some("has no outcome", set(events) - set(seen.stored))
    yield from _some("was registered and never decided", seen.undecided)
    yield from _some("has an outcome and was never put in", set(seen.stored) - set(events))


def _published(seen: Seen, events: Collection[str]) -> Iterator[str]:
    by_event = _by_event(seen.published)
    yield from _some("was published and never put in", set(by_event) - set(events))
    yield from _some("was never published", set(seen.stored) - set(by_event))
    yield from _some("was published in two ways", [event for event, values in by_event.items() if len(values) > 1])
    differing = [event for event, outcome in seen.stored.items() if by_event.get(event, {b""}) != {_json(outcome)}]
    yield from _some("was published otherwise than it is stored", set(differing) & set(by_event))
    keyed = [m for m in seen.published if m.key.decode() != msgspec.json.decode(m.value)["event"]]
    yield from _some("was published under another key", [m.key.decode() for m in keyed])


def _owned(seen: Seen) -> Iterator[str]:
    """Each lead in exactly one entity, each entity with at most one holder a scope."""
    homes = Counter(seq for held in seen.entities.values() for seq in held.members)
    yield from _some("is a lead in two customers", [seq for seq, times in homes.items() if times > 1])
    nobodys = seen.nobodys()
    yield from _some("is a lead in no customer", set(range(1, seen.counters.get("seq", 0) + 1)) - set(homes) - nobodys)
    yield from _some("is a lead of nobody in a customer", nobodys & set(homes))
    kept = {o.seq for o in seen.stored.values() if o.code != "rejected"}
    yield from _some("is a lead of nobody that was not rejected", nobodys & kept)
    strays = [s for e, held in seen.entities.items() for s in held.members if seen.root(s) != e]
    yield from _some("is a lead whose own row names another customer", strays)
    for entity, held in seen.entities.items():
        scopes = Counter(scope for scope, _, _, state in held.holds if state != _SUSPENDED)
        yield from _some(
            "is a customer with two holders in one scope", [entity] if max(scopes.values(), default=0) > 1 else []
        )
    leads = [o for o in seen.stored.values() if o.seq]
    yield from _some(
        "was decided into a customer it is not in", [o.event for o in leads if seen.root(o.entity) != seen.root(o.seq)]
    )
    yield from _some(
        "shares its number with another event", [s for s, n in Counter(o.seq for o in leads).items() if n > 1]
    )


def _sums(seen: Seen) -> Iterator[str]:
    leads = sum(1 for o in seen.stored.values() if o.seq)
    numbers = {"leads": (leads, seen.counters.get("seq", 0))}
    entities = seen.counters.get("seq", 0) - seen.counters.get("joined", 0) - len(seen.nobodys())
    numbers["customers"] = (len(seen.entities), entities)
    in_turn = sum(o.code == "assigned" and o.reason in ("rule", "same_account") for o in seen.stored.values())
    later = {e.number for e in seen.journal if e.move and e.move.what == "given" and not _is_pool(seen, e.move.member)}
    numbers["given in turn"] = (in_turn + len(later), seen.given)
    holds = [hold for held in seen.entities.values() for hold in held.holds if hold[3] == _LIVE]
    holding = Counter(owner or "\0" + pool for _, owner, pool, _ in holds)
    for who in sorted(seen.open.keys() | holding.keys()):
        numbers[f"held by {who}"] = (holding[who], seen.open.get(who, 0))
    for what, (counted, told) in numbers.items():
        if counted != told:
            yield f"{what}: counted {counted}, the store's counter says {told}"


def _is_pool(seen: Seen, holder: str) -> bool:
    return "\0" + holder in seen.open


def _journal(seen: Seen) -> Iterator[str]:
    """Numbered from 1 without a gap; a number says one thing however often it was sent; each outcome once."""
    by_number: dict[int, set[bytes]] = {}
    for effect in seen.journal:
        by_number.setdefault(effect.number, set()).add(msgspec.json.encode(effect))
    last = seen.counters.get("journal", 0)
    yield from _some("is a journal number that is missing", set(range(1, last + 1)) - set(by_number))
    yield from _some("is a journal number beyond the last", [n for n in by_number if n > last])
    yield from _some("is a journal number that says two things", [n for n, said in by_number.items() if len(said) > 1])
    told = {e.number: e.outcome for e in seen.journal if e.outcome}
    times = Counter(outcome.event for outcome in told.values())
    yield from _some("was decided twice in the journal", [event for event, n in times.items() if n > 1])
    differing = [o.event for o in told.values() if seen.stored.get(o.event) != o]
    yield from _some("is told otherwise by the journal", differing)
    ours = {event for event, o in seen.stored.items() if o.tenant == TENANT}
    yield from _some("is missing in the journal", ours - set(times))


def _dead(seen: Seen) -> Iterator[str]:
    rejected = {event for event, o in seen.stored.items() if o.code == "rejected"}
    lettered = {letter.event for letter in seen.letters if letter.stage != "door"}
    yield from _some("was rejected without a dead letter", rejected - lettered)
    yield from _some("has a dead letter and was not rejected", lettered - rejected)


def _by_event(published: Sequence[Message]) -> dict[str, set[bytes]]:
    by_event: dict[str, set[bytes]] = {}
    for message in published:
        by_event.setdefault(msgspec.json.decode(message.value)["event"], set()).add(message.value)
    return by_event


def _some(what: str, which: Collection[object]) -> Iterator[str]:
    if which:
        yield f"{len(which)}: {', '.join(map(str, list(which)[:3]))} {what}"


def _number(packed: bytes) -> int:
    return int.from_bytes(packed, "big")


def _held(name: bytes, value: bytes) -> Held:
    """A row of the entities table, as the layout writes it down."""
    members = _number(value[8:12])
    end = 12 + 4 * members
    holds = msgspec.msgpack.decode(value[end:]) if value[end:] else []
    return Held(struct.unpack(f">{members + 1}I", name + value[12:end]), tuple((h[0], h[1], h[2], h[5]) for h in holds))
