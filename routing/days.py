"""Days of a tenant's calendar."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["week", "month"]

#: Zones shift by quarter hours at least: within one of them nothing about a day changes. The grain of the memos.
GRAIN_MS = 900_000


def day_number(at_ms: int, zone: ZoneInfo) -> int:
    """Ordinal of the local day (1 is 0001-01-01)."""
    return _day(at_ms // GRAIN_MS, zone)


@lru_cache(maxsize=256)
def _day(quarter: int, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(quarter * 900, zone).toordinal()


def period(at_ms: int, zone: ZoneInfo, unit: Unit) -> str:
    """The local week (ISO: ``2026-W48``) or month (``2026-11``) a moment lies in. Sorts as text."""
    return _period(at_ms // GRAIN_MS, zone, unit)


@lru_cache(maxsize=256)
def _period(quarter: int, zone: ZoneInfo, unit: Unit) -> str:
    day = datetime.fromtimestamp(quarter * 900, zone)
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}" if unit == "week" else f"{day:%Y-%m}"
