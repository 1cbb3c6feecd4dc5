"""The pure rooms compiled (``make fast``) answer as they do in Python. Slow but for the first: the C compiler takes a minute."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.own_leads import make

ROOT = Path(__file__).parents[2]


def copied(source: Path) -> Path:
    """What the product is built of: nothing built before may serve."""
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for room in ("leads", "matchers", "routing", "stores", "streams", "gateway", "leadstream"):
        shutil.copytree(ROOT / room, source / room)
    return source


def built(home: Path, **more: str) -> Path:
    """The product, built as ``make fast`` builds it, out of a copy."""
    source = copied(home.with_suffix(".source"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    environment = {**os.environ, "LEADSTREAM_COMPILE": "1", **more}
    subprocess.run([*command, "--target", str(home), str(source)], check=True, env=environment)
    return home


def answers(code: Path, records: Path, out: Path) -> bytes:
    """Which records are one customer, and how sure each answer was, by the product in ``code``."""
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(code)}
    script = (
        "import asyncio, sys; from pathlib import Path; from leadstream.dedupe import dedupe; import msgspec\n"
        "done = asyncio.run(dedupe(Path(sys.argv[1]), None))\n"
        "Path(sys.argv[2]).write_bytes(msgspec.json.encode((done.entity_of, done.outcomes)))"
    )
    subprocess.run([sys.executable, "-c", script, str(records), str(out)], check=True, env=environment)
    return out.read_bytes()


def test_every_module_that_is_compiled_can_be(tmp_path: Path) -> None:
    """mypyc knows less than Python: one word it does not know would end ``make fast`` and nobody would see it for days."""
    source = copied(tmp_path / "source")
    command = [sys.executable, "setup.py", "--name"]
    done = subprocess.run(
        command, cwd=source, env={**os.environ, "LEADSTREAM_COMPILE": "1"}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "CPyDef_verdict___judge" in "".join(path.read_text("utf-8") for path in source.glob("build/*.[ch]"))


@pytest.mark.slow
def test_compiled_and_not_give_the_same_answers_to_the_letter(tmp_path: Path) -> None:
    make(tmp_path, 3_000, 11, [])
    fast = built(tmp_path / "fast")
    assert list(fast.glob("matchers/scorer*.so"))
    records = tmp_path / "records.csv"
    assert answers(fast, records, tmp_path / "fast.json") == answers(ROOT, records, tmp_path / "plain.json")


@pytest.mark.slow
def test_without_a_c_compiler_the_build_falls_back_to_python(tmp_path: Path) -> None:
    make(tmp_path, 100, 11, [])
    plain = built(tmp_path / "plain", CC="false")
    assert not list(plain.glob("**/*.so"))
    assert answers(plain, tmp_path / "records.csv", tmp_path / "plain.json")
