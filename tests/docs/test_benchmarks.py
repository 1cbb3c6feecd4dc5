"""docs/benchmarks.md shows the figures of the result files, and everything it names is there."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.report import PAGE, TABLES, rendered
from benchmarks.results import FOLDER

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_result_files() -> None:
    assert rendered(TEXT) == TEXT


def test_each_benchmark_has_its_table() -> None:
    assert re.findall(r"<!-- table: (\w+) -->", TEXT) == list(TABLES)
    assert set(TABLES) == set(BENCHMARKS)


@pytest.mark.parametrize(
    "name", sorted(BENCHMARKS.keys() - {"peers"})
)  # its libraries have an environment of their own
def test_a_benchmark_fits_the_program_it_measures(name: str) -> None:
    assert callable(import_module(f"benchmarks.{name}").run)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_a_result_says_when_and_on_what(file: Path) -> None:
    about = json.loads(file.read_text(encoding="utf-8"))["about"]

    assert all(about[name] for name in ("date", "machine", "python", "libraries", "commit"))


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT))
def test_a_picture_is_there(picture: str) -> None:
    assert (PAGE.parent / picture).read_text(encoding="utf-8").startswith("<?xml")
