"""``leadstream policy`` over a real run: check, explain, simulate, show, list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml

from gateway.acceptance import to_message
from leads.records import Envelope, Row
from leadstream.inline import prepare_log
from leadstream.simulating import Simulation
from streams.topics import RAW
from tests.chaos.site import TENANT, Site

BEGIN_MS = 1_762_300_800_000  # 2025-11-05 in Shanghai


def lead(number: int) -> Envelope:
    row = Row(f"{number:032x}", {"phone": f"138001{number:02d}{number * 7:03d}", "value": "60万"})
    return Envelope(TENANT, "fair", "import", BEGIN_MS + number * 1_000, (row,))


def command(*words: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "leadstream", *words]
    return subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)


async def test_a_real_run_is_explained_simulated_and_looked_up(tmp_path: Path) -> None:
    with Site(tmp_path / "site") as site:
        async with site.runtime() as runtime:
            await prepare_log(runtime)
            story = [lead(n) for n in range(1, 13)]
            await runtime.publisher.publish(RAW, [to_message(one, one.rows[0].event) for one in story])
        site.worker()
        while site.registered() < 12:
            await site.settle()
        await site.settle()
        tenant: dict[str, Any] = site.settings().model_dump(mode="json", by_alias=True, exclude_defaults=True)[
            "tenants"
        ][TENANT]
        tenant["rules"] = [{"id": "dora", "members": ["dora"]}, {"id": "never", "members": ["amy"]}]
        candidate = tmp_path / "candidate.yaml"
        candidate.write_text(yaml.safe_dump({"tenants": {TENANT: tenant}}, allow_unicode=True), encoding="utf-8")
        checked = command("policy", "check", str(candidate))
        told = site.run("policy", "simulate", str(candidate), "--since", "2025-11-05")
        found = site.run("policy", "simulate", str(candidate), "--since", "2025-11-05", "--json")
        explained = site.run("policy", "explain", f"{1:032x}")
        listed = site.run("policy", "list")
        shown = site.run("policy", "show")
        early = site.run("policy", "show", "--at", "2001-01-01")
    assert checked.returncode == 1
    assert "tenants.main.rules.1: nothing reaches it: the rule 'dora' before it" in checked.stdout
    simulation = msgspec.json.decode(found.stdout, type=Simulation)
    assert (simulation.routed, simulation.moved) == (12, 12)
    assert simulation.changes == {"amy -> dora": 6, "bo -> dora": 6}
    assert [(book.team, book.turns, book.gini) for book in simulation.was] == [("rule:grade-a", 12, 0.0)]
    assert "12 leads routed again, 12 would have gone elsewhere" in told.stdout
    assert "+ rule grade-a: matches" in explained.stdout
    version = listed.stdout.split()[-1]
    assert f"policy {version}, in force since" in explained.stdout
    assert shown.stdout.startswith(f"# policy {version}, in force since")
    assert yaml.safe_load(shown.stdout)["members"]["amy"]["level"] == "senior"
    assert early.returncode == 2
