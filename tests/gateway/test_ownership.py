"""The doors for owners and their leaders, on parts that satisfy their ports: what is asked, what is answered."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from gateway.app import make_app
from gateway.ownership import MOVES, STATUS
from gateway.pools import Pool
from gateway.settings import ROLES, Role, TokenSpec
from gateway.shapes import Customer, Page
from leads.ownership import REFUSALS, Act, Moved
from leads.records import Envelope, Outcome
from tests.gateway.door import NOW_MS, Clock, Log, Memory, Record, bearer, configured, problem, token

EVENT = "ab" * 16
DONE = Moved("done", journal=9)


class Owning:
    """Remembers what it was told; answers what it was told to answer."""

    def __init__(self, moved: Moved = DONE, customer: bool = True) -> None:
        self.moved, self.customer = moved, customer
        self.acts: list[Act] = []
        self.envelopes: list[Envelope] = []
        self.outcome: Outcome | str = "taken"

    async def name(self, who: TokenSpec) -> str:
        return "Amy Archer"

    async def see(self, who: TokenSpec, receipt: str, scope: str, reveal: str = "") -> Customer | None:
        return Customer(receipt=receipt, scope=scope, status="owned", mine=True) if self.customer else None

    async def mine(self, who: TokenSpec, member: str, after: str, most: int) -> Page:
        return Page(customers=[Customer(receipt=EVENT, status="owned")], next=f"{after}{most}")

    async def move(self, who: TokenSpec, act: Act) -> Moved:
        self.acts.append(act)
        return self.moved

    async def report(self, who: TokenSpec, envelope: Envelope, scope: str) -> Outcome | str:
        self.envelopes.append(envelope)
        return self.outcome

    async def pools(self, who: TokenSpec) -> list[Pool]:
        return [Pool(id="public", waiting=2, member=True, leader=False, claims_a_day=3, claimed_today=1)]

    async def waiting(self, who: TokenSpec, pool: str, after: str, most: int) -> Page:
        return Page(customers=[Customer(receipt=EVENT, status="pool", pool=pool)])


def door(owning: Owning, role: Role = "agent", member: str = "amy") -> httpx.AsyncClient:
    spec = TokenSpec(sha256=token("t", "acme").sha256, tenant="acme", scopes=ROLES[role], role=role, member=member)
    config = msgspec.structs.replace(configured(), tokens=(spec,))
    app: FastAPI = make_app(config, Log(), Record(), Clock(), Memory(), owning=owning)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="https://leads.example.com", headers=bearer("t"))


def said(path: str) -> dict[str, Any]:
    return {"transfers": {"member": "bo"}, "follow-ups": {"kind": "call", "seconds": 60}}.get(path, {})


@pytest.mark.parametrize("path", sorted(MOVES))
async def test_every_move_reaches_the_store_as_an_act_of_the_caller(path: str) -> None:
    owning = Owning()
    answer = await door(owning).post(
        f"/v1/customers/{EVENT}/{path}", json=said(path) | {"reason": "spring", "scope": "ev"}
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["customer"]["receipt"] == EVENT
    (act,) = owning.acts
    assert (act.what, act.event, act.actor, act.why, act.scope) == (MOVES[path][0], EVENT, "amy", "spring", "ev")
    assert act.at_ms == NOW_MS


@pytest.mark.parametrize("reason", sorted(REFUSALS))
async def test_every_refusal_is_a_problem_with_its_sentence(reason: str) -> None:
    owning = Owning(Moved("refused", reason))
    answer = await door(owning).post(f"/v1/customers/{EVENT}/claims", json={})

    body = problem(answer, STATUS.get(reason, 409), reason)
    assert body["detail"] == REFUSALS[reason]


async def test_the_same_key_is_one_act_and_another_body_under_it_is_refused() -> None:
    owning = Owning()
    http = door(owning)
    headers = {"Idempotency-Key": "k-1"}
    path = f"/v1/customers/{EVENT}/releases"
    first, again = [await http.post(path, json={"reason": "no time"}, headers=headers) for _ in range(2)]
    other = await http.post(path, json={"reason": "other"}, headers=headers)
    without = [await http.post(path, json={}) for _ in range(2)]

    assert first.json() == again.json()
    problem(other, 422, "key_reused")
    assert len(owning.acts) == 1 + len(without)
    assert len({act.id for act in owning.acts}) == 3


async def test_what_is_kept_for_a_repeat_holds_nothing_of_the_customer() -> None:
    owning, memory = Owning(), Memory()
    spec = TokenSpec(sha256=token("t", "acme").sha256, tenant="acme", scopes=ROLES["agent"], role="agent", member="amy")
    config = msgspec.structs.replace(configured(), tokens=(spec,))
    app = make_app(config, Log(), Record(), Clock(), memory, owning=owning)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://x", headers=bearer("t")) as http:
        await http.post(f"/v1/customers/{EVENT}/claims", json={}, headers={"Idempotency-Key": "k"})

    (kept,) = memory.values.values()
    assert json.loads(kept)["answer"] == {"status": "done", "reason": "", "journal": 9}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("transfers", {}),
        ("transfers", {"member": "a b"}),
        ("follow-ups", {"kind": "thought"}),
        ("follow-ups", {"kind": "call", "seconds": -1}),
        ("follow-ups", {"kind": "mail", "at_ms": NOW_MS + 1}),
        ("locks", {"until_ms": -5}),
        ("claims", {"why": "typo"}),
        ("claims", {"reason": "x" * 201}),
        ("claims", []),
    ],
)
async def test_a_body_that_makes_no_sense_changes_nothing(path: str, body: Any) -> None:
    owning = Owning()

    problem(await door(owning).post(f"/v1/customers/{EVENT}/{path}", json=body), 422, "bad_request")
    assert owning.acts == []


async def test_what_is_no_json_and_what_is_no_receipt() -> None:
    http = door(Owning())
    json_type = {"Content-Type": "application/json"}

    problem(await http.post(f"/v1/customers/{EVENT}/claims", content=b"{", headers=json_type), 400, "malformed")
    problem(await http.get("/v1/customers/13800138000"), 422, "bad_request")
    problem(await door(Owning(customer=False)).get(f"/v1/customers/{EVENT}"), 404, "unknown")


async def test_a_fault_of_input_does_not_quote_what_was_sent() -> None:
    answer = await door(Owning()).post(f"/v1/customers/{EVENT}/transfers", json={"member": "13800138000 王"})

    assert "13800138000" not in answer.text


async def test_without_a_token_that_opens_customers_there_is_nothing_to_see() -> None:
    http = door(Owning(), role="dialler", member="")

    problem(await http.get("/v1/customers"), 403, "wrong_scope")
    http.headers.pop("Authorization")
    problem(await http.get(f"/v1/customers/{EVENT}"), 401, "bad_token")


async def test_lists_come_in_pages() -> None:
    http = door(Owning())

    assert (await http.get("/v1/customers?after=7&most=20")).json()["next"] == "720"
    problem(await http.get("/v1/customers?most=9999"), 422, "bad_request")
    assert (await http.get("/v1/pools")).json()["pools"][0]["waiting"] == 2
    assert (await http.get("/v1/pools/public")).json()["customers"][0]["pool"] == "public"
    assert (await http.get("/v1/me")).json() == {
        "member": "amy",
        "name": "Amy Archer",
        "role": "agent",
        "scopes": sorted(ROLES["agent"]),
    }


async def test_a_report_is_a_lead_whose_claimant_is_the_caller() -> None:
    owning = Owning()
    owning.outcome = Outcome(EVENT, "acme", "assigned", "claimed", NOW_MS, "reports", "import", owner="amy")
    report = {"fields": {"姓名": "王伟", "手机号码": "13800138000", "备注2": "met at the fair"}}
    answer = await door(owning).post("/v1/reports", json=report, headers={"Idempotency-Key": "r-1"})

    assert (answer.json()["code"], answer.json()["reason"], answer.json()["yours"]) == ("assigned", "claimed", True)
    (envelope,) = owning.envelopes
    assert envelope.rows[0].fields == {"name": "王伟", "phone": "13800138000", "claimant": "amy"}
    assert envelope.rows[0].extra == {"备注2": "met at the fair"}
    assert answer.json()["receipt"] == envelope.rows[0].event


async def test_a_report_that_is_none_and_one_of_a_machine() -> None:
    owning = Owning()
    problem(await door(owning).post("/v1/reports", json={"fields": {"phone": "1"}}), 409, "taken")
    problem(await door(owning).post("/v1/reports", json={"fields": {}}), 422, "bad_request")
    problem(await door(owning, "admin", "").post("/v1/reports", json={"fields": {"phone": "1"}}), 403, "no_member")
    owning.outcome = Outcome(EVENT, "acme", "suppressed", "do_not_contact", NOW_MS, "reports", "import")
    problem(await door(owning).post("/v1/reports", json={"fields": {"phone": "1"}}), 422, "do_not_contact")


async def test_the_description_names_every_answer_and_its_shape() -> None:
    described = (await door(Owning()).get("/openapi.json")).json()

    assert "ProblemBody" in described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, about in methods.items():
            if path.startswith(("/v1/customers", "/v1/pools", "/v1/reports", "/v1/me")):
                assert {"200", "401", "403", "422", "503"} <= about["responses"].keys(), (method, path)
                assert about["security"] == [{"HTTPBearer": []}], (method, path)
                shape = about["responses"]["200"]["content"]["application/json"]["schema"]
                assert "$ref" in shape, (method, path)


async def test_the_console_loads_nothing_from_elsewhere_and_may_not_be_framed() -> None:
    http = door(Owning())
    for path, kind in (("", "text/html"), ("/console.js", "text/javascript"), ("/console.css", "text/css")):
        page = await http.get(f"/console{path}")
        assert page.headers["content-type"].startswith(kind)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "http://" not in page.text
        assert "https://" not in page.text


async def test_what_a_path_can_be_asked_with_is_all_of_it() -> None:
    http = door(Owning())
    answer = await http.delete(f"/v1/customers/{EVENT}")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"
