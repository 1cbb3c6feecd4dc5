"""What a tenant's configuration says about asking whether a customer is taken."""

from __future__ import annotations

from pydantic import Field

from leadstream.configuration.section import Section
from stores.conflict import Allowance

_DAY_MS = 86_400_000


class ConflictSection(Section):
    """``floor_ms``: every answer takes a multiple of it, so that time tells nothing. ``fishing``: different questions in a day
    from which on an asker who finds little is slowed down to a tenth."""

    floor_ms: int = Field(default=50, ge=0, le=5_000)
    rate_per_s: float = Field(default=0.5, gt=0)
    burst: int = Field(default=20, ge=1)
    fishing: int = Field(default=40, ge=1)

    def allowance(self) -> Allowance:
        return Allowance(self.rate_per_s, self.burst, self.fishing, _DAY_MS)
