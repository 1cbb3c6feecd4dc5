"""Any history of leads, decisions, acts and time, in any order, with clocks that jump and answers that get lost: the store and
its slow twin say the same of every lease, counter, claim and move."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from leads.ownership import Act, Terms
from leads.records import Share
from stores.codec import unpack_seqs
from stores.connect import connect
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal, effects
from stores.layout import POOL, Keys
from stores.ownership import act, due, held, in_pool, place
from stores.reviews import decide as say
from stores.reviews import split
from stores.undo import undo
from tests.parts import cluster, redis, valkey
from tests.stores.lease_twin import MINUTE, Twin
from tests.stores.making import decide, event, key, lead, plan

HOUR, DAY = 60 * MINUTE, 1_440 * MINUTE
START = 28_333_334 * MINUTE
T = TypeVar("T")

people = st.sampled_from(("ann", "bob", "cyd"))
scopes = st.sampled_from(("", "", "", "valves"))
pools = st.sampled_from(("public", "public", "north"))
some = st.integers(0, 30)
lateness = st.sampled_from((0, 0, 0, MINUTE, DAY))
spans = st.sampled_from((0, HOUR, DAY, 3 * DAY))
plans = st.builds(
    lambda who, pool, scope, protect, recycle, close, warn, full: plan(
        *([Share(who, max_open=2 if full else -1)] if who else []),
        pool=pool,
        scope=scope,
        protect_ms=protect,
        recycle_ms=recycle,
        close_within_ms=close,
        warn_ms=warn,
        wait_ms=protect,
    ),
    st.sampled_from(("ann", "bob", "")),
    pools,
    scopes,
    spans,
    st.sampled_from((0, 0, 2 * DAY)),
    st.sampled_from((0, 0, 0, 4 * DAY)),
    st.sampled_from((0, HOUR)),
    st.booleans(),
)
terms = st.builds(
    Terms,
    refused=st.sampled_from(("",) * 15 + ("away",)),
    day=st.integers(0, 1),
    claims_a_day=st.sampled_from((-1, -1, 2)),
    max_open=st.sampled_from((-1, -1, 2)),
    closed_exempt=st.booleans(),
    cooling_ms=st.sampled_from((0, 0, 2 * DAY)),
    fresh_ms=st.sampled_from((0, 0, HOUR)),
    protect_ms=spans,
    recycle_ms=st.sampled_from((0, 2 * DAY)),
    close_within_ms=st.sampled_from((0, 0, 4 * DAY)),
    warn_ms=st.sampled_from((0, HOUR)),
    approval_ms=st.sampled_from((0, 0, DAY)),
    leader=st.booleans(),
    pool=st.sampled_from(("", "public", "north")),
    answer_by_ms=st.sampled_from((0, 0, START + DAY, START + 4 * DAY)),
)
WHATS = ("claim", "claim", "report", "approve", "follow_up", "follow_up", "release", "transfer", "lock", "exempt")
whats = st.sampled_from((*WHATS, "opportunity", "close", "reopen", "refuse"))


class History(RuleBasedStateMachine):
    """``runner``, ``index`` are shared by all histories; each has a tenant of its own."""

    runner: asyncio.Runner
    index: ValkeyIndex

    def __init__(self) -> None:
        super().__init__()
        self.tenant, self.twin, self.now = uuid4().hex[:12], Twin(), START
        self.client: Any = self.index.client
        self.told, self.acts = 0, list[tuple[Act, int]]()
        self.twin.seq_of = {}
        self.agreed = True

    def same(self, store: object, twin: object) -> None:
        """What the store says and what the twin says; after a difference there is nothing left to compare."""
        self.agreed = store == twin
        assert store == twin, f"store: {store}\n twin: {twin}"

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    def seq(self, number: int) -> int:
        """Some lead there ever was; 99 when there was none."""
        return 1 + number % self.told if self.told else 99

    def there(self, number: int) -> int:
        """Some lead there is."""
        here = sorted(self.twin.plans)
        return here[number % len(here)] if here else 0

    @initialize(first=plans, second=plans)
    def begin(self, first: Any, second: Any) -> None:
        for route in (first, second):
            self.arrives("new", 0, 0, route, "", 0, 0, False)

    @rule(
        kind=st.sampled_from(("new", "new", "same", "same", "unsure")),
        a=some,
        b=some,
        route=plans,
        claimant=st.sampled_from(("", "", "", "ann", "cyd")),
        late=lateness,
        answer=st.sampled_from((0, 0, HOUR)),
        lost=st.booleans(),
    )
    def arrives(self, kind: str, a: int, b: int, route: Any, claimant: str, late: int, answer: int, lost: bool) -> None:
        """A lead. ``lost``: so is the answer, and it is sent again."""
        at, one, other = self.now - late, self.there(a), self.there(b)
        kind = kind if one else "new"
        named = [] if kind == "new" else [one] if kind == "unsure" else list(dict.fromkeys((one, other)))
        self.told += 1
        seq = self.told
        self.twin.seq_of[event(seq).hex()] = seq
        judged: dict[str, Any] = {"likeliest": one} if kind == "unsure" else {"joins": tuple(named)}

        async def step() -> Any:
            view = await self.index.register(self.tenant, [lead(seq, "p1")])
            decision = decide(
                view, **judged, plan=route, at_ms=at, claimant=claimant, answer_by_ms=at + answer if answer else 0
            )
            (done,) = await self.index.commit(self.tenant, [decision])
            if lost:
                (again,) = await self.index.commit(self.tenant, [decision])
                assert (again.outcome, again.fresh) == (done.outcome, False)
            return done.outcome

        outcome = self.run(step())
        said = self.twin.commit(seq, kind, named, route, at, claimant, at + answer if answer else 0)
        self.same((outcome.seq, (outcome.code, outcome.reason, outcome.entity)), (seq, said))

    @rule(a=some, answer=st.sampled_from(("same", "apart")), late=lateness, lost=st.booleans())
    def is_decided(self, a: int, answer: Any, late: int, lost: bool) -> None:
        waits = sorted(self.twin.waiting)
        seq, at = waits[a % len(waits)] if waits else self.seq(a), self.now - late
        for _ in range(1 + lost):
            done = self.run(say(self.client, self.tenant, event(seq), answer, at, 1, "zhou", ""))
            self.same(done.status, self.twin.decide(seq, answer, at, "zhou"))

    @rule(a=some, late=lateness, lost=st.booleans())
    def is_split(self, a: int, late: int, lost: bool) -> None:
        seq, at = self.seq(a), self.now - late
        for _ in range(1 + lost):
            done = self.run(split(self.client, self.tenant, event(seq), at, 1, "zhou", ""))
            self.same(done.status, self.twin.split(seq, at, "zhou"))

    @rule(a=some, lost=st.booleans())
    def is_undone(self, a: int, lost: bool) -> None:
        seq = self.seq(a)
        for _ in range(1 + lost):
            done = self.run(undo(self.client, self.tenant, [event(seq)], lambda record: [key("p1")], self.now))
            self.same(done.removed == 1, self.twin.undo(seq) == "removed")

    @rule(
        what=whats,
        a=some,
        actor=people,
        member=st.sampled_from(("", "", "ann", "bob")),
        scope=scopes,
        pool=st.sampled_from(("", "", "public")),
        kind=st.sampled_from(("", "call", "mail", "visit", "note")),
        seconds=st.sampled_from((5, 60)),
        until=st.sampled_from((0, START + DAY, START + 3 * DAY)),
        late=lateness,
        allowed=terms,
        lost=st.booleans(),
    )
    def is_asked(
        self,
        what: Any,
        a: int,
        actor: str,
        member: str,
        scope: str,
        pool: str,
        kind: str,
        seconds: int,
        until: int,
        late: int,
        allowed: Terms,
        lost: bool,
    ) -> None:
        seq = self.seq(a)
        one = Act(
            f"{len(self.acts) + 1:032x}",
            what,
            event(seq).hex(),
            actor,
            self.now - late,
            scope=scope,
            member=member if what in ("claim", "transfer", "report") else "",
            pool=pool,
            kind=kind,
            seconds=seconds,
            until_ms=until,
            terms=allowed,
        )
        self.acts.append((one, seq))
        for _ in range(1 + lost):
            self._ask(one, seq)

    @rule(a=some)
    def is_asked_again(self, a: int) -> None:
        if self.acts:
            self._ask(*self.acts[a % len(self.acts)])

    def _ask(self, one: Act, seq: int) -> None:
        said = self.run(act(self.client, self.tenant, one))
        self.same((said.status, said.reason, said.entity, said.journal, said.lease), self.twin.act(one, seq))

    @rule(by=st.sampled_from((MINUTE, HOUR, HOUR, DAY, 3 * DAY, 10 * DAY, -2 * DAY)))
    def time_passes(self, by: int) -> None:
        self.now += by

    @rule(most=st.sampled_from((1, 3, 1_000)))
    def time_is_up(self, most: int) -> None:
        todo, waits = self.twin.comes_due(self.now), self.twin.waits(self.now)
        looked = most
        while looked == most:
            looked, told = self.run(due(self.client, self.tenant, self.now, most))
            for one in told:
                if one.what == "unanswered":
                    self.same((one.seq, one.lease.scope) in waits, True)
                    continue
                what = one.what, one.entity, one.why + one.lease.scope
                self.same(what in todo, True)
                e, h = todo.pop(what)
                self.twin.do(one.what, e, h, one.why, self.now)
                self.same((one.entity, one.lease.owner), (e, h.owner))
        self.same(todo, {})

    @rule(a=some, scope=scopes, route=plans, late=lateness, ago=spans, lost=st.booleans())
    def is_placed(self, a: int, scope: str, route: Any, late: int, ago: int, lost: bool) -> None:
        seq, at = self.seq(a), self.now - late
        for _ in range(1 + lost):
            version = self.run(entity(self.client, self.tenant, seq)).version
            done = self.run(
                place(
                    self.client, self.tenant, seq, scope, route, at_ms=at, day=1, version=version, came_ms=START - ago
                )
            )
            self.same(done.status, self.twin.place(seq, scope, route, at, START - ago, 0))

    def teardown(self) -> None:
        if self.agreed:
            self.run(self._agree())

    async def _agree(self) -> None:
        twin, at = self.twin, Keys.of(self.tenant)
        for e, members in twin.entities.items():
            now = await entity(self.client, self.tenant, e)
            self.same((now.id, sorted(now.members)), (e, sorted(members)))
            self.same(set(now.holdings), twin.leases(e))
        counted = {name.decode(): int(n) for name, n in (await self.client.hgetall(at.open)).items() if int(n)}
        self.same(counted, {name: n for name, n in twin.counters().items() if n})
        for (day, who), claimed in twin.claims.items():
            self.same(list(unpack_seqs(await self.client.hget(at.claims(day), who) or b"")), claimed)
        entries = await ValkeyJournal(self.client).read(self.tenant, 0, 100_000)
        moves = [e.move for e in await effects(self.index, self.tenant, entries) if e.move]
        self.same([(m.what, m.entity, m.member, m.why) for m in moves], twin.moves)
        self.same(entries[-1][0], twin.journal)
        holders = {h.owner or POOL + h.pool for held_ in twin.holds.values() for h in held_}
        for holder in holders | {"ann", "bob", "cyd", in_pool("public")}:
            mine = {
                (e, h.scope, h.number)
                for e, held_ in twin.holds.items()
                for h in held_
                if holder == (h.owner or POOL + h.pool)
            }
            found, after = set(), -1
            while after:
                after, page = await held(self.client, self.tenant, holder, after, 5)
                found |= {(one.entity, one.lease.scope, one.lease.journal) for one in page}
            self.same(found, mine)


@pytest.fixture(scope="module", params=["valkey", "redis", pytest.param("cluster", marks=pytest.mark.slow)])
def histories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[History]]:
    part = {"valkey": valkey, "redis": redis, "cluster": cluster}[request.param]
    with part.running(tmp_path_factory.mktemp("h")) as url, asyncio.Runner() as runner:

        async def open_() -> ValkeyIndex:
            return ValkeyIndex(connect(url))

        index = runner.run(open_())
        yield type("OnOneServer", (History,), {"runner": runner, "index": index})
        runner.run(index.client.aclose())


def agree(histories: type[History], runs: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        histories,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def test_store_and_twin_agree_on_any_history(histories: type[History]) -> None:
    agree(histories, 150)  # on each kind of server


@pytest.mark.slow
def test_store_and_twin_agree_on_ten_thousand_histories(histories: type[History]) -> None:
    agree(histories, 5_000)  # on each kind of server
