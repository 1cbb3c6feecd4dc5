from __future__ import annotations

import msgspec
import pytest

from leads.records import Envelope, Row
from streams.dead_letters import dead_letter, find_letter, list_letters, read_letter, receipts, redrive
from streams.ports import Message
from streams.topics import DEAD, RAW

EVENT, OTHER = "0" * 31 + "1", "0" * 31 + "2"
KEY, TRACE = b"\x00\xff", ("traceparent", b"00-1-2-01")


def original(value: bytes) -> Message:
    return Message(RAW, KEY, value, (TRACE,), ref="leads.raw/3/0000000000000042")


def letter_of(value: bytes, event: str = EVENT, reason: str = "malformed") -> Message:
    return dead_letter(original(value), event=event, reason=reason, detail="send JSON", stage="prepare")


def envelope(*rows: Row) -> bytes:
    return msgspec.json.encode(Envelope(tenant="t", source="s", door="form", at_ms=7, rows=rows))


def test_key_bytes_and_headers_of_the_original_survive() -> None:
    letter = letter_of(b"\x00\xff{")
    assert (letter.topic, letter.key, letter.value) == (DEAD, KEY, b"\x00\xff{")
    assert TRACE in letter.headers


def test_headers_are_those_of_kafka_connect() -> None:
    headers = dict(letter_of(b"x").headers)
    assert {name: headers["__connect.errors." + name] for name in ("topic", "partition", "offset", "stage")} == {
        "topic": b"leads.raw",
        "partition": b"3",
        "offset": b"0000000000000042",
        "stage": b"prepare",
    }
    assert headers["__connect.errors.exception.message"] == b"malformed"


def test_no_header_quotes_the_message() -> None:
    secret = "13800138000 王小明".encode()
    headers = letter_of(secret).headers
    assert not any(part in value for _, value in headers for part in secret.split())


def test_a_letter_made_twice_is_the_same() -> None:
    assert letter_of(b"x") == letter_of(b"x")


def test_a_letter_of_a_letter_names_the_last_failure_once() -> None:
    again = msgspec.structs.replace(letter_of(b"x"), ref="leads.dead/0/0000000000000001")
    headers = dead_letter(again, event=OTHER, reason="too_large", stage="worker").headers
    assert len({name for name, _ in headers}) == len(headers)
    assert read_letter(Message(DEAD, KEY, b"x", headers)).reason == "too_large"


def test_a_letter_reads_back() -> None:
    letter = read_letter(letter_of(b"12345"))
    assert (letter.event, letter.reason, letter.detail, letter.stage) == (EVENT, "malformed", "send JSON", "prepare")
    assert (letter.origin, letter.size) == ("leads.raw/3/0000000000000042", 5)


def test_a_foreign_message_in_the_topic_reads_as_empty() -> None:
    assert read_letter(Message(DEAD, b"", b"?")).event == ""


def test_the_list_has_each_letter_once_and_can_be_narrowed() -> None:
    messages = [letter_of(b"a"), letter_of(b"a"), letter_of(b"b", OTHER, "killed_worker")]
    assert [letter.event for letter in list_letters(messages)] == [EVENT, OTHER]
    assert [letter.event for letter in list_letters(messages, reasons={"killed_worker"})] == [OTHER]


@pytest.mark.parametrize(("event", "found"), [(OTHER, OTHER), ("f" * 32, None)])
def test_one_letter_is_found_by_its_event(event: str, found: str | None) -> None:
    letter = find_letter([letter_of(b"a"), letter_of(b"b", OTHER)], event)
    assert (letter.event if letter else None) == found


def redriven(value: bytes, mended: bytes | None = None) -> Message:
    return redrive(read_letter(letter_of(value)), mended)


def test_a_redrive_is_a_new_event_that_names_the_old_one() -> None:
    message = redriven(envelope(Row(EVENT, {"name": "n"})))
    back = msgspec.json.decode(message.value, type=Envelope)
    assert back.redrive_of == EVENT
    assert back.rows[0].fields == {"name": "n"}
    assert back.rows[0].event != EVENT
    assert bytes.fromhex(back.rows[0].event)
    assert (message.topic, message.key, message.headers) == (RAW, KEY, (TRACE,))


def test_who_redrives_is_told_the_new_receipt() -> None:
    message = redriven(envelope(Row(EVENT)))
    assert receipts(message) == [row.event for row in msgspec.json.decode(message.value, type=Envelope).rows]
    assert receipts(redriven(b"\xff{")) == []


@pytest.mark.parametrize(
    "headers", [(("ce_source", b"/acme/fair"), ("at_ms", b"7")), (("source", b"fair"), ("at_ms", b"7"))]
)
def test_a_letter_says_when_and_from_where_it_came(headers: tuple[tuple[str, bytes], ...]) -> None:
    letter = read_letter(dead_letter(Message(RAW, KEY, b"x", headers), event=EVENT, reason="malformed", stage="door"))
    assert (letter.source, letter.at_ms) == ("fair", 7)


def test_redriving_twice_is_the_same_event() -> None:
    value = envelope(Row(EVENT))
    assert redriven(value) == redriven(value)


def test_a_redrive_takes_no_other_row_of_the_chunk_along() -> None:
    back = msgspec.json.decode(redriven(envelope(Row(OTHER), Row(EVENT, row=2))).value, type=Envelope)
    assert [row.row for row in back.rows] == [2]


def test_rows_whose_event_was_unusable_get_one() -> None:
    back = msgspec.json.decode(redriven(envelope(Row("x"), Row("y"))).value, type=Envelope)
    assert len({bytes.fromhex(row.event) for row in back.rows}) == 2


def test_what_is_no_envelope_goes_back_as_it_was() -> None:
    assert redriven(b"\xff{").value == b"\xff{"


def test_mended_bytes_replace_the_original() -> None:
    back = msgspec.json.decode(redriven(b"\xff{", envelope(Row(EVENT))).value, type=Envelope)
    assert back.redrive_of == EVENT
