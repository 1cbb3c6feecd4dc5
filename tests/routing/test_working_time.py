from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.policy import Hours
from routing.working_time import Calendar, published, supported, worked_as

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Hours(tuple((day, start, end) for day in range(5) for start, end in ((540, 720), (810, 1_080))), "CN")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("day", "weekday"),
    [
        ((2026, 2, 13), 4),
        ((2026, 2, 14), 0),  # a Saturday worked for the Spring Festival
        ((2026, 2, 15), 6),
        ((2026, 2, 17), -1),
        ((2026, 2, 20), -1),  # a Friday off for it
        ((2026, 10, 10), 0),
        ((2026, 5, 4), -1),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(day: tuple[int, int, int], weekday: int) -> None:
    assert worked_as(date(*day), OFFICE) == weekday


def test_past_what_is_published_the_law_alone_says_what_is_free() -> None:
    assert published("CN", 2026)
    assert not published("CN", 2099)
    assert worked_as(date(2099, 10, 1), OFFICE) == -1
    assert published("DE-BY", 2099)


def test_own_days_win_over_the_calendar() -> None:
    hours = Hours(OFFICE.spans, "CN", closed=(date(2026, 3, 3).toordinal(),), open=(date(2026, 2, 17).toordinal(),))

    assert worked_as(date(2026, 3, 3), hours) == -1
    assert worked_as(date(2026, 2, 17), hours) == 0


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-03T10:00", 60, "2026-03-03T11:00"),
        ("2026-03-03T11:30", 60, "2026-03-03T14:00"),
        ("2026-03-03T17:30", 60, "2026-03-04T09:30"),
        ("2026-03-06T17:30", 60, "2026-03-09T09:30"),
        ("2026-02-13T17:30", 60, "2026-02-14T09:30"),  # Friday evening; the Saturday is made up
        ("2026-02-14T17:30", 60, "2026-02-24T09:30"),  # then the Spring Festival
        ("2026-03-03T03:00", 180, "2026-03-03T12:00"),
    ],
)
def test_working_time_is_added(start: str, minutes: int, due: str) -> None:
    assert Calendar(OFFICE, SHANGHAI).after(at(start), minutes * 60_000) == at(due)


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    night = Calendar(Hours(((4, 1_320, 1_800),)), SHANGHAI)  # Friday 22:00 to 06:00

    assert [night.open_at(at(f"2026-03-0{when}")) for when in ("6T21:59", "6T22:00", "7T05:59", "7T06:00")] == [
        *(False, True, True, False)
    ]
    assert night.after(at("2026-03-07T05:00"), 2 * 3_600_000) == at("2026-03-13T23:00")


def test_a_day_on_which_clocks_change_keeps_its_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    office = Calendar(Hours(((6, 540, 1_020),), "DE"), berlin)  # Sundays; 29 March 2026 has 23 hours

    assert office.after(at("2026-03-29T01:00", berlin), 60_000) == at("2026-03-29T09:01", berlin)


def test_hours_without_any_time_are_an_error() -> None:
    with pytest.raises(ValueError, match="no working time"):
        Calendar(Hours(()), SHANGHAI).after(0, 1)


def test_which_calendars_there_are() -> None:
    assert [supported(place) for place in ("CN", "DE-BY", "DE-XX", "ZZ", "")] == [True, True, False, False, False]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 400 * 24 * 60), st.integers(1, 6_000))
def test_added_time_is_exactly_the_open_minutes(start: int, minutes: int) -> None:
    calendar = Calendar(OFFICE, SHANGHAI)
    begin = at("2025-12-01T00:00") + start * 60_000

    due = calendar.after(begin, minutes * 60_000)

    moment, opened = begin, 0
    while moment < due:
        opened += calendar.open_at(moment)
        moment += 60_000
    assert opened == minutes
    assert due - begin < timedelta(days=40).total_seconds() * 1_000
