from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.thresholds import Cost, thresholds
from matchers.weights import Weights

COSTS = st.floats(0.01, 1000)


@pytest.mark.parametrize(
    ("cost", "unsure", "same"),
    [
        (Cost(10, 10, 1), log2(0.1 / 0.9), log2(0.9 / 0.1)),
        (Cost(20, 5, 1), log2(0.2 / 0.8), log2(0.95 / 0.05)),
        (Cost(10, 10, 5), 0.0, 0.0),  # a look costs as much as guessing
        (Cost(10, 10, 50), 0.0, 0.0),
        (Cost(30, 10, 100), log2(3), log2(3)),
    ],
)
def test_thresholds_by_cost(cost: Cost, unsure: float, same: float) -> None:
    found = thresholds(cost)
    assert (found.unsure, found.same) == pytest.approx((unsure, same))


@given(COSTS, COSTS, COSTS, st.floats(0.01, 0.99))
def test_no_other_answer_is_cheaper(wrong: float, missed: float, review: float, p: float) -> None:
    found = thresholds(Cost(wrong, missed, review))
    bits = log2(p / (1 - p))
    price = {"same": (1 - p) * wrong, "new": p * missed, "unsure": review}
    chosen = "same" if bits >= found.same else "new" if bits < found.unsure else "unsure"
    assert price[chosen] <= min(price.values()) * (1 + 1e-6)


def test_a_temperature_stretches_the_bits() -> None:
    cold, warm = thresholds(Cost(20, 5, 1)), thresholds(Cost(20, 5, 1), 0.5)
    assert (warm.unsure, warm.same) == pytest.approx((2 * cold.unsure, 2 * cold.same))
    assert Weights(temperature=0.5).probability(warm.same) == pytest.approx(0.95)


def test_a_cost_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        thresholds(Cost(1, 1, 0))
