"""Working time as a configuration says it: ``mon-fri: 09:00-12:00, 13:30-18:00``, with the holidays of a country."""

from __future__ import annotations

import re
from datetime import date

from pydantic import model_validator

from leads.policy import Hours
from leadstream.configuration.section import Section

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class HoursSection(Section):
    """``times``: days to spans of the clock, ``mon-fri: 09:00-12:00, 13:30-18:00``; one that ends earlier goes over midnight."""

    times: dict[str, str]
    holidays: str = ""
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _readable(self) -> HoursSection:
        self.hours()
        return self

    def hours(self) -> Hours:
        """The hours as rules ask them. Raises ValueError for times and days that are none."""
        spans = tuple((day, *span) for days, text in self.times.items() for day in _days(days) for span in _spans(text))
        return Hours(
            spans=tuple(sorted(spans)),
            holidays=self.holidays,
            closed=tuple(sorted(day.toordinal() for day in self.closed)),
            open=tuple(sorted(day.toordinal() for day in self.open)),
        )


def _days(text: str) -> list[int]:
    """Weekdays of ``mon-fri``, ``sat`` or ``daily``. Raises ValueError."""
    if text.strip().lower() == "daily":
        return list(range(7))
    first, _, last = (part.strip().lower() for part in text.partition("-"))
    if first not in WEEK or (last or first) not in WEEK:
        raise ValueError(f"'{text}' names no days; write mon, mon-fri or daily")
    start, end = WEEK.index(first), WEEK.index(last or first)
    return [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]


def _spans(text: str) -> list[tuple[int, int]]:
    """Minutes of ``09:00-12:00, 13:30-18:00``. Raises ValueError."""
    spans = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", part)
        hour, minute, until_hour, until_minute = map(int, found.groups()) if found else (99, 0, 0, 0)
        if max(hour, until_hour) > 24 or max(minute, until_minute) > 59:
            raise ValueError(f"'{part.strip()}' is no span of the clock; write one like 09:00-18:00")
        start, end = hour * 60 + minute, until_hour * 60 + until_minute
        spans.append((start, end if end > start else end + 1_440))
    return spans
