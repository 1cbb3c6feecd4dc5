"""Working time: when hours are open, and when so much working time will have passed. Pure; the moment is an argument.

Holidays and make-up working days (调休) come from the ``holidays`` library. What a government has not published yet it works out
from the law alone: the days off are right, swapped weekends are missing (``published``).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from leads.policy import Answer, Hours, Policy

_DAYS_AHEAD = 4_000  # so far a deadline is looked for
_MONDAY = 0


class Calendar:
    """``hours`` in ``zone``. Days that were looked at are remembered."""

    def __init__(self, hours: Hours, zone: ZoneInfo) -> None:
        self._hours = hours
        self._zone = zone
        self._spans: dict[int, tuple[tuple[int, int], ...]] = {}

    def open_at(self, now_ms: int) -> bool:
        """Whether ``now_ms`` is working time. A span covers its beginning, not its end."""
        day = self._day(now_ms)
        return any(start <= now_ms < end for d in (day - 1, day) for start, end in self._of(d))

    def after(self, now_ms: int, working_ms: int) -> int:
        """When ``working_ms`` of working time will have passed since ``now_ms``. Raises ValueError when there is none in years."""
        left, done = working_ms, now_ms
        first = self._day(now_ms) - 1
        for day in range(first, first + _DAYS_AHEAD):
            for start, end in self._of(day):
                begin = max(start, done)  # spans may overlap; no time counts twice
                if end > begin:
                    if end - begin >= left:
                        return begin + left
                    left -= end - begin
                    done = end
        raise ValueError("these hours hold no working time")

    def _day(self, now_ms: int) -> int:
        return datetime.fromtimestamp(now_ms / 1_000, self._zone).toordinal()

    def _of(self, day: int) -> tuple[tuple[int, int], ...]:
        found = self._spans.get(day)
        if found is None:
            if len(self._spans) > 2 * _DAYS_AHEAD:
                self._spans.clear()
            found = self._spans[day] = tuple(self._made(day))
        return found

    def _made(self, day: int) -> list[tuple[int, int]]:
        on = date.fromordinal(day)
        weekday = worked_as(on, self._hours)
        midnight = datetime(on.year, on.month, on.day, tzinfo=self._zone)
        spans = sorted((start, end) for wanted, start, end in self._hours.spans if wanted == weekday)
        return [(_ms(midnight, start), _ms(midnight, end)) for start, end in spans]


@lru_cache(maxsize=256)
def calendar(hours: Hours, timezone: str) -> Calendar:
    """The calendar of ``hours``, made once."""
    return Calendar(hours, ZoneInfo(timezone))


def answer_by(policy: Policy, target: Answer | None, now_ms: int) -> int:
    """When an answer to what came at ``now_ms`` is due, 0 without a target."""
    if target is None:
        return 0
    if not target.hours:
        return now_ms + target.within_ms
    return calendar(policy.hours[target.hours], policy.timezone).after(now_ms, target.within_ms)


def worked_as(on: date, hours: Hours) -> int:
    """The weekday (0 Monday) that ``on`` is worked as, -1 when it is free."""
    day = on.toordinal()
    if day in hours.open:
        return _MONDAY
    if day in hours.closed:
        return -1
    if hours.holidays:
        free = _country(hours.holidays)
        if on in free:  # asking makes the year known, its make-up days too
            return -1
        if on in free.weekend_workdays:
            return _MONDAY
    return on.weekday()


def published(place: str, year: int) -> bool:
    """Whether the make-up working days of ``year`` are known. True for countries that swap none."""
    free = _country(place)
    return _make_up(free, year) or not any(_make_up(free, past) for past in range(2015, 2026))


def supported(place: str) -> bool:
    """Whether the holidays of ``place`` (CN, DE-BY) are known."""
    country, _, part = place.partition("-")
    known = holidays.list_supported_countries()
    return country in known and (not part or part in known[country])


def _make_up(free: holidays.HolidayBase, year: int) -> bool:
    return date(year, 1, 1) in free and any(day.year == year for day in free.weekend_workdays)


@lru_cache(maxsize=32)
def _country(place: str) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def _ms(midnight: datetime, minute: int) -> int:
    """A wall clock's minute of a day (beyond 1440 of the next) as ms: days with a change of clocks are as long as they are."""
    wall = (midnight + timedelta(minutes=minute)).timestamp()
    return round(wall * 1_000)
