"""Disputes and departures through the commands, on a real embedded store, from a file to the decision."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leads.errors import BadInput
from leads.ownership import Act, Terms
from leads.records import Outcome
from leadstream.casebook import disputes, percent
from leadstream.cli import app
from leadstream.configuration import config
from leadstream.importing import import_file
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from leadstream.worker import Shelf
from stores.archive import Archive
from stores.embedded import stop
from stores.journal import ValkeyJournal
from stores.ownership import act
from stores.recall import latest
from streams.archivist import ShelfPublisher
from streams.relay import relay_once

LEADS = """name,phone,owner
王建国,13751234567,amy
王建国,13751234567,bo
李秀英,13911112222,amy
"""
HOUSE = """
tenants:
  main:
    members: {amy: {}, bo: {}, zhou: {}}
    teams: {sales: {members: [amy, bo], leader: zhou}}
    rules: [{id: all, team: sales}]
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory:
        path = Path(directory)
        (path / "house.yaml").write_text(f"data: {directory}\n{HOUSE}", encoding="utf-8")
        yield path
        stop(store_home(path))


def shelves(runtime: Runtime) -> Callable[[str], Shelf]:
    """Where a worker puts what it relays."""
    return cache(lambda topic: Shelf(Archive(runtime.data / "archive" / topic, runtime.archive_key())))


async def imported(home: Path, *, customers: bool = False) -> list[Outcome]:
    """A file in which two people say that one customer is theirs, taken in, and the journal relayed as a worker does. ``customers``:
    it is the company's own list of whose is whom."""
    settings = config.load(str(home / "house.yaml"), {})
    (home / "leads.csv").write_text(LEADS, encoding="utf-8")
    await import_file(settings, "main", home / "leads.csv", None, "fair", False, customers=customers)
    runtime = Runtime(settings)
    try:
        outcomes = await latest(runtime.index, "main", 10)
        witnesses = [disputes(runtime).witness]
        await relay_once(ValkeyJournal(runtime.client), ShelfPublisher(shelves(runtime)), "main", witnesses=witnesses)
        return outcomes
    finally:
        await runtime.close()


