from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from gateway.settings import SourceSpec
from tests.gateway.door import GOOGLE_KEY, NOW_MS, OLD_SECRET, SECRET, Door, configured, problem, signature

LEAD = {"name": "王小明", "phone": "13800138000", "color": "red"}


async def test_a_signed_form_becomes_one_row_with_everything_kept(door: Door) -> None:
    answer = await door.form({**LEAD, "consent": True, "contact": {"email": "a@b.cn"}, "agent": {"email": "x@y.cn"}})

    (envelope,) = door.log.envelopes()
    (row,) = envelope.rows
    assert answer.status_code == 202
    assert answer.json()["receipt"] == row.event
    assert answer.headers["location"] == f"/v1/receipts/{row.event}"
    assert (envelope.tenant, envelope.source, envelope.door, envelope.at_ms) == ("acme", "site", "form", NOW_MS)
    assert row.fields == {"name": "王小明", "phone": "13800138000", "email": "a@b.cn", "consent": "true"}
    assert row.extra == {"color": "red", "agent.email": "x@y.cn"}


async def test_numbers_stay_as_they_were_written(door: Door) -> None:
    await door.form(b'{"phone": 13800138000123456789, "budget": 1.38E+10}')

    assert door.log.rows()[0].fields == {"phone": "13800138000123456789", "value": "1.38E+10"}


async def test_form_encoded_in_gbk(door: Door) -> None:
    body = b"name=%CD%F5%D0%A1%C3%F7&phone=1&phone=2"
    content_type = "application/x-www-form-urlencoded; charset=gbk"

    answer = await door.form(body, Content_Type=content_type)

    assert answer.status_code == 202
    assert door.log.rows()[0].fields == {"name": "王小明", "phone": "1; 2"}


async def test_multipart_form(door: Door) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="phone"\r\n\r\n138\r\n--x--\r\n'

    await door.form(body, Content_Type="multipart/form-data; boundary=x")

    assert door.log.rows()[0].fields == {"phone": "138"}


async def test_the_second_secret_still_works_while_rotating(door: Door) -> None:
    body = b'{"phone": "1"}'

    answer = await door.form(body, X_Signature=signature(body, OLD_SECRET))

    assert answer.status_code == 202


async def test_a_sources_own_mapping_goes_first() -> None:
    fields: dict[str, str | tuple[str, ...]] = {"name": ("first", "last"), "budget_class": "b"}
    spec = SourceSpec(kind="form", tenant="acme", scheme="none", fields=fields)
    door = Door(configured(mine=spec))

    await door.form({"first": "Li", "last": "Wei", "b": "A", "mail": "a@b.cn"}, "mine")

    assert door.log.rows()[0].fields == {"name": "Li Wei", "budget_class": "A", "email": "a@b.cn"}


@pytest.mark.parametrize("source", ["site", "tf", "hooks"])
async def test_a_wrong_signature_is_refused_and_nothing_kept(door: Door, source: str) -> None:
    answer = await door.form(LEAD, source, X_Signature="0" * 64, Typeform_Signature="sha256=AAAA")

    assert answer.status_code == 401
    assert not door.log.messages


