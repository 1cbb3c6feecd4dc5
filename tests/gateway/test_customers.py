from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest

from gateway.app import make_app
from gateway.customers import ANSWER_BYTES, Contact, Verdict, padded
from gateway.settings import TokenSpec
from leads.errors import BadInput
from routing.conflict import STATES
from routing.guard import Permission
from stores.guard import Noted
from tests.gateway.door import Clock, Log, Memory, Record, bearer, configured, problem, token

FREE = Verdict("free")
TOKEN, READER = "a-sellers-token", "a-readers-token"


class Desk:
    """Answers as it is told, remembers what it was asked."""

    def __init__(self, verdict: Verdict = FREE, noted: Noted = "noted") -> None:
        self.verdict, self.noted = verdict, noted
        self.told: list[tuple[Any, ...]] = []

    async def conflict(self, *said: Any) -> Verdict:
        self.told.append(said)
        if not said[1]:
            raise BadInput("not_enough", "give a phone")
        return self.verdict

    async def may_contact(self, *said: Any) -> Permission:
        self.told.append(said)
        return Permission("budget", 7)

    async def contacted(self, tenant: str, contact: Contact) -> Noted:
        self.told.append((tenant, contact))
        return self.noted


def door(desk: Desk) -> httpx.AsyncClient:
    mine = TokenSpec(sha256=token(TOKEN, "acme").sha256, tenant="acme", scopes=frozenset({"conflicts", "contacts"}))
    config = msgspec.structs.replace(configured(), tokens=(mine, token(READER, "acme")))
    app = make_app(config, Log(), Record(), Clock(), Memory(), customers=desk)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://leads.example.com")


async def post(desk: Desk, path: str, body: object, value: str = TOKEN) -> httpx.Response:
    content = body if isinstance(body, str) else json.dumps(body)
    return await door(desk).post(path, content=content, headers=bearer(value))


async def test_every_answer_to_a_conflict_query_has_one_shape_and_one_length() -> None:
    asked = {"phone": "13800138001", "actor": "bob"}
    answers = [
        await post(Desk(Verdict(state, until_ms)), "/v1/conflicts", asked)
        for state in STATES
        for until_ms in (0, 1_800_000_000_000)
    ]
    assert {len(answer.content) for answer in answers} == {ANSWER_BYTES}
    assert len({str(answer.headers) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert {tuple(answer.json()) for answer in answers} == {("state", "until_ms", "pad")}
    assert [answer.json()["state"] for answer in answers[::2]] == list(STATES)


def test_padding_leaves_room_for_any_moment() -> None:
    assert len(padded(Verdict("under_way", (1 << 63) - 1))) == ANSWER_BYTES


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    answer = await post(Desk(Verdict("", wait_ms=1_200)), "/v1/conflicts", {"phone": "13800138001", "actor": "bob"})
    problem(answer, 429, "too_many_questions")
    assert answer.headers["retry-after"] == "2"


async def test_a_question_reaches_the_desk_of_the_tokens_tenant() -> None:
    desk = Desk()
    await post(desk, "/v1/conflicts", {"phone": "138", "company": "宇创", "actor": "bob", "scope": "cars"})
    await post(desk, "/v1/contacts/check", {"phone": "138", "member": "bob"})
    answer = await post(desk, "/v1/contacts", {"phone": "138", "actor": "bob", "refused": True, "until_ms": 9})
    assert answer.json() == {"status": "noted"}
    assert desk.told == [
        ("acme", {"phone": "138", "company": "宇创"}, "bob", "cars"),
        ("acme", {"phone": "138"}, "bob", ""),
        ("acme", Contact(phone="138", actor="bob", refused=True, until_ms=9)),
    ]


async def test_a_dialler_gets_a_reason() -> None:
    answer = await post(Desk(), "/v1/contacts/check", {"phone": "138", "member": "bob"})
    assert answer.json() == {"allowed": False, "reason": "budget", "until_ms": 7}


async def test_a_customer_that_was_erased_meanwhile() -> None:
    problem(await post(Desk(noted="gone"), "/v1/contacts", {"receipt": "ab" * 16, "actor": "bob"}), 409, "gone")


@pytest.mark.parametrize("path", ["/v1/conflicts", "/v1/contacts", "/v1/contacts/check"])
@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"actor": "bob", "member": "bob", "fone": "1"}', '{"actor": 1, "member": 1}']
)
async def test_a_body_that_cannot_be_read(path: str, body: str) -> None:
    desk = Desk()
    problem(await post(desk, path, body), 422, "bad_body")
    assert desk.told == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/conflicts", {"phone": "138", "actor": "bob smith 13800138001"}),
        ("/v1/contacts/check", {"phone": "138", "member": ""}),
        ("/v1/contacts", {"receipt": "xyz", "actor": "bob"}),
        ("/v1/contacts", {"phone": "138", "actor": "bob", "at_ms": -1}),
    ],
)
async def test_a_body_that_makes_no_sense(path: str, body: dict[str, object]) -> None:
    problem(await post(Desk(), path, body), 422, "bad_body")


async def test_too_little_to_ask_by() -> None:
    problem(await post(Desk(), "/v1/conflicts", {"actor": "bob"}), 422, "not_enough")


@pytest.mark.parametrize("path", ["/v1/conflicts", "/v1/contacts", "/v1/contacts/check"])
async def test_another_scope_does_not_open_it(path: str) -> None:
    problem(await post(Desk(), path, {"actor": "bob"}, READER), 403, "wrong_scope")


async def test_the_token_of_one_person_asks_for_him_alone() -> None:
    """Were it the body's word, one could ask in another's name, and fish on his account."""
    desk = Desk()
    mine = TokenSpec(
        sha256=token(TOKEN, "acme").sha256,
        tenant="acme",
        scopes=frozenset({"conflicts", "contacts"}),
        role="agent",
        member="cleo",
    )
    config = msgspec.structs.replace(configured(), tokens=(mine,))
    app = make_app(config, Log(), Record(), Clock(), Memory(), customers=desk)  # type: ignore[arg-type]
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://leads.example.com")
    for path in ("/v1/conflicts", "/v1/contacts"):
        for body in ('{"phone": "138", "actor": "bob"}', '{"phone": "138"}'):
            assert (await http.post(path, content=body, headers=bearer(TOKEN))).status_code == 200
    asked, contacted = ("acme", {"phone": "138"}, "cleo", ""), ("acme", Contact(phone="138", actor="cleo"))
    assert desk.told == [asked, asked, contacted, contacted]


@pytest.mark.parametrize(
    ("path", "field"), [("/v1/conflicts", "actor"), ("/v1/contacts/check", "member"), ("/v1/contacts", "actor")]
)
async def test_who_asks_is_missing(path: str, field: str) -> None:
    """A token of a program speaks for many: the error names the field it has to send."""
    answer = await post(Desk(), path, {"phone": "138"})
    problem(answer, 422, "bad_body")
    assert repr(field) in answer.json()["detail"]