def run(home: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--config", str(home / "house.yaml")])
    if done.exception:
        raise done.exception
    return done.output


def test_a_file_in_which_two_claim_one_customer_opens_a_case_that_a_leader_decides(home: Path) -> None:
    _, contested, _ = asyncio.run(imported(home))
    assert (contested.code, contested.owner, contested.claimant) == ("contested", "amy", "bo")
    assert "case 1  open" in (listed := run(home, "case", "list"))
    assert "between amy, bo" in listed
    text = run(home, "case", "show", "1")
    assert "amy        report" in text, "from the archive: the store has let go of it"
    assert "王建国" not in text
    assert "1375123" not in text
    assert "137****4567" in text
    assert "goes to amy, amy 100 %" in text
    assert text.endswith("may decide: zhou\n")
    said = run(home, "case", "state", "1", "asked the customer", "--actor", "zhou", "--names", "bo")
    assert said.startswith("case 1")
    assert "customer named bo" in run(home, "case", "show", "1")
    with pytest.raises(BadInput, match="party"):
        run(home, "case", "decide", "1", "--actor", "bo", "--reason", "mine")
    with pytest.raises(BadInput, match="exactly 100 %"):
        run(home, "case", "decide", "1", "--actor", "zhou", "--reason", "x", "--share", "amy=50", "--share", "bo=49")
    shares = ("--share", "amy=33.34", "--share", "bo=66.66")
    decided = run(home, "case", "decide", "1", "--actor", "zhou", "--reason", "as the customer says", *shares)
    assert "goes to bo, amy 33.34 %, bo 66.66 %, by zhou" in decided
    assert run(home, "case", "list") == "cases: 0\n"
    assert "appeal until" in run(home, "case", "list", "--all")
    assert "appealed" in run(home, "case", "appeal", "1", "--actor", "amy", "--reason", "I reported him")
    assert "已申诉" in run(home, "case", "show", "1", "--lang", "zh")


def test_of_two_owners_in_the_companys_own_list_the_earlier_row_has_reported_him(home: Path) -> None:
    first, second, _ = asyncio.run(imported(home, customers=True))
    assert [(one.code, one.reason, one.owner) for one in (first, second)] == [
        ("assigned", "customer", "amy"),
        ("contested", "owned_by_other", "amy"),
    ]
    text = run(home, "case", "show", "1")
    assert "amy        report  (assigned/customer)" in text
    assert "bo         contested  (contested/owned_by_other)" in text
    assert "first_report: amy was the first to have reported the customer" in text
    assert "-> goes to amy, amy 100 %" in text


def test_where_every_leader_is_a_party_an_admin_decides(home: Path) -> None:
    house = home / "house.yaml"
    house.write_text(house.read_text(encoding="utf-8").replace("leader: zhou", "leader: amy"), encoding="utf-8")
    asyncio.run(imported(home))
    assert "no leader who is no party" in run(home, "case", "show", "1")
    why = ("--actor", "zhou", "--reason", "by the written rule")
    with pytest.raises(BadInput, match="only a leader"):
        run(home, "case", "decide", "1", *why)
    assert "by zhou: by the written rule" in run(home, "case", "decide", "1", *why, "--admin")


def test_a_case_by_hand_and_shares_agreed_beforehand(home: Path) -> None:
    _, _, other = asyncio.run(imported(home))
    shares = ("--share", "amy=60", "--share", "bo=40")
    assert "waits for consent (bo)" in run(home, "share", other.event, "--actor", "amy", *shares)
    assert "in force: amy 60 %, bo 40 %" in run(home, "share", other.event, "--actor", "bo", *shares)
    filed = run(home, "case", "open", other.event, "--actor", "bo", "--reason", "met her at the fair")
    assert "case 2" in filed
    assert "amy 60 %, bo 40 %" in run(home, "case", "show", "2")
    with pytest.raises(BadInput, match="no phone number"):
        run(home, "case", "open", other.event, "--actor", "bo", "--reason", "she has 13911112222")
    with pytest.raises(BadInput, match="no case of this number"):
        run(home, "case", "show", "9")
    with pytest.raises(BadInput, match="member=50"):
        percent(["half"])


def test_a_departure_is_previewed_done_and_done_again(home: Path) -> None:
    asyncio.run(imported(home))
    why = ("--actor", "zhou", "--reason", "resigned")
    preview = run(home, "depart", "amy", *why, "--preview")
    assert "2  to bo" in preview
    assert "nothing has changed" in preview
    assert "2  转给 bo" in run(home, "depart", "amy", *why, "--lang", "zh")
    assert run(home, "depart", "amy", *why) == "nothing to pass on\n"
    with pytest.raises(BadInput, match="there is no member"):
        run(home, "depart", "nobody", *why)
    with pytest.raises(BadInput, match="has left"):
        run(home, "transfer-all", "bo", "amy", *why)
    with pytest.raises(BadInput, match="service team"):
        run(home, "handover", *why)
    with pytest.raises(BadInput, match="--months"):
        run(home, "rotate", *why)
    assert run(home, "rotate", *why, "--months", "12") == "nothing to pass on\n"


async def touched(home: Path, event: str, member: str, at_ms: int, **how: object) -> None:
    """A follow-up on record, relayed."""
    runtime = Runtime(config.load(str(home / "house.yaml"), {}))
    try:
        one = Act(secrets.token_hex(16), "follow_up", event, member, at_ms, terms=Terms(), **how)  # type: ignore[arg-type]
        assert (await act(runtime.client, "main", one)).status == "done"
        await relay_once(ValkeyJournal(runtime.client), ShelfPublisher(shelves(runtime)), "main")
    finally:
        await runtime.close()


def test_who_did_what_for_a_customer_and_whose_own_he_has_become(home: Path) -> None:
    first, _, other = asyncio.run(imported(home))
    year = 365 * 86_400_000
    later = clock() + 2 * year
    asyncio.run(touched(home, first.event, "amy", clock(), kind="call", seconds=60))
    asyncio.run(touched(home, first.event, "amy", later, kind="visit"))
    asyncio.run(touched(home, first.event, "bo", later, kind="note"))
    asyncio.run(touched(home, other.event, "amy", later, kind="mail"))
    asyncio.run(touched(home, other.event, "bo", later, kind="mail"))
    amy, bo, leans = run(home, "work", first.event).splitlines()
    assert amy == "amy: calls 1 (60 s), mails 0, visits 1"
    assert bo == "bo: calls 0 (0 s), mails 0, visits 0; 1 counts for nothing"
    assert leans.startswith("leans on amy: ")
    ranked = run(home, "dependence").splitlines()
    assert [line[:32] for line in ranked] == [first.event, other.event]
    assert "依赖 amy" in run(home, "dependence", "--most", "1", "--lang", "zh")
