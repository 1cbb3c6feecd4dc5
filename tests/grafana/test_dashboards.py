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
from tests.parts.prometheus import Prometheus, Recorder, running
from tests.prometheus.test_alerts import RECORDED

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
    """As Grafana would send them with every tenant and source chosen and an hour shown; what is recorded, in full."""
    chosen = {"$__rate_interval": "1m", "$__range": "1h", "$tenant": ".*", "$source": ".*"}
    chosen |= {name: f"({expr})" for name, expr in RECORDED.items()}
    return [
        re.sub("|".join(map(re.escape, chosen)), lambda found: chosen[found.group()], target["expr"])
        for target in panel["targets"]
    ]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with running(tmp_path_factory.mktemp("prometheus"), recorded=record(NOW_S)) as server:
        yield server


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with running(tmp_path_factory.mktemp("troubled"), recorded=record(NOW_S, broken=True)) as server:
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
def test_panel_has_an_answer_in_good_days_and_in_bad(
    panel: dict[str, Any], prometheus: Prometheus, troubled: Prometheus
) -> None:
    for server in (prometheus, troubled):
        for expression in expressions(panel):
            series = server.query(expression, NOW_S)
            assert series, expression
            assert any(value["value"][1] != "NaN" for value in series), expression


def colors(board: dict[str, Any], server: Prometheus) -> dict[str, str]:
    """Title -> colour of each answer that has one by its thresholds."""
    shown = {}
    for panel in board["panels"]:
        steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
        if panel["type"] == "stat" and len(steps) > 1:
            value = float(server.query(expressions(panel)[0], NOW_S)[0]["value"][1])
            passed = [step["color"] for step in steps if step.get("value") is None or value >= step["value"]]
            shown[panel["title"]] = passed[-1]
    return shown


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_every_answer_is_green_on_a_good_day(board: dict[str, Any], prometheus: Prometheus) -> None:
    assert set(colors(board, prometheus).values()) == {"green"}, colors(board, prometheus)


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_no_answer_stays_green_on_a_bad_day(board: dict[str, Any], troubled: Prometheus) -> None:
    calm = {"Candidates a lead, p99", "Without an outcome"}  # nothing in this bad day is about these
    shown = colors(board, troubled)
    assert [title for title, color in shown.items() if color == "green" and title not in calm] == []


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_answers_stand_on_top_and_lead_to_what_to_do(board: dict[str, Any]) -> None:
    first = [panel for panel in board["panels"] if panel["type"] != "row"][:8]
    assert [panel["type"] for panel in first] == ["stat"] * 8
    assert {panel["gridPos"]["y"] for panel in first} == {1}, "one row, seen without scrolling"
    assert [link["title"] for link in board["links"]] == ["Boards", "Runbooks"]
    assert [mark["name"] for mark in board["annotations"]["list"]] == ["Deploys", "Policy changes"]


def test_a_deploy_and_a_policy_change_are_marked(tmp_path: Path) -> None:
    recorder = Recorder()
    for step in range(20):
        new = step >= 15
        at_s, worker = NOW_S - (19 - step) * 15, {"job": "worker", "instance": "a"}
        version = {"version": "2.0.0" if new else "1.0.0", "component": "worker"}
        recorder.add("leadstream_build_info", 1.0, at_s, worker | version)
        recorder.add(
            "leadstream_policy_info", 1.0, at_s, worker | {"tenant": "acme", "version": "new" if new else "old"}
        )
    marks = {mark["name"]: mark["expr"] for mark in BOARDS["leads_live"]["annotations"]["list"]}
    with running(tmp_path, recorded=recorder) as server:
        for name, version in (("Deploys", "2.0.0"), ("Policy changes", "new")):
            assert [s["metric"]["version"] for s in server.query(marks[name], NOW_S)] == [version]
            assert server.query(marks[name], NOW_S - 150) == [], "not before"


def test_a_source_that_appears_with_its_whole_count_is_seen_at_once(tmp_path: Path) -> None:
    recorder, labels = Recorder(), {"job": "worker", "instance": "a", "tenant": "acme", "source": "vendor"}
    for step in range(4):
        for code, reason, n in (("rejected", "no_identity", 60.0), ("pooled", "unmatched", 40.0)):
            at_s = NOW_S - step * 15
            recorder.add("leadstream_outcomes_total", n, at_s, labels | {"code": code, "reason": reason})
        recorder.add("leadstream_duplicates_total", 20.0, NOW_S - step * 15, labels | {"met": "own"})
    shown = {panel["title"]: panel for panel in BOARDS["sources"]["panels"]}
    with running(tmp_path, recorded=recorder) as server:
        for title, value in (("Sources that bring leads", 1), ("Worst invalid", 0.6), ("Worst own twice", 0.2)):
            (answer,) = server.query(expressions(shown[title])[0], NOW_S)
            assert float(answer["value"][1]) == pytest.approx(value), title


def test_the_answers_are_the_true_ones(prometheus: Prometheus, troubled: Prometheus) -> None:
    def said(board: str, server: Prometheus) -> dict[str, float]:
        return {
            panel["title"]: float(server.query(expressions(panel)[0], NOW_S)[0]["value"][1])
            for panel in BOARDS[board]["panels"]
            if panel["type"] == "stat"
        }

    live, pipeline, ill = said("leads_live", prometheus), said("pipeline", prometheus), said("pipeline", troubled)
    assert live["Alerts firing"] == pipeline["Without an outcome"] == ill["Without an outcome"] == 0
    assert live["Quiet for"] == 86_400
    assert live["Oldest unanswered"] == pytest.approx(0.2)
    assert (pipeline["Unanswered now"], ill["Unanswered now"]) == (2, 18_000)
    assert live["Answered within 5 s"] == 1
    assert live["In per minute"] == pytest.approx(live["Out per minute"], rel=0.3)
    assert 100 < live["In per minute"] < 900
    assert (ill["Alerts firing"], ill["Not up"]) == (1, 1)
    assert ill["Quiet for"] < 60, "looked at once a minute"
    assert said("ownership", troubled)["Lines held by one or two"] == 1
    assert said("ownership", troubled)["Furthest from his part"] == pytest.approx(0.4)
