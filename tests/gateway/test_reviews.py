from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from gateway.app import make_app
from gateway.reviews import CONFLICTS
from gateway.settings import TokenSpec
from stores.reviews import Decided, Status
from tests.gateway.door import Clock, Log, Memory, Record, bearer, configured, problem, token

TOKEN, READER = "a-reviewers-token", "a-readers-token"
EVENT = "ab" * 16


class Queue:
    """Reviews as the door sees them: remembers what it was told."""

    def __init__(self, status: Status = "same") -> None:
        self.status: Status = status
        self.told: list[tuple[Any, ...]] = []

    async def waiting(self, tenant: str, most: int) -> list[dict[str, Any]]:
        self.told.append((tenant, most))
        return [{"event": EVENT, "lead": {"phone": "138****8000"}}]

    async def decide(self, *said: Any) -> Decided:
        self.told.append(said)
        return Decided(self.status, 7)


def door(queue: Queue) -> httpx.AsyncClient:
    reviewer = TokenSpec(sha256=token(TOKEN, "acme").sha256, tenant="acme", scopes=frozenset({"reviews"}))
    config = msgspec.structs.replace(configured(), tokens=(reviewer, token(READER, "acme")))
    app: FastAPI = make_app(config, Log(), Record(), Clock(), Memory(), reviews=queue)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://leads.example.com")


def said(**changes: str) -> str:
    return json.dumps({"decision": "same", "actor": "zhou", "reason": "asked"} | changes)


async def test_the_queue_of_the_tokens_tenant() -> None:
    queue = Queue()
    answer = await door(queue).get("/v1/reviews?most=9999", headers=bearer(TOKEN))
    assert answer.json() == {"reviews": [{"event": EVENT, "lead": {"phone": "138****8000"}}]}
    assert queue.told == [("acme", 500)]


async def test_a_decision() -> None:
    queue = Queue()
    answer = await door(queue).post(f"/v1/reviews/{EVENT}", content=said(), headers=bearer(TOKEN))
    assert (answer.status_code, answer.json()) == (200, {"receipt": EVENT, "status": "same", "entity": 7})
    assert queue.told == [("acme", bytes.fromhex(EVENT), "same", "zhou", "asked")]


@pytest.mark.parametrize("status", sorted(CONFLICTS))
async def test_what_cannot_be_decided(status: Status) -> None:
    answer = await door(Queue(status)).post(f"/v1/reviews/{EVENT}", content=said(), headers=bearer(TOKEN))
    problem(answer, 409, status)


async def test_nobody_knows_it() -> None:
    for event, queue in ((EVENT, Queue("unknown")), ("x", Queue())):
        answer = await door(queue).post(f"/v1/reviews/{event}", content=said(), headers=bearer(TOKEN))
        problem(answer, 404, "unknown_review")


@pytest.mark.parametrize("body", ["", "[]", said(decision="maybe"), said(actor=" "), said(reason=""), said(more="1")])
async def test_a_body_that_says_too_little(body: str) -> None:
    queue = Queue()
    problem(await door(queue).post(f"/v1/reviews/{EVENT}", content=body, headers=bearer(TOKEN)), 422, "bad_decision")
    assert queue.told == []


async def test_another_scope_does_not_open_it() -> None:
    http = door(Queue())
    problem(await http.get("/v1/reviews", headers=bearer(READER)), 403, "wrong_scope")
    problem(await http.post(f"/v1/reviews/{EVENT}", content=said(), headers=bearer(READER)), 403, "wrong_scope")
    problem(await http.get("/v1/reviews"), 401, "bad_token")
