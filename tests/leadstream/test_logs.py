"""Logs are JSON lines that name events and classes of errors, never what a person said."""

from __future__ import annotations

import json
import logging

import pytest

from leadstream.logs import JsonLines, setup


@pytest.fixture(autouse=True)
def restored() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before


def test_a_line_has_time_level_component_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    setup("worker")
    logging.getLogger("streams.publication").info("rejected", extra={"event": "ab" * 16, "reason": "malformed"})
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said["time"].endswith("+00:00")
    assert {k: said[k] for k in ("level", "component", "message", "event", "reason")} == {
        "level": "info",
        "component": "worker",
        "message": "rejected",
        "event": "ab" * 16,
        "reason": "malformed",
    }


def test_an_error_is_named_by_its_class_and_a_library_does_not_quote_what_was_sent() -> None:
    try:
        raise ValueError("phone 13912340001")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("redis.client", logging.ERROR, "x.py", 1, "failed on %s", ("13912340001",), info)
    line = JsonLines("gateway").format(record)
    assert json.loads(line)["error"] == "ValueError"
    assert "13912340001" not in line


def test_a_library_is_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    setup("worker")
    logging.getLogger("aiokafka").info("chatter")
    assert capsys.readouterr().err == ""
