"""Days of a tenant's calendar."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOUR_MS = 3_600_000


def day_number(at_ms: int, zone: ZoneInfo) -> int:
    """Ordinal of the local day (1 is 0001-01-01). Zones shift by quarter hours at least, so a quarter is the memo's grain."""
    return _day(at_ms // (_HOUR_MS // 4), zone)


@lru_cache(maxsize=256)
def _day(quarter: int, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(quarter * 900, zone).toordinal()
