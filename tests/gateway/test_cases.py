"""The door for disputes: who may see and do what, and how each refusal is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
import pytest

from gateway.app import make_app
from gateway.settings import ROLES, Role, TokenSpec
from leads.cases import REFUSALS, Answer, Case, Part, Shares
from tests.gateway.door import Clock, Log, Memory, Record, bearer, configured, problem, token

EVENT, ID = "ab" * 16, "cd" * 16
CASE = Case("filed", "k", EVENT, 7, "", ("amy", "bo"), "bo", 1, 2, number=3)


class File(msgspec.Struct, frozen=True):
    case: Case
    customer: dict[str, str]


class Court:
    """Answers as it is told, remembers what it was asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or Answer("done", case=CASE)
        self.told: list[tuple[Any, ...]] = []

    async def listed(self, tenant: str, *, everything: bool = False) -> list[Case]:
        return [CASE]

    async def show(self, tenant: str, number: int) -> File | None:
        return File(CASE, {"phone": "138****8001"}) if number == 3 else None

    async def file(self, *said: Any, admin: bool = False) -> Answer:
        self.told.append(said)
        return self.answer

    state = appeal = agree = file

    async def decide(
        self, tenant: str, number: int, who: str, why: str, owner: str, parts: Sequence[Part], *, admin: bool
    ) -> Answer:
        self.told.append((tenant, number, who, why, owner, parts, admin))
        return self.answer


def door(court: Court, role: Role = "agent", member: str = "amy") -> httpx.AsyncClient:
    spec = TokenSpec(sha256=token("t", "acme").sha256, tenant="acme", scopes=ROLES[role], role=role, member=member)
    app = make_app(
        msgspec.structs.replace(configured(), tokens=(spec,)), Log(), Record(), Clock(), Memory(), cases=court
    )  # type: ignore[arg-type]
    headers = bearer("t")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://leads.example.com", headers=headers)


@pytest.mark.parametrize(
    ("role", "member", "sees"), [("agent", "amy", 1), ("agent", "cy", 0), ("leader", "zhou", 1), ("admin", "root", 1)]
)
async def test_an_agent_sees_the_cases_he_is_a_party_to_and_a_leader_all(role: Role, member: str, sees: int) -> None:
    client = door(Court(), role, member)
    assert len((await client.get("/v1/cases")).json()["cases"]) == sees
    answer = await client.get("/v1/cases/3")
    assert answer.status_code == (200 if sees else 404)
    if sees:
        assert answer.json()["case"]["parties"] == ["amy", "bo"]
        assert answer.json()["customer"] == {"phone": "138****8001"}


async def test_a_case_is_filed_in_the_callers_name() -> None:
    court = Court()
    said = {"id": ID, "receipt": EVENT, "reason": "I rang first"}
    answer = await door(court).post("/v1/cases", content=json.dumps(said))
    assert (answer.status_code, answer.json()["case"]["number"]) == (201, 3)
    assert court.told == [("acme", ID, EVENT, "", "amy", "I rang first", "")]
    known = await door(Court(Answer("known", case=CASE))).post("/v1/cases", content=json.dumps(said))
    assert known.status_code == 200


async def test_a_decision_with_shares_in_per_cent() -> None:
    court = Court()
    said = {"reason": "the visit counted", "owner": "amy", "shares": {"amy": 33.34, "bo": 66.66}}
    answer = await door(court, "leader", "zhou").post("/v1/cases/3/decision", content=json.dumps(said))
    assert answer.status_code == 200
    parts = (Part("amy", 3334), Part("bo", 6666))
    assert court.told == [("acme", 3, "zhou", "the visit counted", "amy", parts, False)]


async def test_statements_appeals_and_shares() -> None:
    court = Court(Answer("done", shares=Shares()))
    client = door(court)
    for path, said in (
        ("/v1/cases/3/statements", {"text": "he rang me", "names": "amy"}),
        ("/v1/cases/3/appeal", {"reason": "no"}),
        ("/v1/shares", {"receipt": EVENT, "shares": {"amy": 50, "bo": 50}}),
    ):
        assert (await client.post(path, content=json.dumps(said))).status_code == 200
    assert court.told == [
        ("acme", 3, "amy", "he rang me", "amy"),
        ("acme", 3, "amy", "no"),
        ("acme", EVENT, "", "amy", (Part("amy", 5000), Part("bo", 5000))),
    ]


@pytest.mark.parametrize("reason", sorted(REFUSALS))
async def test_every_refusal_is_told_with_its_sentence(reason: str) -> None:
    court = Court(Answer("refused", reason))
    answer = await door(court, "leader", "zhou").post("/v1/cases/3/decision", content='{"reason": "x"}')
    expected = {"unknown": 404, "no_case": 404, "party": 403, "not_leader": 403, "not_party": 403, "same_judge": 403}
    assert problem(answer, expected.get(reason, 409), reason)["detail"] == REFUSALS[reason]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/v1/cases", '{"id": "x", "receipt": "y", "reason": "z"}', (422, "bad_receipt")),
        ("/v1/cases", "[]", (422, "bad_body")),
        ("/v1/cases", '{"id": 1}', (422, "bad_body")),
        ("/v1/cases/3/decision", '{"reason": "x", "shares": {"amy": "half"}}', (422, "bad_body")),
        ("/v1/cases/4/appeal", '{"reason": "x"}', (404, "no_case")),
        ("/v1/shares", '{"receipt": "13800138001", "shares": {}}', (422, "bad_receipt")),
    ],
)
async def test_what_cannot_be_read_is_refused_and_not_quoted(path: str, body: str, expected: tuple[int, str]) -> None:
    court = Court()
    answer = await door(court).post(path, content=body)
    problem(answer, *expected)
    assert court.told == []
    assert "13800138001" not in answer.text


async def test_a_token_that_speaks_for_nobody_or_opens_no_cases_is_turned_away() -> None:
    problem(await door(Court(), "admin", "").get("/v1/cases"), 403, "speaks_for_nobody")
    problem(await door(Court(), "dialler", "amy").get("/v1/cases"), 403, "wrong_scope")
