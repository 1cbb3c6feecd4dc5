"""Nothing a sender does ends the process, loses what its source sent, or gets another answer than a clear problem."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.settings import Limits, SourceSpec
from tests.gateway.door import Door, bearer, configured, problem, signature

URLENCODED = "application/x-www-form-urlencoded"


async def alive(door: Door) -> None:
    assert (await door.form({"phone": "1"})).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b'{"phone": "138',
        b"",
        b"[1, 2]",
        b'"text"',
        b'{"name": "\xff\xfe"}',
        '{"name": "王"}'.encode("gb18030"),
        b'{"name": "a\\u0000b"}',
        b'{"name": "a\x00b"}',
        b'{"name": "\\ud800"}',
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
    ],
)
async def test_unreadable_json_is_kept_and_said_so(door: Door, body: bytes) -> None:
    answer = problem(await door.form(body), 400, "malformed")

    (letter,) = door.log.messages["leads.dead"]
    assert letter.value == body
    assert answer["kept"] is True
    assert answer["dead_letter"].encode() in (letter.key, *dict(letter.headers).values())
    assert "leads.raw" not in door.log.messages
    await alive(door)


@pytest.mark.parametrize("body", [b"name=%FF%FE", b"name=%00", b"name=\xff"])
async def test_unreadable_form_encoding_is_kept(door: Door, body: bytes) -> None:
    problem(await door.form(body, Content_Type=URLENCODED), 400, "malformed")

    assert door.log.messages["leads.dead"][0].value == body


@pytest.mark.parametrize(
    ("body", "boundary"),
    [
        (b"no parts at all", "; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", "; boundary=x"),
        (b"--x\r\nno header", "; boundary=x"),
        (b"--x\r\n", ""),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n', "; boundary=x"),
    ],
)
async def test_unreadable_multipart_is_kept(door: Door, body: bytes, boundary: str) -> None:
    problem(await door.form(body, Content_Type=f"multipart/form-data{boundary}"), 400, "malformed")

    assert door.log.messages["leads.dead"][0].value == body


async def test_what_nobody_signed_is_not_kept(door: Door) -> None:
    problem(await door.form(b"{", X_Signature="0" * 64), 401, "bad_signature")

    assert not door.log.messages


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/xml", "application/json; charset=utf-7", "garbage", "image/png; a=\x01"]
)
async def test_wrong_content_type(door: Door, kind: str) -> None:
    problem(await door.form(b'{"phone": "1"}', Content_Type=kind), 415, "content_type")


async def test_compressed_body(door: Door) -> None:
    problem(await door.form(b"\x1f\x8b", Content_Encoding="gzip"), 415, "content_encoding")


async def test_a_50_mb_body_is_refused_by_its_length(door: Door) -> None:
    problem(await door.form(b"x" * 50_000_000), 413, "too_large")
    await alive(door)


async def test_an_endless_body_is_read_to_no_end(door: Door) -> None:
    blocks = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal blocks
        while True:
            blocks += 1
            yield b"x" * 100_000

    answer = await door.http.post("/v1/forms/open", content=endless(), headers={"Content-Type": "application/json"})

    problem(answer, 413, "too_large")
    assert blocks * 100_000 < 70_000_000


@pytest.mark.parametrize("claim", ["-1", "abc", "9" * 100, "²"])
async def test_a_length_that_is_none(door: Door, claim: str) -> None:
    answer = await door.http.post("/v1/forms/open", content=b"{}", headers={b"Content-Length": claim.encode()})

    problem(answer, 413, "too_large")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(10_000)) + b"}", "application/json"),
        (b'{"a": [' + b",".join(b'{"k": 1}' for _ in range(10_000)) + b"]}", "application/json"),
        (b"&".join(b"k%d=1" % n for n in range(10_000)), URLENCODED),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="k%d"\r\n\r\n1\r\n' % n for n in range(10_000))
            + b"--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_body_of_10000_fields(door: Door, body: bytes, kind: str) -> None:
    problem(await door.form(body, Content_Type=kind), 422, "too_many_fields")
    await alive(door)


async def test_headers_too_large(door: Door) -> None:
    problem(await door.form({"phone": "1"}, X_Large="x" * 20_000), 431, "headers_too_large")


@pytest.mark.parametrize("path", ["/v1/forms/nobody", "/v1/forms/calls", "/v1/forms/%00", "/v1/calls?source=site"])
async def test_unknown_source(door: Door, path: str) -> None:
    answer = await door.http.post(path, json={})

    problem(answer, 404, "unknown_source")


async def test_unknown_path_and_method_are_problems_too(door: Door) -> None:
    problem(await door.http.get("/nothing"), 404, "not_found")
    problem(await door.http.get("/v1/forms/site"), 405, "method_not_allowed")


async def test_an_empty_form(door: Door) -> None:
    problem(await door.form({"name": "", "phone": None}), 422, "empty")


async def test_too_fast(door: Door) -> None:
    slow = SourceSpec(kind="form", tenant="acme", scheme="none", rate_per_s=0.5, burst=2)
    door = Door(configured(slow=slow))

    statuses = [(await door.form({"phone": "1"}, "slow")).status_code for _ in range(2)]
    refused = await door.form({"phone": "1"}, "slow")
    door.clock.now_ms += 2_000
    later = await door.form({"phone": "1"}, "slow")

    assert statuses == [202, 202]
    problem(refused, 429, "too_many_requests")
    assert refused.headers["retry-after"] == "2"
    assert later.status_code == 202


async def test_log_down_is_503_at_every_door(door: Door) -> None:
    door.log.down = True

    answers = [
        await door.form({"phone": "1"}),
        await door.form(b"{"),
        await door.call(call_id="1", status="ringing", caller="13800138000"),
        await door.upload("姓名,电话\n王,1\n".encode()),
    ]

    for answer in answers:
        problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0


async def test_a_log_that_hangs_is_503_before_the_sender_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(*_: object) -> None:
        await asyncio.Event().wait()

    door = Door(configured(Limits(answer_s=0.01)))
    monkeypatch.setattr(door.log, "publish", hangs)

    problem(await door.form({"phone": "1"}), 503, "unavailable")


async def test_store_down_is_503(door: Door) -> None:
    door.record.down = True

    problem(await door.http.get(f"/v1/receipts/{'0' * 32}", headers=bearer()), 503, "unavailable")
    assert (await door.http.get("/healthz")).status_code == 200


async def test_a_lead_too_large_for_the_log() -> None:
    door = Door(configured(Limits(body_bytes=3_000_000)))
    body = b'{"message": "' + b"x" * 2_000_000 + b'"}'

    answer = await door.http.post(
        "/v1/forms/site", content=body, headers={"X-Signature": signature(body), "Content-Type": "application/json"}
    )

    problem(answer, 413, "too_large")