async def test_standard_webhooks_take_the_id_as_delivery_key(door: Door) -> None:
    body, sent = b'{"phone": "1"}', str(NOW_MS // 1000)
    signed = hmac.new(b"secret-secret", f"msg_1.{sent}.".encode() + body, hashlib.sha256).digest()
    headers = {"webhook_id": "msg_1", "webhook_timestamp": sent}
    headers["webhook_signature"] = f"v1,AAAA v1,{base64.b64encode(signed).decode()}"

    first = await door.form(body, "hooks", **headers)
    second = await door.form(body, "hooks", **headers)
    door.clock.now_ms += 301_000

    assert first.status_code == 202
    assert first.json()["receipt"] == second.json()["receipt"]
    problem(await door.form(body, "hooks", **headers), 401, "stale_signature")


async def test_the_same_provider_id_is_the_same_event_and_another_source_another(door: Door) -> None:
    receipts = [(await door.form({**LEAD, "submission_id": "7"})).json()["receipt"] for _ in range(2)]
    other = (await door.form({**LEAD, "submission_id": "8"})).json()["receipt"]

    assert receipts[0] == receipts[1] != other


async def test_without_any_delivery_key_each_form_is_an_event(door: Door) -> None:
    receipts = {(await door.form(LEAD)).json()["receipt"] for _ in range(3)}

    assert len(receipts) == 3


async def test_a_webhook_id_nobody_signed_is_no_delivery_key(door: Door) -> None:
    receipts = {
        (await door.form(LEAD, source, webhook_id="1")).json()["receipt"] for source in ("open", "open", "site")
    }

    assert len(receipts) == 3


async def test_idempotency_key_answers_the_same_and_publishes_once(door: Door) -> None:
    first = await door.form(LEAD, Idempotency_Key="k1")
    second = await door.form(LEAD, Idempotency_Key="k1")

    assert first.json() == second.json()
    assert len(door.log.rows()) == 1


async def test_idempotency_key_with_another_body(door: Door) -> None:
    await door.form(LEAD, Idempotency_Key="k1")

    problem(await door.form({"phone": "2"}, Idempotency_Key="k1"), 422, "key_reused")


async def test_idempotency_key_is_free_again_when_the_log_was_down(door: Door) -> None:
    door.log.down = True
    refused = await door.form(LEAD, Idempotency_Key="k1")
    door.log.down = False
    again = await door.form(LEAD, Idempotency_Key="k1")

    assert (refused.status_code, again.status_code) == (503, 202)


def typeform(**change: Any) -> dict[str, Any]:
    fields = [
        {"id": "a1", "title": "Please give us your email address.", "type": "email", "ref": "ref_email"},
        {"id": "a2", "title": "What is your first name?", "type": "short_text", "ref": "x1"},
        {"id": "a3", "title": "Which plan?", "type": "multiple_choice", "ref": "plan"},
        {"id": "a4", "title": "您的公司名称", "type": "short_text"},
    ]
    answers = [
        {"type": "email", "email": "laura@example.com", "field": {"id": "a1", "type": "email"}},
        {"type": "text", "text": "Laura", "field": {"id": "a2", "type": "short_text"}},
        {"type": "choice", "choice": {"label": "Gold"}, "field": {"id": "a3", "type": "multiple_choice"}},
        {"type": "text", "text": "润佳", "field": {"id": "a4", "type": "short_text"}},
        {"type": "phone_number", "phone_number": "+8613800138000", "field": {"id": "a5", "type": "phone_number"}},
        {"type": "boolean", "boolean": True, "field": {"id": "a6", "type": "legal", "ref": "terms_of_use"}},
    ]
    response = {"form_id": "lT4Z3j", "token": "t1", "hidden": {"user_id": "u1"}, "answers": answers}
    return {
        "event_id": "LtWXD3crgy",
        "event_type": "form_response",
        "form_response": {**response, "definition": {"fields": fields}},
        **change,
    }


async def test_typeform_as_sent(door: Door) -> None:
    answer = await door.form(typeform(), "tf")
    again = await door.form(typeform(), "tf")

    row = door.log.rows()[0]
    assert answer.status_code == 202, answer.text
    assert answer.json()["receipt"] == again.json()["receipt"]
    assert row.fields == {
        "email": "laura@example.com",
        "given_name": "Laura",
        "company": "润佳",
        "phone": "+8613800138000",
        "consent": "true",
    }
    assert row.extra["plan"] == "Gold"
    assert row.extra["hidden.user_id"] == "u1"


def google(**change: Any) -> dict[str, Any]:
    columns = [
        {"column_name": "Full Name", "string_value": "First Last", "column_id": "FULL_NAME"},
        {"column_name": "User Email", "string_value": "a@example.com", "column_id": "EMAIL"},
        {"column_name": "User Phone", "string_value": "+16505550123", "column_id": "PHONE_NUMBER"},
        {"string_value": "94043", "column_id": "POSTAL_CODE"},
        {"column_name": "Preferred dealer?", "string_value": "North", "column_id": "preferred_dealer"},
    ]
    return {
        "lead_id": "L1",
        "user_column_data": columns,
        "campaign_id": 23729418209,
        "google_key": GOOGLE_KEY,
        **change,
    }


async def test_google_ads_as_sent_without_its_key(door: Door) -> None:
    answer = await door.form(google(), "ads")

    row = door.log.rows()[0]
    assert answer.status_code == 202
    assert row.fields == {
        "name": "First Last",
        "email": "a@example.com",
        "phone": "+16505550123",
        "postcode": "94043",
        "campaign": "23729418209",
    }
    assert row.extra == {"preferred_dealer": "North", "lead_id": "L1"}
    assert GOOGLE_KEY not in str(row)


async def test_google_ads_test_lead_is_marked(door: Door) -> None:
    await door.form(google(is_test=True), "ads")

    assert door.log.rows()[0].fields["is_test"] == "true"


async def test_google_ads_wrong_key(door: Door) -> None:
    problem(await door.form(google(google_key="guess"), "ads"), 401, "bad_signature")


async def test_answers_never_repeat_what_was_sent(door: Door) -> None:
    answer = await door.form(b'{"phone": "13800138000", "name": }')

    assert "13800138000" not in answer.text
    assert SECRET not in answer.text
