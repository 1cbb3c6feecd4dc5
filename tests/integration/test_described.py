"""The doors against their own description: whatever /openapi.json allows, and what it does not, is answered, never with a 500.

DOOR_EXAMPLES=20000 python -m pytest tests/integration/test_described.py    the same for hours
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.chaos.site import Site
from tests.chaos.visitors import SOURCE

EXAMPLES = int(os.environ.get("DOOR_EXAMPLES", "12"))
#: A request may not take longer, s: somebody waits, and others wait behind it.
HANG_S = 5.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("described"), sources=SOURCE) as site:
        site.gateway()
        deadline = time.monotonic() + 60
        while not _answers(site):
            assert time.monotonic() < deadline, site.last_words()
            time.sleep(0.1)
        yield site


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "not_allowed"])
def test_every_request_is_answered_and_none_with_a_fault_of_ours(site: Site, mode: GenerationMode) -> None:
    issued = site.run("token", "issue", "--role", "admin", "--member", "amy").stdout
    token = {"Authorization": f"Bearer {issued.split()[0]}"}
    schema = schemathesis.openapi.from_url(f"{site.url}/openapi.json")
    answers: Counter[int] = Counter()
    slowest = 0.0
    operations = [found.ok() for found in schema.get_all_operations()]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        nonlocal slowest
        began = time.monotonic()
        answer = case.call(headers=token, timeout=30)
        slowest = max(slowest, time.monotonic() - began)
        answers[answer.status_code] += 1
        assert answer.status_code not in (500, 502, 504), f"{case.method} {case.path}: {answer.text[:300]}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0].startswith("application/problem+json"), (
                f"{case.method} {case.path}"
            )

    for operation in operations:
        with suppress(Unsatisfiable):  # what takes nothing cannot be given anything wrong
            given(operation.as_strategy(generation_mode=mode))(ask)()
    assert len(operations) > 10
    assert slowest < HANG_S
    assert answers, "nothing was asked"
    print(f"{len(operations)} operations, answers {dict(answers)}, slowest {slowest:.2f} s")
    assert _answers(site)


def _answers(site: Site) -> bool:
    try:
        return httpx.get(f"{site.url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
