"""Customers over HTTP as people meet them: the real door, real tokens, a real store."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leads.ownership import Lease
from leadstream.ownership import lapses_ms
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from stores.embedded import stop
from stores.journal import ValkeyJournal, effects
from streams.topics import RAW
from tests.gateway.door import problem
from tests.leadstream.office import Office, settings

WANG = {"name": "王伟", "phone": "13912340001", "company": "上海华龙贸易有限公司"}
DAY_MS = 86_400_000


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        runtime = Runtime(settings(Path(home)))
        yield Office(runtime)
        await runtime.close()
        stop(store_home(Path(home)))


async def claim(http: httpx.AsyncClient, receipt: str, **body: Any) -> httpx.Response:
    return await http.post(f"/v1/customers/{receipt}/claims", json=body)


def values(customer: dict[str, Any]) -> str:
    return str(customer["fields"])


async def test_a_pool_is_masked_until_the_claim_commits(office: Office) -> None:
    lead = await office.lead(**WANG)
    amy = await office.as_("amy")
    (waiting,) = (await amy.get("/v1/pools/public")).json()["customers"]

    assert (waiting["status"], waiting["masked"], waiting["owner"]) == ("pool", True, "")
    assert "139****0001" in values(waiting)
    assert "13912340001" not in values(waiting)
    assert "王伟" not in values(waiting)
    claimed = (await claim(amy, waiting["receipt"])).json()
    assert (claimed["status"], claimed["customer"]["status"], claimed["customer"]["mine"]) == (
        "done",
        "protected",
        True,
    )
    assert "13912340001" in values(claimed["customer"])
    assert claimed["customer"]["protected_until_ms"] - clock() > 29 * DAY_MS
    assert (await amy.get("/v1/pools/public")).json()["customers"] == []
    (mine,) = (await amy.get("/v1/customers")).json()["customers"]
    assert (mine["mine"], "王伟" in values(mine)) == (True, True)
    assert (await amy.get(f"/v1/customers/{lead.event}")).json()["owner"] == "amy"


async def test_what_is_taken_says_that_and_never_whose(office: Office) -> None:
    lead = await office.lead("amy", **WANG)
    for member in ("bo", "chen", "dora"):
        http = await office.as_(member)
        seen = (await http.get(f"/v1/customers/{lead.event}")).json()
        assert (seen["status"], seen["owner"], seen["fields"], seen["history"]) == ("taken", "", {}, [])
        refused = await claim(http, lead.event)
        assert refused.status_code in (403, 409)
        assert "amy" not in refused.text.lower()
    assert "amy" not in (await (await office.as_("bo")).get("/v1/pools/public")).text


async def test_whoever_leads_the_owner_sees_whose_it_is_and_values_only_with_a_reason_on_record(office: Office) -> None:
    lead = await office.lead("amy", **WANG)
    lena = await office.as_("lena")
    seen = (await lena.get(f"/v1/customers/{lead.event}")).json()
    assert (seen["owner"], seen["masked"]) == ("amy", True)
    assert "13912340001" not in values(seen)

    shown = (await lena.get(f"/v1/customers/{lead.event}?reveal=complaint")).json()
    assert "13912340001" in values(shown)
    entries = await ValkeyJournal(office.runtime.client).read("main", 0, 100)
    moves = [e.move for e in await effects(office.runtime.index, "main", entries) if e.move]
    assert [(m.what, m.member) for m in moves] == [("revealed", "lena")]
    problem(await (await office.as_("dora")).get(f"/v1/customers/{lead.event}?reveal=curious"), 403, "not_leader")
    problem(await (await office.as_("bo")).get(f"/v1/customers/{lead.event}?reveal=curious"), 403, "not_leader")


async def test_an_agents_token_acts_for_himself_only_even_where_he_leads(office: Office) -> None:
    lead = await office.lead("amy", **WANG)
    as_agent = await office.as_("lena", "agent")

    problem(
        await as_agent.post(f"/v1/customers/{lead.event}/locks", json={"until_ms": clock() + DAY_MS}), 403, "not_leader"
    )
    problem(await as_agent.post(f"/v1/customers/{lead.event}/releases", json={}), 403, "not_owner")
    problem(await as_agent.get("/v1/customers?member=amy"), 403, "not_leader")
    assert (await (await office.as_("lena")).get("/v1/customers?member=amy")).json()["customers"][0]["owner"] == "amy"
    problem(await (await office.as_("lena")).get("/v1/customers?member=chen"), 403, "not_leader")


async def test_the_life_of_a_customer_by_its_owner_and_his_leader(office: Office) -> None:
    lead = await office.lead("amy", **WANG)
    amy, bo, lena = [await office.as_(member) for member in ("amy", "bo", "lena")]

    async def post(http: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
        return await http.post(f"/v1/customers/{lead.event}/{path}", json=body)

    noted = (await post(amy, "follow-ups", kind="note")).json()
    assert (noted["reason"], noted["customer"]["status"]) == ("no_evidence", "protected")
    assert (await post(amy, "follow-ups", kind="call", seconds=95)).json()["customer"]["status"] == "owned"
    assert (await post(amy, "opportunities", kind="deal")).json()["customer"]["lapses_ms"] == 0
    problem(await post(amy, "locks", until_ms=clock() + DAY_MS), 403, "not_leader")
    assert (await post(lena, "locks", until_ms=clock() + DAY_MS)).json()["customer"]["locked_until_ms"] > clock()
    problem(await post(amy, "transfers", member="bo"), 409, "locked")
    assert (await post(lena, "locks", until_ms=0)).json()["customer"]["locked_until_ms"] == 0
    assert (await post(lena, "transfers", member="bo")).json()["customer"]["owner"] == "bo"
    assert (await amy.get(f"/v1/customers/{lead.event}")).json()["status"] == "taken"
    assert (await post(bo, "closings")).json()["customer"]["closed"]
    assert (await post(bo, "releases")).json()["customer"]["status"] == "pool"
    problem(await claim(bo, lead.event), 409, "cooling")
    problem(await post(bo, "releases"), 409, "no_change")
    history = (await lena.get(f"/v1/customers/{lead.event}")).json()["history"]
    assert [past["member"] for past in history] == ["amy", "bo"]


async def test_the_turns_of_a_day_are_used_up_however_many_are_given_back(office: Office) -> None:
    amy = await office.as_("amy")
    for n in range(3):
        lead = await office.lead(phone=f"1391234100{n}")
        assert (await claim(amy, lead.event)).status_code == 200
        await amy.post(f"/v1/customers/{lead.event}/releases", json={})
    fourth = await office.lead(phone="13912341009")

    problem(await claim(amy, fourth.event), 409, "day_cap")
    (pool,) = (await amy.get("/v1/pools")).json()["pools"]
    assert (pool["id"], pool["claimed_today"], pool["claims_a_day"]) == ("public", 3, 3)


async def test_one_claim_of_twenty_at_once_wins_and_a_repeat_of_it_is_known(office: Office) -> None:
    lead = await office.lead(**WANG)
    amy, bo = await office.as_("amy"), await office.as_("bo")
    answers = await asyncio.gather(*(claim(http, lead.event) for http in (amy, bo) * 10))
    assert sorted(a.status_code for a in answers).count(200) == 1

    other = await office.lead(phone="13912340777")
    path, key = f"/v1/customers/{other.event}/claims", {"Idempotency-Key": "k"}
    first, again = [(await bo.post(path, json={}, headers=key)).json() for _ in range(2)]
    assert first["journal"] == again["journal"]


async def test_a_member_of_no_pool_and_a_pool_of_nobody(office: Office) -> None:
    lead = await office.lead(**WANG)
    chen = await office.as_("chen")

    problem(await claim(chen, lead.event), 403, "no_member")
    problem(await chen.get("/v1/pools/public"), 403, "no_member")
    problem(await chen.get("/v1/pools/nowhere"), 404, "unknown_pool")
    assert [pool["id"] for pool in (await chen.get("/v1/pools")).json()["pools"]] == ["partners"]
    everything = await office.as_("")
    assert {pool["id"] for pool in (await everything.get("/v1/pools")).json()["pools"]} == {"public", "partners"}
    assert (await everything.get("/v1/pools/public")).json()["customers"][0]["masked"]


async def test_what_nobody_knows_and_what_is_no_handle(office: Office) -> None:
    await office.lead(**WANG)
    amy = await office.as_("amy")

    for receipt in ("ab" * 16, "0" * 31 + "1", "0" * 32):
        problem(await amy.get(f"/v1/customers/{receipt}"), 404, "unknown")
        problem(await claim(amy, receipt), 404, "unknown")


async def test_a_list_comes_in_pages_with_every_customer_once(office: Office) -> None:
    for n in range(7):
        await office.lead(phone=f"1391234200{n}")
    amy, found, after = await office.as_("amy"), list[str](), ""
    for _ in range(4):
        page = (await amy.get(f"/v1/pools/public?most=3&after={after}")).json()
        found += [one["receipt"] for one in page["customers"]]
        if not (after := page["next"]):
            break

    assert len(found) == len(set(found)) == 7
    problem(await amy.get("/v1/pools/public?after=x"), 422, "bad_cursor")


async def test_a_report_of_somebody_new_is_mine_and_of_somebody_taken_says_only_that(office: Office) -> None:
    amy, bo = await office.as_("amy"), await office.as_("bo")
    report = {"fields": {"姓名": "李雷", "手机": "13912349999"}}
    first = (await amy.post("/v1/reports", json=report, headers={"Idempotency-Key": "r"})).json()
    again = (await amy.post("/v1/reports", json=report, headers={"Idempotency-Key": "r"})).json()
    other = await bo.post("/v1/reports", json=report)

    assert (first["code"], first["reason"], first["yours"]) == ("assigned", "claimed", True)
    assert (again["receipt"], again["yours"]) == (first["receipt"], True)
    assert (other.json()["code"], other.json()["yours"], other.json()["customer"]["status"]) == (
        "contested",
        False,
        "taken",
    )
    assert "amy" not in other.text
    assert await office.runtime.client.exists(f"log:{RAW}") or await office.runtime.client.keys("*leads.raw*")


async def test_a_report_of_somebody_in_the_pool_takes_him_from_there_under_its_caps(office: Office) -> None:
    waiting = await office.lead(**WANG)
    amy = await office.as_("amy")
    reported = (await amy.post("/v1/reports", json={"fields": {"phone": "139 1234 0001", "name": "王伟"}})).json()

    assert (reported["reason"], reported["yours"]) == ("in_pool", True)
    assert (await amy.get(f"/v1/customers/{waiting.event}")).json()["mine"]
    for n in range(3):
        await amy.post("/v1/reports", json={"fields": {"phone": f"1391234300{n}"}})
    problem(await amy.post("/v1/reports", json={"fields": {"phone": "13912343009"}}), 409, "holding_cap")
    problem(await amy.post("/v1/reports", json={"fields": {"备注": "nobody"}}), 409, "holding_cap")


async def test_who_left_can_do_nothing_more(office: Office) -> None:
    lead = await office.lead(**WANG)
    admin, bo = await office.as_(""), await office.as_("bo")
    left = {"changes": [{"what": "left", "member": "bo"}]}
    assert (await admin.post("/v1/roster/changes", json=left)).status_code == 200

    problem(await claim(bo, lead.event), 409, "gone")
    problem(await bo.post("/v1/reports", json={"fields": {"phone": "13912347777"}}), 409, "gone")
    people = (await admin.get("/v1/people")).json()["people"]
    assert [one["id"] for one in people if one["left"]] == ["bo"]


async def test_a_reason_that_says_who_is_refused(office: Office) -> None:
    lead = await office.lead(**WANG)
    problem(await claim(await office.as_("amy"), lead.event, reason="he said call 13912340001"), 422, "bad_reason")


async def test_a_draft_of_the_policy_is_checked_whole(office: Office) -> None:
    admin = await office.as_("")
    draft = "members: {amy: {wieght: 2}}\nrules:\n  - {id: x, team: nowhere}\n"
    faults = (await admin.post("/v1/policy/checks", json={"text": draft})).json()["faults"]

    assert {fault["path"] for fault in faults} == {"members.amy.wieght", "rules.0.team"}
    assert (await admin.post("/v1/policy/checks", json={"text": "members: {amy: {}}"})).json()["faults"] == []
    named = (await admin.post("/v1/policy/checks", json={"text": "do_not_contact_file: /etc/passwd"})).json()
    assert named["faults"][0]["path"] == "do_not_contact_file"


def lease(**said: Any) -> Lease:
    return Lease("", "amy", "", 0, 0, 0, 1, **said)


@pytest.mark.parametrize(
    ("held", "at"),
    [
        (Lease("", "", "public", 5, 0, 0, 1), 0),
        (Lease("", "amy", "", 50, 0, 0, 1), 50),
        (lease(stage="owned", since_ms=10, touched_ms=20, recycle_ms=30), 50),
        (lease(stage="owned", since_ms=10, recycle_ms=30, close_within_ms=15), 25),
        (lease(stage="owned", since_ms=10, recycle_ms=30, locked_ms=99), 99),
        (lease(stage="owned", since_ms=10, recycle_ms=30, closed=True), 0),
        (lease(stage="owned", since_ms=10, recycle_ms=30, opportunity="deal"), 0),
        (lease(stage="owned", since_ms=10), 0),
    ],
)
def test_when_it_lapses(held: Lease, at: int) -> None:
    assert lapses_ms(held) == at
