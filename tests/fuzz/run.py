"""``python -m tests.fuzz [--inputs 1000000] [target ...]``: inputs without end for everything that reads what others wrote.

Input ``n`` of a target is the same in every run. Found is: an error that is not of the target's contract, more than a second of CPU
for one input, memory that grows once what is read has filled its memos.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import time
import traceback
from math import ceil
from pathlib import Path

import msgspec

from tests.fuzz.corpus import Maker
from tests.fuzz.targets import TARGETS, Target

#: CPU seconds that one input may take.
HANG_S = 1.0
#: What is read fills memos (of bounded size) first: growth counts from this share of the inputs on.
WARM = 0.5
#: Megabytes that the allocator may take besides.
SLACK_MB = 24.0


class Found(msgspec.Struct):
    """What a target did with its inputs. Memory of the process, MB: when its memos were full, and at the end."""

    target: str
    inputs: int = 0
    worst_ms: float = 0.0
    worst: int = 0  # the number of the input that took so long
    warm_mb: float = 0.0
    end_mb: float = 0.0
    faults: dict[str, int] = {}  # what went wrong -> the first input that did

    @property
    def wrong(self) -> list[str]:
        """Every reason why this is not as it should be."""
        found = [f"input {n}: {what}" for what, n in self.faults.items()]
        if self.worst_ms > HANG_S * 1_000:
            found.append(f"input {self.worst} took {self.worst_ms:.0f} ms")
        if self.end_mb - self.warm_mb > SLACK_MB:
            found.append(
                f"memory grew by {self.end_mb - self.warm_mb:.0f} MB over the last {1 - WARM:.0%} of the inputs"
            )
        return found


def fuzz(name: str, inputs: int) -> Found:
    """Feed a target so many inputs."""
    target, found = TARGETS[name], Found(name)
    for n in range(inputs):
        if n == int(inputs * WARM):
            found.warm_mb = memory_mb()
        _one(target, name, n, found)
    found.inputs, found.end_mb = inputs, memory_mb()
    return found


def _one(target: Target, name: str, n: int, found: Found) -> None:
    maker = Maker(f"{name}/{n}")
    began = time.thread_time()
    try:
        target.feed(maker)
    except target.may:
        pass
    except Exception as error:  # the finding
        last = traceback.extract_tb(error.__traceback__)[-1]
        found.faults.setdefault(f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}", n)
    took = (time.thread_time() - began) * 1_000
    if took > found.worst_ms:
        found.worst_ms, found.worst = took, n


def memory_mb() -> float:
    """What this process holds now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6


def table(found: list[Found]) -> str:
    """As the page shows it."""
    head = ("target", "inputs", "worst ms", "MB warm", "MB at the end")
    lines = [f"| {' | '.join(head)} |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| {one.target} | {one.inputs:,} | {one.worst_ms:.0f} | {one.warm_mb:.0f} | {one.end_mb:.0f} |"
        for one in found
    ]
    return "\n".join([*lines, f"| in all | {sum(one.inputs for one in found):,} | | | |"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}; without any, all")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all")
    asked = parser.parse_args()
    names = asked.targets or list(TARGETS)
    logging.disable()  # what parsers of others log of broken bodies
    found = []
    for name in names:
        found.append(fuzz(name, ceil(asked.inputs * TARGETS[name].share / sum(TARGETS[one].share for one in names))))
        print(found[-1], flush=True)
    print(table(found))
    wrong = [f"{one.target}: {what}" for one in found for what in one.wrong]
    print("\n".join(wrong) or "nothing found")
    sys.exit(bool(wrong))
