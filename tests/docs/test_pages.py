"""The commands of the other pages parse, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.docs.test_operations import ROOT, parsed

PAGES = [ROOT / "docs" / f"{name}.md" for name in ("privacy", "ownership")]
LINES = [
    line
    for page in PAGES
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]
LINKS = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("line", LINES)
def test_a_command_is_one_of_ours(line: str) -> None:
    assert parsed(shlex.split(line)[1:])


@pytest.mark.parametrize(("page", "link"), LINKS, ids=str)
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    assert (page.parent / link).exists()
