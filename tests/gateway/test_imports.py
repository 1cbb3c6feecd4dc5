from __future__ import annotations

import json
from typing import Any

from gateway.settings import Limits, SourceSpec
from leads.records import Outcome
from stores.portions import leads
from streams.topics import RAW
from tests.gateway.door import FOREIGN_TOKEN, Door, bearer, configured, problem
from tests.gateway.test_files import ENCRYPTED, workbook

CSV = "姓名,电话\n" + "".join(f"客户{n},1380013{n:04}\n" for n in range(120))


def outcome(event: str, tenant: str = "acme", **given: Any) -> Outcome:
    return Outcome(event, tenant, "assigned", "rule", 1, "imports", "import", **given)


async def test_a_file_travels_in_chunks_of_one_batch(door: Door) -> None:
    answer = await door.upload(CSV.encode("gb18030"))

    body = answer.json()
    envelopes = door.log.envelopes()
    assert answer.status_code == 202
    assert (body["rows"], body["refused"]) == (120, 0)
    assert [len(envelope.rows) for envelope in envelopes] == [50, 50, 20]
    assert [leads(message) for message in door.log.messages[RAW]] == [50, 50, 20]
    assert {(envelope.door, envelope.batch) for envelope in envelopes} == {("import", body["batch"])}
    assert len({row.event for row in door.log.rows()}) == 120
    assert door.log.rows()[0].fields == {"name": "客户0", "phone": "13800130000"}


async def test_the_same_file_again_has_the_same_events(door: Door) -> None:
    first = (await door.upload(CSV.encode(), "a.csv")).json()
    second = (await door.upload(CSV.encode(), "renamed.csv")).json()

    assert first["batch"] == second["batch"]
    assert len({row.event for row in door.log.rows()}) == 120


async def test_another_mapping_is_another_import(door: Door) -> None:
    first = (await door.upload(CSV.encode())).json()
    second = (await door.upload(CSV.encode(), mapping='{"fields": {"company": "姓名"}}')).json()

    assert first["batch"] != second["batch"]
    assert door.log.rows()[-1].fields == {"company": "客户119"}


async def test_a_sources_own_mapping_serves_files_without_one() -> None:
    spec = SourceSpec(kind="import", tenant="acme", scheme="bearer", fields={"company": "姓名"})
    door = Door(configured(imports=spec))

    await door.upload(CSV.encode())

    assert door.log.rows()[0].fields == {"company": "客户0"}


async def test_an_import_cut_short_goes_on_where_the_log_stopped(door: Door) -> None:
    door.log.down = True
    problem(await door.upload(CSV.encode()), 503, "unavailable")
    door.log.down = False
    answer = await door.upload(CSV.encode())

    progress = (await door.http.get(answer.json()["href"], headers=bearer())).json()
    assert progress["complete"] is True
    assert progress["rows"] == 120


async def test_a_refused_row_is_an_event_with_its_fault(door: Door) -> None:
    answer = await door.upload("姓名,电话\n王,1\n李,2,多\n赵,3\n".encode())

    good, refused, after = door.log.rows()
    assert (good.fault, after.fault) == ("", "")
    assert (refused.fault, refused.row) == ("malformed", 2)
    assert refused.extra == {"姓名": "李", "电话": "2", "cell 3": "多", "refused_reason": "ragged"}
    assert answer.json()["refused_rows"] == [{"row": 2, "reason": "ragged"}]


async def test_a_row_that_is_no_text_still_travels(door: Door) -> None:
    await door.upload(b"name,phone\n" + b"L\xffi,1\n" + "王,2\n李,3\n".encode())

    assert door.log.rows()[0].extra["name"] == "L\\xffi"


async def test_dry_run_shows_and_publishes_nothing(door: Door) -> None:
    answer = await door.upload("姓名,电话,颜色\n王,1,红\n李,2\n".encode(), dry_run="1")

    body = answer.json()
    assert answer.status_code == 200
    assert body["fields"] == {"name": ["姓名"], "phone": ["电话"]}
    assert body["unmapped"] == ["颜色"]
    assert (body["readable"], body["refused"]) == (1, 1)
    assert body["rows"] == [{"row": 1, "fields": {"name": "王", "phone": "1"}, "extra": {"颜色": "红"}}]
    assert not door.log.messages


