"""Every pattern of the program against text that makes a backtracking one slow."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

import gateway
import leads
import leadstream
import matchers
import routing
import stores
import streams
from tests.fuzz.corpus import PIECES, Maker

ROOMS = (leads, matchers, routing, stores, streams, gateway, leadstream)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Name -> pattern, of every module, also those of a table."""
    found: dict[str, re.Pattern[str]] = {}
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not module.name.endswith("__main__"):
                for name, value in vars(importlib.import_module(module.name)).items():
                    for one in value if isinstance(value, tuple | list) else (value,):
                        if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                            found[f"{module.name}.{name}"] = one
    return found


def hard(pattern: re.Pattern[str], maker: Maker, most: int) -> str:
    """What the pattern itself names, or a piece, again and again, between ends that fit nothing."""
    own = re.findall(r"[\w@.\-,:;()（） ]", pattern.pattern) or ["a"]
    unit = "".join(maker.random.choices(own, k=maker.random.choice((1, 1, 2, 3))))
    unit = maker.random.choice((unit, unit, maker.random.choice(PIECES), unit + maker.random.choice(" -1.")))
    return ("\x7f" + unit * (most // len(unit) + 1))[: most - 1] + "\x7f"
