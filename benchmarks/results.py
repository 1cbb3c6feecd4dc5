"""The last figures of each benchmark, as files: results/<name>.json with date, machine and versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("results")


def keep(name: str, about: dict[str, Any], figures: dict[str, Any]) -> None:
    """Print the figures and write them with what they were measured on."""
    print(json.dumps(figures, indent=1, ensure_ascii=False), flush=True)
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"about": about, "figures": figures}, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def kept(name: str) -> dict[str, Any] | None:
    """{"about", "figures"} of the last run, None when there was none."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
