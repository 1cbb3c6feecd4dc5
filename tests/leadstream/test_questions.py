"""Questions about customers on a real embedded store: asked as a form would name them, answered without saying whose."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.customers import Contact
from leads.errors import BadInput
from leadstream.configuration import config
from leadstream.importing import import_file
from leadstream.questions import Questions
from leadstream.runtime import Runtime
from leadstream.service import store_home
from stores.embedded import stop
from stores.journal import ValkeyJournal, effects
from stores.recall import latest
from streams.metrics import Metrics, exposition, new_registry

LEADS = """name,company,phone,city,owner
王建国,宏远机械有限公司,13751234567,上海,ann
李秀英,,021-55501234,上海,bob
陈静,蓝海贸易,13911112222,北京,
"""
CONFIG = """
tenants:
  main:
    do_not_contact: ["13755550000"]
    conflict: {floor_ms: 0, rate_per_s: 1000, burst: 1000}
    contact: {most: 2, days: 1}
    members: {ann: {}, bob: {}}
"""


class Desk:
    def __init__(self, runtime: Runtime, questions: Questions, metrics: Metrics) -> None:
        self.runtime, self.questions, self.metrics = runtime, questions, metrics
        self.now = 1_900_000_000_000

    async def taken(self, **fields: str) -> str:
        return (await self.questions.conflict("main", fields, "bob", "")).state

    async def may(self, member: str = "bob", **fields: str) -> str:
        return (await self.questions.may_contact("main", fields, member, "")).reason

    async def called(self, **said: object) -> str:
        return await self.questions.contacted("main", Contact(**{"actor": "ann", **said}))  # type: ignore[arg-type]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        settings = config.parse(f"data: {home}\n{CONFIG}", {}, Path(home))
        file = Path(home) / "customers.csv"
        file.write_text(LEADS, encoding="utf-8")
        await import_file(settings, "main", file, None, "crm", False, customers=True)
        runtime = Runtime(settings)
        metrics = Metrics(registry := new_registry())
        made = Desk(runtime, None, metrics)  # type: ignore[arg-type]
        made.questions = Questions(
            runtime.index, settings, runtime.tenants(), runtime.policies, lambda: made.now, metrics
        )
        made.page = lambda: exposition(registry).decode()  # type: ignore[attr-defined]
        yield made
        await runtime.close()
        stop(store_home(Path(home)))


async def test_blind_to_nothing_and_silent_about_whose(desk: Desk) -> None:
    """A duplicate check blind to other people's leads, or leaking them (espocrm #2317, SuiteCRM #7803)."""
    assert await desk.taken(phone="+86 137-5123-4567") == "protected"
    assert await desk.taken(company="宏远机械") == "protected"
    assert await desk.taken(name="Wang Jianguo", company="宏远") == "protected"
    assert await desk.taken(name="赵敏", phone="13751234567") == "free", "his phone, another name: not this person"
    assert await desk.taken(phone="02155501234") == "protected"
    assert await desk.taken(phone="010-85501234") == "free", "the same last seven digits in another city"
    assert await desk.taken(phone="13911112222") == "in_pool"
    assert await desk.taken(phone="13900000009") == "free"
    verdict = await desk.questions.conflict("main", {"phone": "13751234567"}, "bob", "")
    assert "ann" not in repr(verdict)


async def test_a_name_alone_is_not_enough(desk: Desk) -> None:
    with pytest.raises(BadInput, match="give a phone"):
        await desk.taken(name="王建国")


async def test_the_journal_knows_who_asked_and_holds_no_value(desk: Desk) -> None:
    await desk.taken(phone="13751234567")
    await desk.taken(phone="137 5123 4567")
    client = desk.runtime.client
    packed = await ValkeyJournal(client).read("main", 0, 100)
    asked = [e.move for e in await effects(desk.runtime.index, "main", packed) if e.move and e.move.what == "asked"]
    assert [move.member for move in asked] == ["bob", "bob"]
    assert asked[0].event == asked[1].event, "the same question has the same digest, however it was spelt"
    assert not any(b"13751234567" in body for _, body in packed[-2:])
    assert 'leadstream_conflict_queries_total{answer="protected",tenant="main"} 2.0' in desk.page()  # type: ignore[attr-defined]


async def test_five_calls_from_one_company_in_a_day_are_prevented(desk: Desk) -> None:
    (first, *_) = await latest(desk.runtime.index, "main", 10)
    assert await desk.may("ann", phone="13751234567") == "ok"
    assert await desk.may("bob", phone="13751234567") == "locked"
    assert await desk.called(phone="13751234567") == "noted"
    assert await desk.called(phone="13751234567") == "known", "a retry of the same moment counts once"
    desk.now += 1
    assert await desk.called(receipt=first.event, actor="bob") == "noted"
    assert await desk.may("ann", phone="13751234567") == "budget"
    desk.now += 86_400_000
    assert await desk.may("ann", phone="13751234567") == "ok"


async def test_a_person_who_refused_once_is_not_called_again_by_a_colleague(desk: Desk) -> None:
    await desk.called(phone="13911112222", refused=True, until_ms=desk.now + 10)
    assert [await desk.may(member, phone="13911112222") for member in ("ann", "bob")] == ["refused", "refused"]
    desk.now += 10
    assert await desk.may("bob", phone="13911112222") == "ok"
    await desk.called(phone="13911112222", refused=True)
    desk.now += 10 * 365 * 86_400_000
    assert await desk.may("bob", phone="13911112222") == "refused"


async def test_a_refusal_by_landline_does_not_bar_a_stranger_in_another_city(desk: Desk) -> None:
    await desk.called(phone="02155501234", refused=True)
    assert await desk.may(phone="021-5550 1234") == "refused"
    assert await desk.may(phone="0755-85501234") == "ok"


async def test_lists_of_the_file_and_of_the_day(desk: Desk) -> None:
    assert await desk.may(phone="13755550000") == "do_not_contact"
    assert await desk.may(phone="13900000009") == "ok"
    assert await desk.questions.bar("main", {"phone": "13900000009"}, "zhou") == 1
    assert await desk.may(phone="+86 13900000009") == "do_not_contact"
    assert await desk.questions.bar("main", {"phone": "13900000009"}, "zhou", off=True) == 1
    assert await desk.may(phone="13900000009") == "ok"


async def test_a_contact_with_nobody_knows_no_receipt(desk: Desk) -> None:
    with pytest.raises(BadInput, match="nothing is on record"):
        await desk.called(receipt="00" * 16)
