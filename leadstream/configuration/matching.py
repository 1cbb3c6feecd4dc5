"""What a tenant's configuration says about matching: thresholds or costs, weights, and which value of a customer to go by."""

from __future__ import annotations

import msgspec
from pydantic import Field

from leads import profiles
from leadstream.configuration.section import Names, Section
from matchers.thresholds import Cost, thresholds
from matchers.weights import DEFAULT, Weights
from matchers.weights import load as load_weights


class LevelSection(Section):
    m: float | None = Field(default=None, ge=0, le=1)
    u: float | None = Field(default=None, ge=0)
    most: float | None = Field(default=None, ge=0)


class CostSection(Section):
    """What each costs, in any one unit; where a person looks follows from it (matchers/thresholds.py)."""

    wrong_merge: float = Field(default=10.0, gt=0)
    missed_merge: float = Field(default=5.0, gt=0)
    review: float = Field(default=1.0, gt=0)


class MatchingSection(Section):
    """Thresholds in bits (0 is even odds), by hand or by ``cost``; ``levels`` changes rows of the table, as ``learn`` writes them."""

    same: float = 1.0  # the same customer from here
    unsure: float = -1.0  # a person decides from here to ``same``
    merge: float = 3.0  # two known customers are united from here
    temperature: float = Field(default=DEFAULT.temperature, gt=0, le=2)  # bits times it are calibrated log2 odds
    cost: CostSection | None = None
    levels: dict[str, LevelSection] = {}

    def weights(self) -> Weights:
        """The weight table with these changes. Raises Misconfigured for an unknown level."""
        said = self.model_dump(exclude_none=True, exclude={"cost"})
        if self.cost is not None:
            said |= msgspec.structs.asdict(thresholds(Cost(**dict(self.cost)), self.temperature))
        return load_weights(said)


class ProfileSection(Section):
    """Which value of a customer's field to go by: ``rules`` by field over leads/profiles.py; ``trust`` names doors or sources."""

    rules: dict[str, profiles.Rule] = {}
    trust: Names = profiles.TRUST
