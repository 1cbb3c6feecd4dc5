"""Splink 4 on DuckDB: comparisons of its library with term frequencies, weights by expectation maximisation, no labels."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.peers.table import Pair, Record, filled, serve

EXACT = ("phone", "email", "wechat", "custom_id")
#: Columns whose values are in others already, or are too coarse to be a witness of their own.
LEFT_OUT = ("company_full", "address", "region")
BLOCKS = (
    *(("phone",), ("email",), ("wechat",), ("custom_id",), ("custom_date",), ("name",), ("company",), ("road",)),
    *(("surname", "city"), ("given", "postcode"), ("surname", "postcode")),
)


def find(records: list[Record]) -> Iterator[Pair]:
    """Pairs at their match probability."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = [column for column in filled(records) if column not in LEFT_OUT]
    if {"surname", "given"} <= set(columns):
        columns.remove("name")
    known = set(filled(records))
    blocks = [block for block in BLOCKS if set(block) <= known]
    rules = [block_on(*block) for block in blocks]
    if len(columns) == 1:  # nothing else to block on
        rules.append(block_on(f"substr({columns[0]}, 1, 2)"))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[_comparison(column) for column in columns],
        blocking_rules_to_generate_predictions=rules,
    )
    frame = pd.DataFrame(records).replace("", None)
    linker = Linker(frame, settings, DuckDBAPI())
    sure = [block_on(column) for column in ("phone", "email", "custom_id") if column in known] or rules[:1]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for block in blocks:
        if set(columns) - set(block):  # something is left to learn about
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    predicted = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    yield from predicted[["id_l", "id_r", "match_probability"]].itertuples(index=False, name=None)


def _comparison(column: str) -> Any:
    if column in EXACT:
        return cl.ExactMatch(column).configure(term_frequency_adjustments=True)
    if column in ("city", "postcode", "number"):
        return cl.LevenshteinAtThresholds(column, 1)
    if column == "custom_date":
        return cl.LevenshteinAtThresholds(column, [1, 2])
    return cl.JaroWinklerAtThresholds(column, [0.95, 0.85]).configure(term_frequency_adjustments=True)


if __name__ == "__main__":
    serve(find)
