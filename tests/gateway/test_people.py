"""The doors for people and the policy, on a part that satisfies their ports."""

from __future__ import annotations

import io
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from gateway.app import make_app
from gateway.people import Changed
from gateway.settings import ROLES, Role, TokenSpec
from leads.errors import Mistakes
from leads.policy import Absence, Member, Policy, Pool, Team
from leads.roster import Change, Version
from tests.gateway.door import Clock, Log, Memory, Record, bearer, configured, problem, token

POLICY = Policy(
    version="v1",
    members={
        "amy": Member("amy", "Amy", contact="amy@example.com"),
        "bo": Member("bo", absences=(Absence(1, 2, "trip"),)),
    },
    teams={"east": Team("east", ("amy", "bo"), "amy")},
    pools={"public": Pool("public", ("bo",), ("amy",))},
)


class Staff:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def policy(self, tenant: str, at_ms: int = 0) -> Policy:
        self.heard.append(at_ms)
        return POLICY

    async def versions(self, tenant: str, member: str = "") -> list[Version]:
        absence = Change("absent", "bo", 5, "amy", "", {"weight": 2.0}, Absence(1, 2), teams=("east",))
        return [Version(1, 10, absence)]

    async def leads(self, tenant: str, leader: str, member: str) -> bool:
        return (leader, member) == ("amy", "bo")

    async def told(self, tenant: str, changes: list[dict[str, Any]], who: str, id: str) -> Changed:
        self.heard.append((changes, who, id))
        if any(change["member"] == "wrong" for change in changes):
            raise Mistakes([("changes.0.member", "there is no member 'wrong'")])
        return Changed(version=3, changes=len(changes))

    async def sheet(self, tenant: str, file: io.BytesIO, name: str, who: str, id: str, dry_run: bool) -> Changed:
        self.heard.append((file.read(), name, dry_run))
        return Changed(version=4, changes=2)

    async def check(self, tenant: str, text: str) -> list[tuple[str, str]]:
        return [("rules.0.team", "there is no team 'x'")] if text else []


def door(staff: Staff, role: Role = "admin", member: str = "") -> httpx.AsyncClient:
    spec = TokenSpec(sha256=token("t", "acme").sha256, tenant="acme", scopes=ROLES[role], role=role, member=member)
    config = msgspec.structs.replace(configured(), tokens=(spec,))
    app: FastAPI = make_app(config, Log(), Record(), Clock(), Memory(), staff=staff)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="https://leads.example.com", headers=bearer("t"))


async def test_everybody_with_what_he_is_in_and_leads_as_of_a_moment() -> None:
    staff = Staff()
    answer = (await door(staff).get("/v1/people?at_ms=77")).json()

    assert answer["policy"] == "v1"
    amy, bo = answer["people"]
    assert (amy["leads"], amy["pool_leads"], amy["pools"]) == (["east"], ["public"], [])
    assert (bo["teams"], bo["absences"]) == (["east"], [{"from_ms": 1, "until_ms": 2, "reason": "trip"}])
    assert staff.heard == [77]


async def test_one_person_and_one_who_is_not_there() -> None:
    assert (await door(Staff()).get("/v1/people/amy")).json()["name"] == "Amy"
    problem(await door(Staff()).get("/v1/people/zed"), 404, "unknown_member")


async def test_what_changed_in_order() -> None:
    (change,) = (await door(Staff()).get("/v1/roster/changes")).json()["changes"]

    assert change["says"] == {"weight": 2.0, "teams": ["east"], "absence": {"from_ms": 1, "until_ms": 2, "reason": ""}}


async def test_a_change_and_every_mistake_in_one() -> None:
    staff = Staff()
    body = {"changes": [{"what": "joined", "member": "chen", "set": {"level": "new"}, "teams": ["east"]}]}
    assert (await door(staff).post("/v1/roster/changes", json=body)).json()["version"] == 3
    ((told,), who, _) = staff.heard[0]
    assert (told["what"], told["set"], told["teams"], told["leads"], who) == (
        "joined",
        {"level": "new"},
        ["east"],
        None,
        "admin",
    )
    wrong = await door(staff).post("/v1/roster/changes", json={"changes": [{"what": "left", "member": "wrong"}]})
    assert problem(wrong, 422, "mistakes")["mistakes"] == [
        {"place": "changes.0.member", "what": "there is no member 'wrong'"}
    ]


async def test_the_same_key_is_the_same_change() -> None:
    staff = Staff()
    body = {"changes": [{"what": "left", "member": "bo"}]}
    for _ in range(2):
        await door(staff).post("/v1/roster/changes", json=body, headers={"Idempotency-Key": "k"})

    assert len({id for _, _, id in staff.heard}) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"what": "paused", "member": "bo"}, 200),
        ({"what": "absent", "member": "bo", "absence": {"from": "2026-05-01", "until": "2026-05-02"}}, 200),
        ({"what": "paused", "member": "chen"}, 403),
        ({"what": "left", "member": "bo"}, 403),
        ({"what": "paused", "member": "bo", "set": {"weight": 9}}, 403),
        ({"what": "paused", "member": "bo", "teams": []}, 403),
    ],
)
async def test_a_leader_pauses_and_excuses_his_own_people_and_no_more(change: dict[str, Any], status: int) -> None:
    answer = await door(Staff(), "leader", "amy").post("/v1/roster/changes", json={"changes": [change]})

    assert answer.status_code == status, answer.text
    if status == 403:
        problem(answer, 403, "not_leader")


async def test_a_sheet_is_an_admins() -> None:
    staff = Staff()
    headers = {"Content-Type": "text/csv", "X-Filename": "p.csv"}
    answer = await door(staff).post("/v1/roster/sheets?dry_run=true", content=b"member\namy\n", headers=headers)

    assert answer.json() == {"version": 4, "known": False, "changes": 2}
    assert staff.heard == [(b"member\namy\n", "p.csv", True)]
    problem(
        await door(staff, "leader", "amy").post("/v1/roster/sheets", content=b"", headers=headers), 403, "not_leader"
    )


async def test_an_agent_sees_the_rules_and_not_the_people() -> None:
    http = door(Staff(), "agent", "bo")
    shown = (await http.get("/v1/policy")).json()

    assert shown["version"] == "v1"
    assert shown["policy"]["teams"]["east"]["members"] == ["amy", "bo"]
    assert "amy@example.com" not in str(shown)
    assert (await http.post("/v1/policy/checks", json={"text": "rules: []"})).json()["faults"][0][
        "path"
    ] == "rules.0.team"
    problem(await http.get("/v1/people"), 403, "wrong_scope")
