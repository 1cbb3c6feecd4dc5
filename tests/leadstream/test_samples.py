from __future__ import annotations

from collections import Counter

import pytest

from leads.records import Row
from leadstream.configuration.config import load
from leadstream.sample.leads import CHUNK_ROWS, draw, samples
from leadstream.sample.planted import CASES

SAMPLES = draw()
ROWS: dict[str, Row] = {row.event: row for envelope in SAMPLES.envelopes for row in envelope.rows}


def test_there_are_enough_leads_from_all_three_doors() -> None:
    doors = Counter(envelope.door for envelope in SAMPLES.envelopes for _ in envelope.rows)

    assert SAMPLES.leads == sum(doors.values()) >= 1_200
    assert min(doors["call"], doors["form"], doors["import"]) >= 250


def test_the_same_seed_gives_the_same_leads_and_another_one_others() -> None:
    assert draw() == SAMPLES
    assert samples() == SAMPLES.envelopes
    assert samples(seed=8) != SAMPLES.envelopes


def test_every_event_is_another() -> None:
    assert len(ROWS) == SAMPLES.leads
    assert all(len(event) == 32 and int(event, 16) >= 0 for event in ROWS)


def test_time_goes_forward_and_chunks_have_their_size() -> None:
    times = [envelope.at_ms for envelope in SAMPLES.envelopes]

    assert times == sorted(times)
    assert all(len(e.rows) <= (CHUNK_ROWS if e.door == "import" else 1) for e in SAMPLES.envelopes)
    assert all(bool(e.batch) == (e.door == "import") for e in SAMPLES.envelopes)


@pytest.mark.parametrize("kind", list(CASES))
def test_every_kind_of_case_is_planted_several_times(kind: str) -> None:
    found = [case for case in SAMPLES.planted if case.kind == kind]

    assert len(found) >= 5
    assert all(event in ROWS for case in found for event in case.events)


def test_the_leads_of_a_case_arrive_in_the_order_it_was_written() -> None:
    order = {event: n for n, event in enumerate(ROWS)}

    assert all(sorted(case.events, key=order.__getitem__) == list(case.events) for case in SAMPLES.planted)
    assert [
        ROWS[case.events[2]].fields.keys() & {"phone", "email"}
        for case in SAMPLES.planted
        if case.kind == "two owners meet"
    ] == [{"phone", "email"}] * 8


def test_calls_say_which_line_rang_and_in_what_state() -> None:
    calls = [row for e in SAMPLES.envelopes if e.door == "call" for row in e.rows]

    assert all(row.call and row.status and row.fields["line"] for row in calls)


def test_claimants_are_members_of_the_shipped_example() -> None:
    owners = {row.fields["owner"] for row in ROWS.values() if "owner" in row.fields}
    main = load(None, {}).tenants["main"]

    assert owners
    assert owners <= {id for id, member in main.members.items() if not member.left}


def test_the_sources_are_those_of_the_shipped_example() -> None:
    assert {envelope.source for envelope in SAMPLES.envelopes} <= set(load(None, {}).sources)
