"""docs/operations.md is true: its commands parse, its snippets load, its links lead somewhere, no alert is missing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from leadstream.cli import app
from leadstream.configuration.config import load, parse
from streams.topics import declared

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line]
OURS = [line for line in SHELL if line.startswith("leadstream ")]
SNIPPETS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
INLINE = re.findall(r"`((?:docker compose|make) [^`]+)`", PAGE)
KNOWN = ("leadstream ", "pip install ", "docker compose ", "curl ", "cp ", "tar ")


def parsed(arguments: list[str]) -> list[Any]:
    """The commands and subcommands that the line names. Raises a usage error for what the command line does not know."""
    command: Any = typer.main.get_command(app)
    context, chain = command.make_context("leadstream", arguments), []
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        chain.append(context)
    return chain


@pytest.mark.parametrize("line", OURS)
def test_a_command_is_one_of_ours(line: str) -> None:
    arguments = shlex.split(line.partition(" > ")[0], comments=True)[1:]

    assert parsed(arguments)


@pytest.mark.parametrize("line", ["redrive x", "deadletters mend x", "up --fast", "undo", "topics apply --wipe"])
def test_what_is_none_of_ours_does_not_parse(line: str) -> None:
    with pytest.raises(Exception, match=r"No such|Missing"):
        parsed(line.split())


def test_files_that_commands_name_are_there() -> None:
    named = {word for line in OURS for word in shlex.split(line) if word.startswith(("examples/", "config/"))}

    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_no_command_is_of_a_kind_nobody_checks() -> None:
    assert [line for line in SHELL if not line.startswith(KNOWN)] == []


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_loads(snippet: str) -> None:
    whole = snippet if "tenants:" in snippet else snippet + "tenants:\n  main: {}\n"

    assert parse(whole, {}).tenants


def test_the_distributed_example_loads() -> None:
    assert load(ROOT / "config" / "distributed.yaml", {}).log.kind == "kafka"


def test_compose_commands_name_services() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    lines = [line for line in (*SHELL, *INLINE) if line.startswith("docker compose")]
    scaled = [name for line in lines for name in re.findall(r"--scale (\w+)=", line)]
    logged = [line.split()[-1] for line in lines if " logs " in line]

    assert scaled
    assert logged
    assert set(scaled + logged) <= set(services)


@pytest.mark.parametrize("path", re.findall(r"curl -s http://[\d.]+:8080(\S+)", PAGE))
def test_a_path_is_a_route_of_the_door(path: str) -> None:
    routes = (ROOT / "gateway" / "app.py").read_text(encoding="utf-8")

    assert f'"{path}"' in routes


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).exists()


def test_every_alert_is_explained() -> None:
    groups = yaml.safe_load((ROOT / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}

    assert set(re.findall(r"^\| \[(\w+)\]\(runbooks/", PAGE, re.MULTILINE)) == alerts


def test_every_topic_is_listed() -> None:
    assert set(re.findall(r"^\| `(leads\.\w+)` \| [^|]+\| [^|]+\| ", PAGE, re.MULTILINE)) == {
        t.name for t in declared()
    }


def test_every_place_variable_is_named() -> None:
    from leadstream.configuration.config import PLACES

    assert [name for name in PLACES if f"`{name}`" not in PAGE] == []
