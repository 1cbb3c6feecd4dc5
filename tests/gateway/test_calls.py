from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from gateway.signatures import twilio_signature
from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Refused
from tests.gateway.door import FOREIGN_TOKEN, TWILIO_TOKEN, Door, bearer, problem

URL = "https://leads.example.com/v1/calls/twilio"
TWILIO = {
    "CallSid": "CA1",
    "AccountSid": "AC1",
    "From": "+16175551212",
    "To": "+14155551212",
    "CallStatus": "ringing",
    "Direction": "inbound",
    "CallerName": "",
    "FromCountry": "US",
    "NeverSeenBefore": "kept",
}


async def twilio(door: Door, url: str = URL, **change: str) -> httpx.Response:
    params = {**TWILIO, **change}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": twilio_signature(TWILIO_TOKEN, url, list(params.items())),
    }
    return await door.http.post(url, content=urlencode(params).encode(), headers=headers)


async def test_the_statuses_of_a_call_are_events_of_one_call(door: Door) -> None:
    for status in ("ringing", "answered", "ended"):
        answer = await door.call(
            call_id="c1", status=status, caller="13800138000", line="4001", agent="li", campaign="tv"
        )
        assert answer.status_code == 202

    rows = door.log.rows()
    assert len({row.event for row in rows}) == 3
    assert len({row.call for row in rows}) == 1
    assert len({message.key for message in door.log.messages["leads.raw"]}) == 1
    assert [row.status for row in rows] == ["ringing", "answered", "ended"]
    assert rows[0].fields == {"phone": "13800138000", "line": "4001", "campaign": "tv", "agent": "li"}
    assert rows[0].extra == {}


async def test_the_same_status_again_is_the_same_event(door: Door) -> None:
    for _ in range(2):
        await door.call(call_id="c1", status="ringing", caller="13800138000")

    assert len({row.event for row in door.log.rows()}) == 1


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "Anonymous", "+266696687", "withheld", "Restricted", "unavailable", "private"]
)
async def test_a_withheld_number_goes_through_without_phone(door: Door, caller: str) -> None:
    await door.call(call_id="c1", status="ringing", caller=caller)

    (row,) = door.log.rows()
    assert row.fields == {"caller": "withheld"}
    assert row.extra == {"caller": "withheld"}


@pytest.mark.parametrize(("caller", "direction"), [("8012", ""), ("client:desk", ""), ("13800138000", "internal")])
async def test_an_internal_call_keeps_its_number(door: Door, caller: str, direction: str) -> None:
    await door.call(call_id="c1", status="ringing", caller=caller, direction=direction)

    assert door.log.rows()[0].fields == {"phone": caller, "caller": "internal"}


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"status": "ringing"}, "missing_field"),
        ({"call_id": "1", "status": "singing"}, "bad_field"),
        ({"call_id": "1"}, "bad_field"),
    ],
)
async def test_an_event_that_says_too_little(door: Door, event: dict[str, Any], code: str) -> None:
    problem(await door.call(**event), 422, code)


@pytest.mark.parametrize(("token", "status"), [("the-token", 202), ("wrong", 401), (FOREIGN_TOKEN, 403)])
async def test_a_bearer_token_instead_of_a_signature(door: Door, token: str, status: int) -> None:
    event = {"call_id": "1", "status": "ringing", "caller": "1"}

    answer = await door.http.post("/v1/calls", json=event, headers=bearer(token))

    assert answer.status_code == status


async def test_neither_token_nor_signature(door: Door) -> None:
    problem(await door.http.post("/v1/calls", json={"call_id": "1"}), 401, "bad_signature")


async def test_twilio_with_parameters_nobody_knows(door: Door) -> None:
    answer = await twilio(door)

    (row,) = door.log.rows()
    assert answer.status_code == 202, answer.text
    assert row.fields == {"phone": "+16175551212", "line": "+14155551212", "country": "US"}
    assert row.extra["NeverSeenBefore"] == "kept"
    assert row.status == "ringing"


async def test_twilio_signs_the_query_too(door: Door) -> None:
    assert (await twilio(door, f"{URL}?source=twilio&x=%20y")).status_code == 202


@pytest.mark.parametrize(
    ("status", "expected"),
    [("in-progress", "answered"), ("completed", "ended"), ("no-answer", "missed"), ("canceled", "abandoned")],
)
async def test_twilio_statuses(door: Door, status: str, expected: str) -> None:
    await twilio(door, CallStatus=status)

    assert door.log.rows()[0].status == expected


async def test_twilio_events_are_told_apart_by_sequence(door: Door) -> None:
    for number in ("0", "1", "1"):
        await twilio(door, SequenceNumber=number)

    assert len({row.event for row in door.log.rows()}) == 2


async def test_twilio_forwarded_leg_belongs_to_its_call(door: Door) -> None:
    await twilio(door)
    await twilio(door, CallSid="CA2", ParentCallSid="CA1", Direction="outbound-dial", To="+15550000000")

    first, leg = door.log.rows()
    assert leg.call == first.call
    assert leg.fields["phone"] == "+16175551212"


async def test_twilio_call_of_ours_has_its_customer_in_to(door: Door) -> None:
    await twilio(door, Direction="outbound-api")

    assert door.log.rows()[0].fields["phone"] == "+14155551212"


async def test_twilio_withheld(door: Door) -> None:
    await twilio(door, From="anonymous")

    assert door.log.rows()[0].fields["caller"] == "withheld"


async def test_twilio_wrong_signature(door: Door) -> None:
    answer = await door.http.post(URL, data=TWILIO, headers={"X-Twilio-Signature": "AAAA"})

    problem(answer, 401, "bad_signature")
    assert not door.log.messages


async def test_twilio_wrong_content_type(door: Door) -> None:
    problem(await door.http.post(URL, json=TWILIO), 415, "content_type")


@pytest.mark.parametrize(
    ("caller", "reason"),
    [("anonymous", "withheld"), ("", "withheld"), ("8012", "internal"), ("client:desk", "internal")],
)
async def test_what_the_door_marks_is_suppressed_with_its_reason(door: Door, caller: str, reason: str) -> None:
    await door.call(call_id="c1", status="ringing", caller=caller, line="4001", agent="li")

    (envelope,) = door.log.envelopes()
    refused = prepare(envelope.rows[0], envelope, Preparation(country="CN"))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.reason) == ("suppressed", reason)
