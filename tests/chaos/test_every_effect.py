"""A worker dies right before or right after each of its effects, in turn: whatever was half done is finished by the next."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from leadstream.inline import prepare_log
from leadstream.sample.leads import samples
from streams.topics import RAW
from tests.chaos.dying import EFFECTS, SIDES
from tests.chaos.load import events_of, just_now, messages_of, undisturbed
from tests.chaos.observer import faults, look
from tests.chaos.site import TENANT, Site, until
from tests.chaos.test_kill_worker import assert_alike

#: Right after an effect is right before the next, but for what lies between them.
BETWEEN = [("mark", "before"), *((effect, "after") for effect in EFFECTS)]
BOTH = [(effect, side) for effect in EFFECTS for side in SIDES]


@pytest.mark.parametrize(
    ("deaths", "lives"), [(BETWEEN, 0), pytest.param(BOTH, 3, marks=pytest.mark.slow)], ids=["short", "long"]
)
async def test_nobody_can_tell_afterwards(deaths: list[tuple[str, str]], lives: int, tmp_path: Path) -> None:
    envelopes = just_now(samples(Random(5).randrange(1 << 30), TENANT))
    share = -(-len(envelopes) // (len(deaths) + 1))
    with Site(tmp_path / "disturbed") as site, Site(tmp_path / "calm") as calm:
        async with site.runtime() as runtime:
            await prepare_log(runtime)
            for number, (effect, side) in enumerate(deaths):
                await runtime.publisher.publish(RAW, messages_of(envelopes[number * share : (number + 1) * share]))
                site.env["DYING"] = f"{effect} {side} {lives}"
                worker = site.worker(module="tests.chaos.dying")
                await until(lambda: not worker.alive(), 60, worker.said)  # noqa: B023
                assert worker.process.returncode == 137, f"{effect} {side}: {worker.said()}"
                # A message that is alone in hand at two deaths is set aside; here each death is another's fault.
                await through(site)
            await runtime.publisher.publish(RAW, messages_of(envelopes[len(deaths) * share :]))
        await through(site)
        await undisturbed(calm, envelopes)
        seen = await look(site)
        assert faults(seen, events_of(envelopes)) == []
        assert seen.dispositions().keys() == set(events_of(envelopes))
        assert_alike(seen, await look(calm))


async def through(site: Site) -> None:
    """The next worker of the slot finishes what the dead one had in hand, and all the rest."""
    worker = site.worker()
    await site.settle()
    assert worker.stop() == 0, worker.said()
