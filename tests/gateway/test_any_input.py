"""Whatever arrives, the readers answer with rows, with reasons or with one of our own errors."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.calls import read_caller
from gateway.files import RefusedRow, open_table
from gateway.payload import Malformed, flatten, read_form, read_json
from gateway.problems import Problem
from gateway.providers import READERS
from gateway.settings import Limits
from leads.errors import BadInput

LIMITS = Limits()
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
cells = st.text(st.sampled_from("a王1,;\t|\"'\r\n\0\\ =\u2028é"), max_size=12)


@settings(max_examples=300)
@given(st.binary(max_size=300) | cells.map(str.encode), st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.xlsx", ""]))
def test_any_bytes_as_a_file(content: bytes, name: str) -> None:
    try:
        table = open_table(content, name)
    except BadInput:
        return
    msgspec.json.encode(list(table.rows(str)))


@settings(max_examples=200)
@given(st.lists(cells, max_size=8), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_every_record_below_a_header_is_a_row_or_refused(lines: list[str], encoding: str) -> None:
    clean = [line.replace('"', "").replace("\r", "").replace("\n", "") for line in lines]
    content = "\n".join(["name,phone", *clean]) + "\n"

    rows = list(open_table(content.encode(encoding, "replace"), "leads.csv").rows(str))

    filled = [n for n, line in enumerate(clean, 1) if line.replace(",", "").strip()]
    assert [row.row for row in rows] == filled
    assert all(row.reason for row in rows if isinstance(row, RefusedRow))


@settings(max_examples=200)
@given(st.dictionaries(st.text(st.characters(), max_size=9), values, max_size=5))
def test_any_json_object(value: dict[str, Any]) -> None:
    try:
        flat = flatten(read_json(json.dumps(value).encode()), LIMITS)
    except Malformed:
        return
    msgspec.json.encode(flat)


@settings(max_examples=200)
@given(st.sampled_from(sorted(READERS)), values, values, values)
def test_any_body_of_a_provider(kind: str, answers: Any, definition: Any, rest: Any) -> None:
    response = {"answers": answers, "definition": definition, "hidden": rest}
    body = {"form_response": response, "user_column_data": answers, "event_id": rest, "lead_id": rest}

    try:
        READERS[kind](body, LIMITS)
    except (Malformed, Problem):
        return


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "gb18030"]))
def test_any_form_body(body: bytes, codec: str) -> None:
    try:
        read_form(body, codec, LIMITS)
    except Malformed:
        return


@given(st.text(st.characters()))
def test_any_caller(number: str) -> None:
    caller = read_caller(number)

    assert bool(caller.phone) is (caller.kind != "withheld")
