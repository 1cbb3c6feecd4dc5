"""The door keeps to its own description: schemathesis asks it everything the description allows, and much it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.site import Site

#: How much of it, for each operation: DOOR_EXAMPLES=20000 asks for hours.
EXAMPLES = os.environ.get("DOOR_EXAMPLES", "4")
#: Whether a description can say it or not, data must mean something: a member who is not there, a reason with a phone in it.
LEFT_OUT = "positive_data_acceptance"
#: What asks them is a monitor, and what they say is no JSON.
NO_API = "^/(metrics|healthz|readyz)"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a real door and an admin's token."""
    with Site(tmp_path_factory.mktemp("described")) as site:
        made = site.run("token", "issue", "--role", "admin", "--member", "amy")
        assert made.returncode == 0, made.stderr
        part, deadline = site.gateway(), time.monotonic() + 30
        while part.alive() and time.monotonic() < deadline:
            try:
                if httpx.get(f"{site.url}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield site.url, made.stdout.split()[0]
        assert part.alive(), part.said()
        assert "Traceback" not in part.said()


def test_every_answer_is_one_that_is_described(door: tuple[str, str], tmp_path: Path) -> None:
    url, token = door
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--phases", "coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1", "--no-color"]
    options += ["--exclude-checks", LEFT_OUT, "--exclude-path-regex", NO_API, "-H", f"Authorization: Bearer {token}"]
    ran = subprocess.run(
        [program, "run", f"{url}/openapi.json", *options], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert ran.returncode == 0, ran.stdout[-6_000:] + ran.stderr[-2_000:]
