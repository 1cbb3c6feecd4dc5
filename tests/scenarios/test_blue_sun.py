"""蓝太阳 (Blue Sun): advertising makes the phones ring, both stand on the desks of two old hands, who take every good lead; the best
new hire earns a fraction and leaves. Told once as it was, and once with the phones in everybody's turn; read by the commands
a leader would use, from what a real service has kept.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from leads.records import Envelope, Row
from leadstream.fairness import as_text as fairness_text
from leadstream.fairness import books
from leadstream.hotline import as_text as hotline_text
from leadstream.hotline import spread
from leadstream.inline import prepare_log
from routing.fairness import Book
from routing.hotline import Spread
from streams.ports import Message
from streams.topics import RAW
from tests.chaos.site import TENANT, Site
from tests.parts.kafka import free_port

MONDAY = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
OLD_HANDS, NEW_HIRES = ("gao", "he"), ("jin", "kang", "lan", "mu")
PHONES = "4008001234"
#: Small change and orders worth having, as a hotline hears them.
VALUES = (3_000, 5_000, 8_000, 20_000, 60_000, 150_000)


def house(phones_in_turn: bool) -> dict[str, object]:
    """The company's policy: who answers the hotline is the question."""
    members: dict[str, dict[str, str]] = {name: {} for name in (*OLD_HANDS, *NEW_HIRES)}
    phones = {"team": "sales"} if phones_in_turn else {"members": list(OLD_HANDS)}
    return {
        "country": "CN",
        "members": members,
        "teams": {"sales": {"members": list(members)}},
        "rules": [{"id": "phones", "when": {"line": {"in": PHONES}}, **phones}, {"id": "rest", "team": "sales"}],
    }


def a_week(week: int, dice: random.Random) -> Iterator[Envelope]:
    """Five days: four strangers a day ring the hotline, three fill in the form."""
    for day in range(5):
        for n in range(7):
            at = MONDAY + timedelta(weeks=week, days=day, minutes=40 * n)
            event = f"{dice.getrandbits(128):032x}"
            fields = {"phone": f"13{dice.randrange(10**9):09d}"}
            calls = n < 4
            if calls:
                fields |= {"line": PHONES, "value": str(dice.choice(VALUES))}
            row = Row(event, fields, call=event if calls else "", status="ended" if calls else "")
            at_ms = round(at.timestamp() * 1_000)
            yield Envelope(TENANT, "calls" if calls else "web", "call" if calls else "form", at_ms, (row,))


class Company(NamedTuple):
    in_turn: bool
    site: Site
    page: str


@pytest.fixture(scope="module", params=[False, True], ids=["on two desks", "in everybody's turn"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    site = Site(tmp_path_factory.mktemp("blue-sun"))
    settings = yaml.safe_load(site.config.read_text(encoding="utf-8"))
    settings["tenants"][TENANT] = house(request.param) | {"key_env": "SITE_MATCH_KEY"}
    site.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with site:
        page = free_port()
        asyncio.run(two_weeks(site, page))
        yield Company(request.param, site, f"http://127.0.0.1:{page}/metrics")


async def two_weeks(site: Site, page: int) -> None:
    dice = random.Random(400)
    envelopes = [envelope for week in range(2) for envelope in a_week(week, dice)]
    async with site.runtime() as runtime:
        await prepare_log(runtime)
        await runtime.publisher.publish(RAW, [Message(RAW, b"", msgspec.json.encode(one)) for one in envelopes])
        site.command("worker", "--config", str(site.config), "--metrics-port", str(page))
        await site.settle()


def heard(site: Site) -> list[Spread]:
    return asyncio.run(spread(site.settings(), TENANT, "", "", "week", "", "owner"))


def kept(site: Site) -> list[Book]:
    return asyncio.run(books(site.settings(), TENANT, "", "", "week", ""))


def test_the_monitor_says_in_the_first_week_who_holds_the_phones_and_is_quiet_when_nobody_does(
    company: Company,
) -> None:
    in_turn, site, _ = company
    first, second = heard(site)
    assert (first.period, second.period, first.line) == ("2026-W45", "2026-W46", PHONES)
    assert sum(first.calls.values()) == sum(second.calls.values()) == 20
    assert first.alarming is second.alarming is not in_turn
    assert first.by_calls is not None
    if not in_turn:
        assert first.by_calls.members == OLD_HANDS
        assert first.by_calls.share == 1.0
        assert first.by_calls.even == pytest.approx(2 / 6)
        assert "ALARM  gao and he hold 100% of the calls; an even spread gives 33%" in "\n".join(hotline_text([first]))


def test_the_best_new_hire_earns_a_fraction_of_what_the_phones_are_worth(company: Company) -> None:
    in_turn, site, _ = company
    earned = {name: sum(week.values[name] for week in heard(site)) for name in (*OLD_HANDS, *NEW_HIRES)}
    best_new, worst_old = max(earned[name] for name in NEW_HIRES), min(earned[name] for name in OLD_HANDS)
    assert (best_new > worst_old / 2) if in_turn else (best_new == 0)


def test_the_turns_of_the_rest_are_fair_so_turns_alone_would_not_have_told(company: Company) -> None:
    in_turn, site, _ = company
    found = kept(site)
    assert {book.team for book in found} == ({"team:sales"} if in_turn else {"team:sales", "rule:phones"})
    for book in found:
        assert book.turns == sum(line.given for line in book.lines)
        assert book.gini < 0.11, fairness_text([book])  # 15 turns over six people cannot be more even than .1
        assert all(abs(line.given - line.entitled) <= 1 for line in book.lines)


def test_a_leader_is_told_by_the_command_and_its_exit_status(company: Company) -> None:
    in_turn, site, _ = company
    done = site.run("hotline", "--until", "2026-11-08")
    assert done.returncode == (0 if in_turn else 1), done.stderr
    assert ("ALARM" in done.stdout) is not in_turn
    assert "2026-W46" not in done.stdout
    books_of_one = site.run("fairness", "--by", "month", "--json")
    assert next(book["period"] for book in msgspec.json.decode(books_of_one.stdout)) == "2026-11"


def test_the_board_shows_this_weeks_books_as_the_command_works_them_out(company: Company) -> None:
    _, site, page = company
    deadline = time.monotonic() + 30
    while not (shown := gauges(page)).get("leadstream_hotline_calls") and time.monotonic() < deadline:
        time.sleep(0.2)
    latest = heard(site)[-1].by_calls
    assert latest is not None
    assert shown["leadstream_hotline_calls"] == {("calls", TENANT): 20}
    assert shown["leadstream_hotline_share_ratio"] == {("calls", TENANT): pytest.approx(latest.share)}
    assert shown["leadstream_hotline_chance_ratio"] == {("calls", TENANT): pytest.approx(latest.chance)}
    this_week = [book for book in kept(site) if book.period == "2026-W46"]
    for name, figure in (("fairness_gini_ratio", "gini"), ("fairness_deviation_ratio", "deviation")):
        expected = {(book.team, TENANT): pytest.approx(getattr(book, figure), abs=1e-9) for book in this_week}
        assert shown[f"leadstream_{name}"] == expected
    given = {(line.member, book.team, TENANT): float(line.given) for book in this_week for line in book.lines}
    assert shown["leadstream_turns_given_leads"] == given


def gauges(page: str) -> dict[str, dict[tuple[str, ...], float]]:
    """What a scrape of the page finds: name -> label values, in order of label names -> value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(httpx.get(page).text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found
