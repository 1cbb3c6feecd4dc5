"""Reviews, profiles and learning through the commands' own functions, on a real embedded store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads.errors import BadInput, Misconfigured
from leads.records import Outcome
from leadstream.configuration import config
from leadstream.configuration.settings import Settings
from leadstream.customer import profiled
from leadstream.gauges import measure
from leadstream.importing import import_file
from leadstream.learning import learn_from, pairs_of, snippet
from leadstream.reviewing import Desk, corrected, deciding, listed, shown, splitting
from leadstream.runtime import Runtime
from leadstream.service import store_home
from matchers.learn import Pair, learn
from matchers.weights import DEFAULT
from stores.embedded import stop
from stores.journal import ValkeyJournal, effects
from stores.recall import latest
from streams.metrics import Metrics, exposition, new_registry

LEADS = """name,company,phone,city
王建国,宏远机械有限公司,13751234567,上海
王建国,宏远机械,13751234567,上海
李秀英,,13911112222,北京
"""
#: Whatever is compared is left to a person.
DOUBTFUL = "tenants: {main: {matching: {same: 60, unsure: -60}, members: {ann: {}}, teams: {t: {members: [ann]}}, rules: [{id: all, team: t}]}}"


@pytest.fixture
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        yield config.parse(f"data: {home}\n{DOUBTFUL}", {}, Path(home))
        stop(store_home(Path(home)))


async def imported(settings: Settings) -> list[Outcome]:
    file = Path(settings.data) / "leads.csv"
    file.write_text(LEADS, encoding="utf-8")
    await import_file(settings, "main", file, None, "fair", False)
    runtime = Runtime(settings)
    try:
        return await latest(runtime.index, "main", 10)
    finally:
        await runtime.close()


async def moves(settings: Settings) -> list[str]:
    runtime = Runtime(settings)
    try:
        entries = await ValkeyJournal(runtime.client).read("main", 0, 100)
        return [e.move.what for e in await effects(runtime.index, "main", entries) if e.move]
    finally:
        await runtime.close()


async def test_a_doubtful_lead_from_the_queue_to_the_decision(settings: Settings) -> None:
    first, second, _ = await imported(settings)
    assert [o.code for o in (first, second)] == ["assigned", "review"]
    lines = await listed(settings, "main", 10)
    assert lines[0].startswith(second.event)
    assert lines[-1] == "1 wait"
    text = "\n".join(lines) + await shown(settings, "main", second.event, "zh")
    assert "137****4567" in text
    assert "13751234567" not in text
    assert "王建国" not in text
    assert "united" in await deciding(settings, "main", second.event, "same", "zhou", "asked")
    assert "nothing changed" in await deciding(settings, "main", second.event, "same", "zhou", "asked")
    with pytest.raises(BadInput, match="the other way"):
        await deciding(settings, "main", second.event, "apart", "zhou", "asked")
    assert await listed(settings, "main", 10) == ["0 wait"]
    assert "customer of its own" in await splitting(settings, "main", second.event, "zhou", "his brother")
    with pytest.raises(BadInput, match="already"):
        await splitting(settings, "main", second.event, "zhou", "his brother")
    assert await moves(settings) == ["same", "split", "given"]
    (line,) = await corrected(settings, "main")
    assert line.endswith(f"split       {second.event}  zhou: his brother")


@pytest.mark.parametrize("why", ["call 138 0013-8000", "wrote from a.b@c.com", "x" * 201])
async def test_a_reason_holds_nothing_personal(settings: Settings, why: str) -> None:
    _, second, _ = await imported(settings)
    for asked in (
        deciding(settings, "main", second.event, "same", "zhou", why),
        splitting(settings, "main", second.event, "zhou", why),
    ):
        with pytest.raises(BadInput, match="for ever"):
            await asked
    assert await moves(settings) == []


async def test_the_gauge_counts_what_waits(settings: Settings) -> None:
    await imported(settings)
    runtime, registry = Runtime(settings), new_registry()
    try:
        await measure(runtime, Metrics(registry))
        assert (await Desk(runtime.client, settings).waiting("main", 10))[0]["lead"]["phone"] == "137****4567"
    finally:
        await runtime.close()
    assert b'leadstream_review_waiting_leads{tenant="main"} 1.0' in exposition(registry)


async def test_a_profile_is_masked_and_a_look_at_it_in_full_is_on_record(settings: Settings) -> None:
    first, second, _ = await imported(settings)
    await deciding(settings, "main", second.event, "same", "zhou", "asked")
    masked = await profiled(settings, "main", first.event, "en", None)
    assert "2 leads, ann" in masked
    assert "137****4567" in masked
    assert await moves(settings) == ["same"]
    whole = await profiled(settings, "main", first.event, "zh", "zhou")
    assert "13751234567" in whole
    assert "2x" in whole
    assert await moves(settings) == ["same", "revealed"]
    with pytest.raises(BadInput, match="--actor"):
        await profiled(settings, "main", first.event, "en", "")


@pytest.mark.parametrize("event", ["x", "ab" * 16])
async def test_an_event_nobody_knows(settings: Settings, event: str) -> None:
    for asked in (shown(settings, "main", event, "en"), deciding(settings, "main", event, "same", "z", "y")):
        with pytest.raises(BadInput):
            await asked


async def test_decisions_label_the_pairs_that_are_learnt_from(settings: Settings) -> None:
    _, second, _ = await imported(settings)
    await deciding(settings, "main", second.event, "apart", "zhou", "asked")
    runtime = Runtime(settings)
    try:
        (pair,) = pairs_of(await latest(runtime.index, "main", 10), {second.seq: False})
    finally:
        await runtime.close()
    assert pair.same is False
    assert ("phone", "mobile") in pair.levels


def test_learning_reports_and_changes_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = Path(settings.data) / "leads.csv", Path(settings.data) / "weights.yaml"
    file.write_text(LEADS, encoding="utf-8")
    learn_from(settings, "main", file, None, out, 100)
    assert "1 pairs compared" in capsys.readouterr().out
    assert not out.exists()
    with pytest.raises(BadInput, match="compared"):
        learn_from(settings, "main", None, None, out, 100)


def test_what_is_written_loads_as_configuration() -> None:
    twins = Pair((("handle", "exact"), ("name", "exact"), ("phone", "mobile")), 8.0)
    others = Pair((("handle", "exact"), ("name", "conflict"), ("phone", "differs")), -8.0)
    lesson = learn([twins, others] * 400, DEFAULT)
    body = "\n".join(f"    {line}" for line in snippet(lesson, DEFAULT).splitlines())
    loaded = config.parse(f"tenants:\n  main:\n{body}", {}).tenants["main"].matching.weights()
    assert lesson.levels
    for name, figures in lesson.levels.items():
        row = loaded.rows[tuple(name.split("."))]  # type: ignore[index]
        assert {figure: getattr(row, figure) for figure in figures} == figures


@pytest.mark.parametrize(
    ("matching", "same", "unsure"),
    [("{cost: {wrong_merge: 10, missed_merge: 10, review: 1}, temperature: 1}", 3.17, -3.17), ("{}", 1.0, -1.0)],
)
def test_costs_say_where_a_person_looks(matching: str, same: float, unsure: float) -> None:
    weights = config.parse(f"tenants: {{main: {{matching: {matching}}}}}", {}).tenants["main"].matching.weights()
    assert (weights.same, weights.unsure) == pytest.approx((same, unsure), abs=0.01)


@pytest.mark.parametrize(
    "matching", ["{cost: {review: 0}}", "{cost: {}, same: 2}", "{temperature: 0}", "{cost: {lunch: 1}}"]
)
def test_costs_that_cannot_be(matching: str) -> None:
    with pytest.raises(Misconfigured):
        config.parse(f"tenants: {{main: {{matching: {matching}}}}}", {})


def test_a_profile_takes_the_tenants_rules() -> None:
    section = (
        config.parse("tenants: {main: {profile: {rules: {city: trusted}, trust: [fair]}}}", {}).tenants["main"].profile
    )
    assert (section.rules, section.trust) == ({"city": "trusted"}, ("fair",))
    with pytest.raises(Misconfigured):
        config.parse("tenants: {main: {profile: {rules: {city: loudest}}}}", {})
