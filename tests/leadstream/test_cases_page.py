"""docs/cases.md is true: its sessions print what stands there, its configuration is the one that holds."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path
from textwrap import indent

from leadstream.configuration import config
from leadstream.runtime import clock
from tests.leadstream.test_casebook import home, imported, run, touched

__all__ = ["home"]  # the fixture
PAGE = (Path(__file__).parents[2] / "docs" / "cases.md").read_text(encoding="utf-8")
SESSION = "".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL))
(YAML,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
_ASIDE = {r"\d{4}-\d\d-\d\d \d\d:\d\d": "DATE", r"\([0-9a-f]{16}\)": "(VERSION)"}


def test_its_sessions_print_what_stands_there(home: Path) -> None:
    first, contested, other = asyncio.run(imported(home))
    asyncio.run(touched(home, first.event, "amy", clock(), kind="call", seconds=180))
    asyncio.run(touched(home, first.event, "bo", clock(), kind="visit"))
    asyncio.run(touched(home, first.event, "bo", clock(), kind="note"))
    for command, expected in re.findall(r"^\$ leadstream (.*)\n((?:(?!\$ ).*\n)*)", SESSION, re.MULTILINE):
        words = [{"RECEIPT": first.event, "OTHER": other.event}.get(word, word) for word in shlex.split(command)]
        told = run(home, *words)
        for event, name in ((first.event, "RECEIPT"), (contested.event, "RECEIPT"), (other.event, "OTHER")):
            told = told.replace(event, name)
        for pattern, name in _ASIDE.items():
            told = re.sub(pattern, name, told)
        assert told == expected, command


def test_its_configuration_is_what_holds_without_any() -> None:
    said = config.parse(
        "tenants:\n  main:\n    members: {ann: {}}\n    teams: {service: {members: [ann]}}\n" + indent(YAML, "    "), {}
    )
    nothing = config.parse("tenants: {main: {}}", {})
    policy = said.tenants["main"].policy()
    assert policy.disputes == nothing.tenants["main"].policy().disputes
    assert (policy.handover.per_successor, policy.handover.rotate_ms) == (50, 730 * 86_400_000)
