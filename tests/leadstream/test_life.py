"""The life of an index from the command line's side: retention, re-key, demoted keys, on an embedded store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads.errors import BadInput, Misconfigured
from leads.records import Envelope, Facts, Outcome, Row
from leadstream.configuration import config
from leadstream.configuration.policy import DAY_MS
from leadstream.configuration.settings import Settings
from leadstream.demoting import blocking, listing, restoring
from leadstream.life import expire_now, rekey, retention
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from matchers import schemes
from matchers.keys import KEY_VERSION, Plan, plan
from stores.embedded import stop
from stores.layout import Keys
from stores.rekey import in_force
from streams.intake import Taken
from streams.metrics import Metrics, exposition, new_registry
from streams.pipeline import Work
from streams.ports import Message
from streams.shell import Shell
from tests.scenarios.test_kept_apart import people
from tests.scenarios.town import Nowhere

TENANT = "main"
NOW = 1_700_000_000_000


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    file = tmp_path / "leadstream.yaml"
    file.write_text(f"data: {tmp_path / 'data'}\ntenants: {{{TENANT}: {{country: CN, keep_days: 30}}}}\n")
    yield config.load(file, {})
    stop(store_home(tmp_path / "data"))


def former(facts: Facts) -> Plan:
    """Keys of an earlier time: only by phone, and by another spelling of it."""
    return tuple((kind, f"0{value}") for kind, value in plan(facts) if kind == "P")


async def hear(
    runtime: Runtime, first: int, *leads: dict[str, str], at_ms: int = NOW, shell: Shell | None = None
) -> list[Outcome]:
    """Leads through the shell that a worker of this runtime would have; event ids count up from ``first``."""
    shell = shell or runtime.shell(Metrics(new_registry()), "test", Nowhere())
    works = []
    for number, fields in enumerate(leads, start=first):
        event = number.to_bytes(16, "big")
        envelope = Envelope(TENANT, "web", "form", at_ms, ())
        works.append(Work(event, Row(event.hex(), fields), envelope, Message(topic="", key=b"", value=b"")))
    return await shell.judge_now(Taken({TENANT: works}))


def mobile(number: int) -> str:
    return f"139{12_345_678 + 137 * number}"


def person(number: int) -> dict[str, str]:
    return {"name": f"{'王李张刘陈'[number % 5]}{'伟芳娜敏静'[number // 5 % 5]}", "phone": mobile(number)}


async def test_duplicates_are_found_before_during_and_after_a_change_of_keys(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(settings)
    try:
        monkeypatch.setattr(schemes, "SCHEMES", {0: former, KEY_VERSION: plan})
        await runtime.client.hset(Keys.of(TENANT).counters, "keys", "U0")
        await hear(runtime, 1, *map(person, range(120)))
        during = await hear(runtime, 1_000, person(7))
        assert await in_force(runtime.client, TENANT) == ((0, "U"),)
        told: list[str] = []
        await rekey(settings, TENANT, told.append)
        assert await in_force(runtime.client, TENANT) == ((KEY_VERSION, "L"),)
        after = await hear(runtime, 2_000, person(7), {"name": person(8)["name"], "phone": f"+86 {mobile(8)}"})
        assert [(o.verdict, o.entity) for o in (*during, *after)] == [("same", 8), ("same", 8), ("same", 9)]
        await rekey(settings, TENANT, told.append)
        assert told[0].startswith("121 leads")
        assert told[1].endswith("nothing to do")
    finally:
        await runtime.close()


async def test_leads_come_while_the_keys_are_built(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime(settings)
    try:
        monkeypatch.setattr(schemes, "SCHEMES", {0: former, KEY_VERSION: plan})
        await runtime.client.hset(Keys.of(TENANT).counters, "keys", "U0")
        await hear(runtime, 1, *map(person, range(400)))
        building = asyncio.create_task(rekey(settings, TENANT, lambda text: None))
        heard = 0
        while not building.done():
            outcomes = await hear(runtime, 1_000 + heard, person(heard % 400), {"phone": mobile(10_000 + heard)})
            assert [o.verdict for o in sorted(outcomes, key=lambda o: o.event)] == ["same", "new"]
            heard += 2
        await building
        assert heard > 4
        again = await hear(runtime, 100_000, *[{"phone": mobile(10_000 + n)} for n in range(0, heard, 2)])
        assert {o.verdict for o in again} == {"same"}
    finally:
        await runtime.close()


async def test_an_index_of_an_unknown_version_is_left_alone(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        await runtime.client.hset(Keys.of(TENANT).counters, "keys", "U99")
        with pytest.raises(Misconfigured):
            runtime.tenants()
    finally:
        await runtime.close()


async def test_silent_customers_without_owner_are_forgotten_at_the_date(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        await hear(runtime, 1, person(1), person(2), at_ms=NOW)
        await hear(runtime, 3, person(2), {"message": "?"}, at_ms=NOW + 10 * DAY_MS)
        would = await expire_now(settings, TENANT, "2023-11-20", True)
        assert would.startswith("1 leads would be forgotten")
        assert (await expire_now(settings, TENANT, "2023-11-20", False)).startswith("1 leads were forgotten")
        (again,) = await hear(runtime, 9, person(1))
        assert again.verdict == "new"
    finally:
        await runtime.close()
    with pytest.raises(BadInput):
        await expire_now(settings, TENANT, "yesterday", False)


async def test_the_worker_forgets_what_is_older_than_the_tenant_keeps_once_a_day(settings: Settings) -> None:
    runtime = Runtime(settings)
    registry = new_registry()
    metrics = Metrics(registry)
    try:
        await hear(runtime, 1, person(1), at_ms=NOW)
        await hear(runtime, 2, person(2), at_ms=clock())
        duties = [asyncio.create_task(retention(runtime, metrics)) for _ in range(2)]
        while b"leadstream_expired_leads_total 1.0" not in exposition(registry):
            await asyncio.wait(duties, timeout=0.02)
            assert not any(duty.done() for duty in duties)
        for duty in duties:
            duty.cancel()
        await asyncio.gather(*duties, return_exceptions=True)
        assert await runtime.client.hlen(Keys.of(TENANT).records) == 1
    finally:
        await runtime.close()


async def test_a_demoted_number_is_listed_masked_restored_and_blocked(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        desk = [{"name": name, "phone": "021-60001000"} for name in people(40)]
        for start, name in enumerate(desk):
            await hear(runtime, 1 + start, name)
        lines = await listing(settings, TENANT)
        assert all(line.startswith("P:") and "phone number: " in line and "****00" in line for line in lines)
        assert "0001000" not in "".join(line.partition("  ")[2] for line in lines)
        key = lines[0].split()[0]
        await restoring(settings, TENANT, key, 100)
        assert f"{key}  restored, up to 100 since " in "".join(await listing(settings, TENANT))
        blocked = (await blocking(settings, TENANT, "phone=021 6000 1000")).split()[0]
        assert f"{blocked}  blocked since " in "".join(await listing(settings, TENANT))
        with pytest.raises(BadInput):
            await blocking(settings, TENANT, "what")
    finally:
        await runtime.close()