async def test_a_raw_body_with_its_name_in_a_header(door: Door) -> None:
    content = workbook(["姓名", "电话"], ["王", 13800138000])
    headers = {**bearer(), "X-Filename": "%E5%90%8D%E5%8D%95.xlsx"}

    answer = await door.http.post("/v1/imports", content=content, headers=headers)

    assert answer.status_code == 202
    assert door.log.rows()[0].fields == {"name": "王", "phone": "13800138000"}


async def test_progress_counts_outcomes_by_code(door: Door) -> None:
    answer = (await door.upload(CSV.encode())).json()
    for row in door.log.rows()[:70]:
        door.record.outcomes_by[bytes.fromhex(row.event)] = outcome(row.event)

    progress = (await door.http.get(answer["href"], headers=bearer())).json()

    assert progress["outcomes"] == {"assigned": 70}
    assert progress["pending"] == 50


async def test_progress_of_another_tenant_is_not_to_be_seen(door: Door) -> None:
    answer = (await door.upload(CSV.encode())).json()

    problem(await door.http.get(answer["href"], headers=bearer(FOREIGN_TOKEN)), 404, "unknown_batch")
    problem(await door.http.get("/v1/imports/nothing", headers=bearer()), 404, "unknown_batch")


async def test_receipts(door: Door) -> None:
    event = (await door.form({"phone": "1"})).json()["receipt"]
    path = f"/v1/receipts/{event}"
    pending = await door.http.get(path, headers=bearer())
    door.record.outcomes_by[bytes.fromhex(event)] = outcome(event, owner="li")
    decided = await door.http.get(path, headers=bearer())

    assert (pending.status_code, pending.json()["status"]) == (202, "pending")
    assert decided.json()["outcome"]["owner"] == "li"
    assert (await door.http.get(path, headers=bearer(FOREIGN_TOKEN))).json()["status"] == "pending"
    problem(await door.http.get(path), 401, "bad_token")
    problem(await door.http.get("/v1/receipts/x", headers=bearer()), 404, "unknown_receipt")


async def test_who_may_import(door: Door) -> None:
    problem(await door.http.post("/v1/imports", content=b"x"), 401, "bad_token")
    problem(await door.http.post("/v1/imports", content=b"x", headers=bearer(FOREIGN_TOKEN)), 403, "wrong_tenant")
    problem(await door.http.post("/v1/imports?source=site", content=b"x", headers=bearer()), 404, "unknown_source")


async def test_files_that_cannot_be_used(door: Door) -> None:
    problem(await door.upload(ENCRYPTED.read_bytes(), "leads.xlsx"), 422, "encrypted")
    problem(await door.upload(b""), 422, "empty_file")
    problem(await door.upload(CSV.encode(), mapping="{"), 422, "bad_mapping")
    answer = await door.upload(CSV.encode(), mapping=json.dumps({"fields": {"name": "Name"}}))
    assert "“姓名”, “电话”" in problem(answer, 422, "missing_column")["detail"]
    answer = await door.http.post("/v1/imports", data={"mapping": "{}"}, files={"other": b"x"}, headers=bearer())
    problem(answer, 422, "missing_field")
    assert not door.log.messages


async def test_an_import_beyond_its_bound() -> None:
    door = Door(configured(Limits(import_bytes=2_000)))

    problem(await door.upload(b"name\n" + b"x\n" * 5_000), 413, "too_large")


async def test_long_rows_are_split_over_messages_and_a_row_too_long_leaves_its_fault(door: Door) -> None:
    rows = ["x" * 100_000] * 20
    content = (
        "name,message\n" + "".join(f"{n},{text}\n" for n, text in enumerate(rows)) + "last," + "\\" * 700_000 + "\n"
    )

    await door.upload(content.encode())

    assert max(len(m.value) for m in door.log.messages["leads.raw"]) < 1_048_588
    assert len(door.log.rows()) == 21
    assert door.log.rows()[-1].fault == "too_large"
