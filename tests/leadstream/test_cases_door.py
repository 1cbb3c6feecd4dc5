"""A customer of amy's is reported by bo at the real door, on a real store: a case, its evidence, a decision, all over HTTP."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from leadstream.casebook import disputes
from leadstream.runtime import Runtime
from leadstream.service import store_home
from stores.embedded import stop
from stores.journal import ValkeyJournal
from streams.archivist import ShelfPublisher
from streams.relay import relay_once
from tests.gateway.door import problem
from tests.leadstream.office import Office, settings
from tests.leadstream.test_casebook import shelves

CUSTOMER = {"姓名": "张伟", "手机号码": "13800138001"}


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory:
        home = Path(directory)
        runtime = Runtime(settings(home))
        yield Office(runtime)
        await runtime.close()
        stop(store_home(home))


async def relayed(office: Office) -> None:
    """What a worker's relay does, to the last entry."""
    journal, publisher = ValkeyJournal(office.runtime.client), ShelfPublisher(shelves(office.runtime))
    await relay_once(journal, publisher, "main", witnesses=[disputes(office.runtime).witness])


async def test_a_customer_of_one_reported_by_another_opens_a_case(office: Office) -> None:
    amy, bo, chen, lena = [await office.as_(who) for who in ("amy", "bo", "chen", "lena")]
    first = (await amy.post("/v1/reports", json={"fields": CUSTOMER}, headers={"Idempotency-Key": "a"})).json()
    assert first["yours"]
    call = {"kind": "call", "seconds": 180}
    assert (await amy.post(f"/v1/customers/{first['receipt']}/follow-ups", json=call)).status_code == 200
    told = await bo.post("/v1/reports", json={"fields": CUSTOMER}, headers={"Idempotency-Key": "b"})
    assert "amy" not in told.text.lower(), "whose he is the door does not say"

    await relayed(office)
    await relayed(office)
    (case,) = (await bo.get("/v1/cases")).json()["cases"]
    assert (case["origin"], case["parties"], case["stage"]) == ("owned_by_other", ["amy", "bo"], "open")
    assert (await chen.get("/v1/cases")).json()["cases"] == []
    problem(await chen.get(f"/v1/cases/{case['number']}"), 404, "no_case")
    assert (await amy.post(f"/v1/customers/{first['receipt']}/releases", json={})).status_code == 409

    url = f"/v1/cases/{case['number']}"
    file = (await lena.get(url)).json()
    assert file["case"]["proposal"]["owner"] == "amy"
    assert [(t["kind"], t["member"]) for t in file["touches"]] == [
        ("report", "amy"),
        ("call", "amy"),
        ("contested", "bo"),
    ]
    assert file["work"]["amy"]["seconds"] == 180
    assert "13800138001" not in str(file)
    assert "张伟" not in str(file)
    problem(await bo.post(f"{url}/decision", json={"reason": "mine"}), 403, "party")
    problem(await chen.post(f"{url}/decision", json={"reason": "theirs"}), 404, "no_case")
    decided = await lena.post(f"{url}/decision", json={"reason": "amy rang first"})
    assert decided.json()["case"]["decisions"][0]["owner"] == "amy"
    assert (await bo.post(f"{url}/appeal", json={"reason": "I met him"})).json()["case"]["stage"] == "appealed"
    problem(await lena.post(f"{url}/decision", json={"reason": "again"}), 403, "same_judge")
    root = await office.as_("dora")
    final = await root.post(f"{url}/decision", json={"reason": "both", "owner": "bo", "shares": {"amy": 50, "bo": 50}})
    assert final.json()["case"]["stage"] == "final"
    assert (await bo.get(f"/v1/customers/{first['receipt']}")).json()["mine"]


async def test_a_case_is_filed_by_the_name_a_customer_has_in_a_list(office: Office) -> None:
    amy, bo = [await office.as_(who) for who in ("amy", "bo")]
    await amy.post("/v1/reports", json={"fields": CUSTOMER}, headers={"Idempotency-Key": "a"})
    (customer,) = (await amy.get("/v1/customers")).json()["customers"]
    said = {"id": "ab" * 16, "receipt": customer["receipt"], "reason": "met him at the fair"}
    filed = await bo.post("/v1/cases", json=said)
    assert (filed.status_code, filed.json()["case"]["parties"]) == (201, ["amy", "bo"])
    assert (await bo.post("/v1/cases", json=said)).status_code == 200, "the same filing again"
    problem(await bo.post("/v1/cases", json={**said, "id": "cd" * 16, "receipt": "ef" * 16}), 404, "unknown")
