"""Secrets of an installation: made once, the same for every process, required where machines share a store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leads.errors import Misconfigured
from leadstream.keys import key


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = key("main", "", {}, tmp_path, shared=False)

    assert key("main", "", {}, tmp_path, shared=False) == first
    assert len(first) == 32
    assert (tmp_path / "keys" / "main.key").stat().st_mode & 0o077 == 0


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: key("main", "", {}, tmp_path, shared=False), range(40)))

    assert len(made) == 1


def test_the_environment_wins(tmp_path: Path) -> None:
    assert key("main", "K", {"K": "0123456789abcdef"}, tmp_path, shared=True) == b"0123456789abcdef"


@pytest.mark.parametrize("env", [{}, {"K": "short"}])
def test_a_variable_that_is_not_set_or_short_is_named(tmp_path: Path, env: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="K"):
        key("main", "K", env, tmp_path, shared=False)


def test_machines_that_share_a_store_need_a_variable(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="environment variable"):
        key("main", "", {}, tmp_path, shared=True)
