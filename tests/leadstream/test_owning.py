"""What owners and leaders do from the command line: the program itself, on an embedded store of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leads.ownership import REFUSALS
from leadstream.cli import app
from leadstream.ownerwords import REFUSALS_ZH
from leadstream.service import store_home
from stores.embedded import stop
from tests.leadstream.office import POLICY

LEADS = "name,phone,campaign\n王伟,13912340001,fair\n李雷,13912340002,fair\n韩梅梅,13912340003,amy\n"


class Line:
    """The command line with one configuration."""

    def __init__(self, home: Path) -> None:
        self.config = home / "office.yaml"
        self.config.write_text(f"data: {home}/data\n{POLICY}", encoding="utf-8")

    def __call__(self, *words: str, status: int = 0) -> str:
        ran = CliRunner().invoke(app, [*words, "--config", str(self.config)])
        assert ran.exit_code == status or (status and ran.exception), (words, ran.output, ran.exception)
        return (
            ran.output
            if not ran.exception or status == 0
            else f"{ran.output}{type(ran.exception).__name__}: {ran.exception}"
        )

    def pool(self) -> list[str]:
        return re.findall(r"^([0-9a-f]{32})", self("pool", "show", "public", "--actor", "amy"), re.MULTILINE)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    home = tmp_path_factory.mktemp("o")
    made = Line(home)
    file = home / "leads.csv"
    file.write_text(LEADS, encoding="utf-8")
    made("import", str(file))
    yield made
    stop(store_home(home / "data"))


def test_a_customer_from_the_pool_to_a_colleague_and_back(line: Line) -> None:
    shown = line("pool", "show", "public", "--actor", "amy")
    assert "139****0002" in shown
    assert "13912340002" not in shown
    assert "李雷" not in shown
    latest = line.pool()[0]
    assert "claimed, protected for amy" in line("claim", latest, "--actor", "amy").replace("; ", ", ")
    assert "跟进" in line("follow-up", latest, "--kind", "call", "--seconds", "60", "--actor", "amy", "--lang", "zh")
    assert "note is no evidence" in line("follow-up", latest, "--kind", "note", "--actor", "amy")
    assert "owned" not in line("transfer", latest, "--to", "bo", "--actor", "amy", "--reason", "his region")
    assert "back in the pool" in line("release", latest, "--actor", "lena")
    assert latest in line.pool()
    assert "1/3" in line("pool", "list", "--actor", "amy", "--lang", "zh")


def test_a_refusal_says_why_in_the_language_asked_for_and_never_whose(line: Line) -> None:
    first = line.pool()[-1]
    assert "LeadstreamError" in (said := line("claim", first, "--actor", "chen", "--lang", "zh", status=1))
    assert REFUSALS_ZH["no_member"] in said
    line("claim", first, "--actor", "amy")
    refused = line("claim", first, "--actor", "bo", status=1)
    assert REFUSALS["not_in_pool"] in refused
    assert "amy" not in refused
    assert REFUSALS["not_leader"] in line("lock", first, "--until", "2099-01-01", "--actor", "amy", status=1)
    assert "done" in line("lock", first, "--until", "2099-01-01", "--actor", "lena")
    assert REFUSALS["locked"] in line("transfer", first, "--to", "bo", "--actor", "amy", status=1)
    assert "done" in line("lock", first, "--admin")


def test_a_report_of_somebody_new_and_of_somebody_taken(line: Line) -> None:
    assert "assigned (claimed)" in line("report", "phone=13912349999", "姓名=赵六", "--actor", "bo")
    taken = line("report", "phone=13912340003", "name=韩梅梅", "--actor", "bo")
    assert "contested" in taken
    assert "taken" in taken
    assert "amy" not in taken


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["claim", "13912340001", "--actor", "amy"], "32 hex digits"),
        (["claim", "ab" * 16], "--actor"),
        (["follow-up", "ab" * 16, "--kind", "thought", "--actor", "amy"], "call, mail, visit or note"),
        (["follow-up", "ab" * 16, "--kind", "mail", "--at", "2099-01-01", "--actor", "amy"], "not happened yet"),
        (["report", "phone=", "--actor", "amy"], "field=value"),
        (["claim", "ab" * 16, "--actor", "amy", "--reason", "call 13912340001"], "for ever"),
        (["pool", "show", "nowhere", "--actor", "amy"], "no such pool"),
        (["pool", "list", "--actor", "amy", "--lang", "fr"], "en or zh"),
    ],
)
def test_wrong_usage_says_what_to_write(line: Line, words: list[str], says: str) -> None:
    told = line(*words, status=2)
    assert "BadInput" in told
    assert says in told


def test_every_refusal_is_said_in_both_languages() -> None:
    assert REFUSALS_ZH.keys() == REFUSALS.keys()
