"""Every dashboard: current, well laid out, and every panel answered by a real Prometheus that holds a company's day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from grafana.build import FOLDER, rendered
from streams.catalogue import BY_NAME
from tests.grafana.scenario import record
from tests.parts.prometheus import Prometheus, running

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOW_S = 1_750_000_000.0
FILES = sorted(FOLDER.glob("*.json"))
BOARDS: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in FILES}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}")
    for name, board in BOARDS.items()
    for panel in board["panels"]
    if panel["type"] != "row"
]
SUFFIXES = ("_bucket", "_sum", "_count")


def expressions(panel: dict[str, Any]) -> list[str]:
    """As Grafana would send them with every tenant and source chosen and an hour shown."""
    chosen = {"$__rate_interval": "1m", "$__range": "1h", "$tenant": ".*", "$source": ".*"}
    return [
        re.sub("|".join(map(re.escape, chosen)), lambda found: chosen[found.group()], target["expr"])
        for target in panel["targets"]
    ]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with running(tmp_path_factory.mktemp("prometheus"), recorded=record(NOW_S)) as server:
        yield server


def test_the_committed_json_is_what_the_code_says() -> None:
    assert {path: path.read_text() for path in FILES} == rendered(), "run: python -m grafana.build"


def test_boards_have_unique_names() -> None:
    for key in ("uid", "title"):
        assert len({board[key] for board in BOARDS.values()}) == len(BOARDS)


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_board_is_laid_out_on_the_grid(board: dict[str, Any]) -> None:
    assert 36 <= board["schemaVersion"] <= 42
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    cells = [panel["gridPos"] for panel in board["panels"]]
    assert all(cell["x"] >= 0 and cell["x"] + cell["w"] <= 24 for cell in cells)
    for a, b in combinations(cells, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or below, (a, b)


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_board_can_be_narrowed_to_a_tenant_and_a_source(board: dict[str, Any]) -> None:
    assert [variable["name"] for variable in board["templating"]["list"]] == ["datasource", "tenant", "source"]


@pytest.mark.parametrize("panel", PANELS)
def test_panel_explains_itself(panel: dict[str, Any]) -> None:
    assert len(panel["description"]) > 30
    assert panel["fieldConfig"]["defaults"]["unit"]
    for link in panel.get("links", []):
        assert (DOCS / "runbooks" / Path(link["url"]).name).exists(), link["url"]


@pytest.mark.parametrize("panel", PANELS)
def test_panel_asks_for_metrics_and_labels_of_the_catalogue(panel: dict[str, Any]) -> None:
    for target, expression in zip(panel["targets"], expressions(panel), strict=True):
        known = {"job", "instance", "alertstate"}
        for found in re.findall(r"leadstream_\w+", expression):
            metric = BY_NAME.get(found) or BY_NAME[re.sub(r"_(bucket|sum|count)$", "", found)]
            assert (metric.kind == "histogram") == found.endswith(SUFFIXES)
            known |= {*metric.labels, "le"}
        grouped = ",".join(re.findall(r"\b(?:by|on) ?\(([^)]*)\)", expression))
        matched = re.findall(r"(\w+)=~?\"", expression)
        shown = re.findall(r"{{(\w+)}}", target["legendFormat"])
        assert {*filter(None, re.split(r"[, ]+", grouped)), *matched, *shown} <= known


@pytest.mark.parametrize("panel", PANELS)
def test_panel_has_an_answer(panel: dict[str, Any], prometheus: Prometheus) -> None:
    for expression in expressions(panel):
        series = prometheus.query(expression, NOW_S)
        assert series, expression
        assert any(value["value"][1] != "NaN" for value in series), expression


def test_the_answers_are_the_true_ones(prometheus: Prometheus) -> None:
    board = BOARDS["leads_live"]
    said = {
        panel["title"]: float(prometheus.query(expressions(panel)[0], NOW_S)[0]["value"][1])
        for panel in board["panels"]
        if panel["type"] == "stat"
    }
    assert said["Without an outcome"] == 0
    assert said["Oldest unanswered"] == pytest.approx(0.2)
    assert said["Unanswered now"] == 2
    assert said["Answered within 1 s"] == 1
    assert said["In per minute"] == pytest.approx(said["Out per minute"], rel=0.3)
    assert 100 < said["In per minute"] < 900
    assert said["Dead letters, last hour"] == pytest.approx(16, abs=2)
