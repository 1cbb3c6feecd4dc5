"""The worst nights: the store is lost, the machine is lost, the disk is full of somebody else's keys; and what brings it back."""

from __future__ import annotations

import asyncio
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadstream.service import store_home
from stores import embedded
from tests.chaos.site import Site

ROWS = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation at rest that has met some leads, all of it relayed."""
    with Site(tmp_path_factory.mktemp("recovery")) as site:
        lines = [
            "name,phone,company,city",
            *(f"客{i % 40:02d},1391234{i % 50:04d},北京客{i % 9}科技有限公司,北京" for i in range(ROWS)),
        ]
        (site.home / "leads.csv").write_text("\n".join(lines), encoding="utf-8")
        worker = site.worker()
        done = site.run("import", str(site.home / "leads.csv"))
        assert done.returncode == 0, done.stderr + site.last_words()
        asyncio.run(site.settle())
        worker.stop()
        yield site


def leads(site: Site) -> str:
    return next(line for line in site.run("doctor").stdout.splitlines() if "leads," in line)


def test_doctor_finds_nothing_bad_in_a_good_installation(site: Site) -> None:
    done = site.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "nothing is bad" in done.stdout
    assert "60 leads" in leads(site)


def test_a_rebuild_would_give_the_same_state(site: Site) -> None:
    done = site.run("rebuild", "--check")
    assert done.returncode == 0, done.stdout
    assert "a rebuild gives this state" in done.stdout


def test_a_lost_store_is_rebuilt_from_the_archive(site: Site) -> None:
    before, kept = leads(site), site.home / "kept"
    embedded.stop(store_home(site.data))
    shutil.move(store_home(site.data), kept)
    try:
        assert site.run("rebuild").returncode == 0
        assert leads(site) == before
        assert "nothing is bad" in site.run("doctor").stdout
        assert site.run("rebuild", "--check").returncode == 0
        again = site.run("rebuild")
        assert again.returncode == 2
        assert "empty" in again.stderr
    finally:
        embedded.stop(store_home(site.data))
        shutil.rmtree(store_home(site.data))
        shutil.move(kept, store_home(site.data))


def test_a_backup_of_a_running_store_is_restored_elsewhere(site: Site, tmp_path: Path) -> None:
    file = site.home / "backup.tar.gz"
    done = site.run("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert "give another name" in site.run("backup", str(file)).stderr
    with Site(tmp_path / "other") as other:
        embedded.stop(store_home(other.data))
        shutil.rmtree(other.data)
        done = other.run("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert leads(other) == leads(site)
        assert "others can read" not in other.run("doctor").stdout
        assert other.run("rebuild", "--check").returncode == 0
        assert "holds a store already" in other.run("restore", str(file)).stderr


@pytest.mark.parametrize("content", [b"", b"not a backup", "cut"])
def test_what_is_no_backup_restores_nothing(site: Site, tmp_path: Path, content: bytes | str) -> None:
    file = tmp_path / "broken.tar.gz"
    if content == "cut":
        whole = tmp_path / "whole.tar.gz"
        with tarfile.open(whole, "w:gz") as tar:
            tar.add(site.config, arcname="something")
        content = whole.read_bytes()[:40]
    assert isinstance(content, bytes)
    file.write_bytes(content)
    with Site(tmp_path / "other") as other:
        embedded.stop(store_home(other.data))
        shutil.rmtree(other.data)
        done = other.run("restore", str(file))
        assert done.returncode == 2
        assert "no backup" in done.stderr
        assert not store_home(other.data).exists()


def test_doctor_says_what_is_wrong_and_what_to_do(site: Site) -> None:
    keys = site.data / "keys"
    right = (keys / "archive.key").read_bytes()
    keys.chmod(0o755)
    (keys / "archive.key").write_bytes(bytes(32))
    with site.raw() as store:
        store.config_set("maxmemory-policy", "allkeys-lru")
        store.config_set("latency-monitor-threshold", 1)
        store.config_set("appendfsync", "always")
        for n in range(200):  # any disk needs a millisecond for one of these
            store.set("doctor", "x" * 5_000_000 if n % 20 == 0 else "")
    try:
        done = site.run("doctor")
        assert done.returncode == 1
        for said in (
            "others can read",
            "maxmemory-policy",
            "does not open with this key",
            "the disk of the store took",
        ):
            assert said in done.stdout
    finally:
        (keys / "archive.key").write_bytes(right)
        keys.chmod(0o700)
        with site.raw() as store:
            store.config_set("maxmemory-policy", "noeviction")
            store.config_set("latency-monitor-threshold", embedded.SLOW_MS)
            store.delete("doctor")
