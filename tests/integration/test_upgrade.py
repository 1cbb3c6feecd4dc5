"""A store that the first version wrote opens in this one: customers are found again, owners stand, keys can be made anew.

``tests/data/store-0.1.0.tar.gz`` is the data folder of version 0.1.0 after the example customers, the example leads and 80
made ones (its keys guard nothing else). It must never be made again by a later version.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadstream.service import store_home
from stores import embedded

ROOT = Path(__file__).parents[2]
STORE = ROOT / "tests" / "data" / "store-0.1.0.tar.gz"
LEADS = 93


class Old:
    """An installation with the old store; ``run`` is the command line of this version."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("LEADSTREAM_")}
        self.env["LEADSTREAM_DATA"] = str(data)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "leadstream", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Old]:
    with tarfile.open(STORE) as tar:
        tar.extractall(tmp_path / "data", filter="data")
    (tmp_path / "data" / "keys").chmod(0o700)
    yield Old(tmp_path / "data")
    embedded.stop(store_home(tmp_path / "data"))


def test_the_doctor_finds_nothing_bad_in_an_old_store(old: Old) -> None:
    done = old.run("doctor")
    assert done.returncode == 0, done.stdout
    assert f"{LEADS} leads" in done.stdout


def test_the_customers_of_an_old_store_are_found_again_and_their_owners_stand(old: Old) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "leadstream", "worker", "--metrics-port", "0", "--slot", "one"], cwd=ROOT, env=old.env
    )
    try:
        leads = old.data.parent / "leads.csv"
        leads.write_bytes((ROOT / "examples" / "leads.csv").read_bytes() + b"\n")  # another file, the same people
        done = old.run("import", str(leads), "--source", "again")
    finally:
        worker.terminate()
        worker.wait(60)
    assert done.returncode == 0, done.stderr
    counts = {
        words[1]: int(words[0]) for words in map(str.split, done.stdout.splitlines()) if words and words[0].isdigit()
    }
    assert counts["merged"] >= 8 - counts.get("contested", 0)
    assert {"assigned", "pooled"} & counts.keys() == set(), done.stdout


def test_an_old_store_moves_to_the_keys_of_this_version(old: Old) -> None:
    done = old.run("rekey")
    assert done.returncode == 0, done.stderr
    assert f"{LEADS} leads have keys of version" in done.stdout
    assert "nothing to do" in old.run("rekey").stdout
