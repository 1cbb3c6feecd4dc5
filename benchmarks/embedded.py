"""``python -m benchmarks embedded``: the whole path through the real embedded log, every write on disk before its answer.

The log is filled, then one ``leadstream worker`` is started; 1,000 leads of another tenant warm it up. Counted from there
until a reader of the outcomes has all of them. Then one lead at a time: from before its publication until its outcome is
with that reader. Worker, store and reader share the machine; CPU a lead tells what a busy machine hides.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from benchmarks import data, load
from benchmarks.machine import quantile
from benchmarks.site import MAIN, WARM, Drained, Outcomes, Site, drain, publish
from leads.records import Row
from streams.ports import Message
from streams.topics import RAW

WARM_LEADS = 1_000
ALONE = 500
CHUNK = 50
#: Messages of an import a publish call; a form is a call of its own.
IMPORT_CALL = 20


def backlog(fields: list[dict[str, str]], size: int) -> tuple[list[Message], int]:
    """The messages, warm-up first, and how many leads they hold after it."""
    warm = [found for found, _ in zip(load.fields(99), range(WARM_LEADS), strict=False)]
    first = load.messages(load.rows(iter(warm), "warm"), WARM, size)
    rest = load.messages(load.rows(iter(fields), "main"), MAIN, size)
    return [*first, *rest], len(fields)


async def path(fields: list[dict[str, str]], size: int, *, alone: int = 0) -> tuple[Drained, list[float]]:
    """Leads a second in messages of ``size`` leads, and milliseconds of leads sent alone afterwards."""
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        site = Site(Path(home))
        try:
            await site.open()
            outcomes = Outcomes(site)
            await outcomes.open()
            messages, count = backlog(fields, size)
            await publish(site, messages, IMPORT_CALL if size > 1 else 1)
            done = await drain(site, outcomes.reach, WARM_LEADS, count)
            took = await _alone(site, outcomes, alone)
            await outcomes.close()
        finally:
            await site.close()
    return done, took


async def _alone(site: Site, outcomes: Outcomes, count: int) -> list[float]:
    leads = load.fields(5)
    rows = [Row(f"{0xA10E:016x}{number:016x}", next(leads)) for number in range(count)]
    took: list[float] = []
    for message in load.messages(iter(rows), MAIN, 1):
        target = outcomes.count + 1
        began = perf_counter()
        await site.runtime.publisher.publish(RAW, [message])
        await outcomes.reach(target)
        took.append((perf_counter() - began) * 1_000)
    return took[count // 10 :]


def deduped(folder: Path) -> dict[str, Any]:
    """What ``leadstream dedupe`` reports of a data set."""
    with tempfile.TemporaryDirectory() as home:
        report = Path(home) / "report.json"
        command = [sys.executable, "-m", "leadstream", "dedupe", str(folder / "records.csv")]
        command += ["--mapping", str(folder / "mapping.json"), "--truth", str(folder / "truth.csv")]
        subprocess.run([*command, "--report", str(report)], check=True, stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(report.read_text())
    return found


def run(*, full: bool) -> dict[str, Any]:
    """The figures. ``full`` changes nothing here."""
    label, fields = data.leads10k()
    chunks, took = asyncio.run(path(fields, CHUNK, alone=ALONE))
    singles, _ = asyncio.run(path(fields, 1))
    folder = data.folder("leads10k")
    return {
        "data": label,
        "fsync": "always",
        f"chunks of {CHUNK}": msgspec.to_builtins(chunks),
        "single leads": msgspec.to_builtins(singles),
        "alone_ms": {"p50": round(quantile(took, 0.5), 2), "p99": round(quantile(took, 0.99), 2), "leads": len(took)},
        "dedupe": deduped(folder) if folder else None,
    }
