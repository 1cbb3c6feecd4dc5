"""When a customer left his details, as a row tells it: vendors deliver late, and a late lead is a cold one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from leads.records import Envelope, Row

_EPOCH: Final = re.compile(r"\d{10}|\d{13}")


def delay_ms(envelope: Envelope, row: Row, zone: ZoneInfo) -> int | None:
    """How long after the customer left his details the lead came, ms; None when it does not say when that was.

    A time without a zone is in ``zone``. Negative when the sender's clock is ahead.
    """
    text = row.fields.get("received_at", "").strip()
    if not text:
        return None
    if _EPOCH.fullmatch(text):
        return envelope.at_ms - int(text.ljust(13, "0"))
    try:
        left = datetime.fromisoformat(text.replace("/", "-"))
        return envelope.at_ms - round((left if left.tzinfo else left.replace(tzinfo=zone)).timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None
