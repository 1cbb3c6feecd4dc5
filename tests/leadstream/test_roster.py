"""People through the commands' own functions, on a real embedded store."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leads.errors import BadInput, Mistakes
from leads.policy import Policy
from leadstream.asked import Asked
from leadstream.configuration import config
from leadstream.configuration.settings import Settings
from leadstream.policies import Policies, follow
from leadstream.roster import Roster
from leadstream.roster_file import read_roster
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from leadstream.staff import change, imported, listed, shown
from leadstream.tokens import IssuedTokens, issue, revoke
from leadstream.tokens import listed as tokens_listed
from leadstream.worker import end_all
from stores import tokens
from stores.embedded import stop
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline
from tests.leadstream.test_life import hear

TEXT = """
tenants:
  main:
    members: {amy: {level: senior}, bo: {max_open: 5}}
    teams: {east: {members: [amy, bo], leader: amy}, south: {}}
    pools: {public: {members: [amy, bo], leaders: [amy]}}
    rules: [{id: all, team: east}]
"""
SHEET = """成员,姓名,级别,团队,持有上限,暂停,生效时间,说明
amy,Amy,senior,,,,,
bo,,mid,"east、south",40,,,quarter
chen,陈小满,new,east,,,2026-03-01,hired
"""


@pytest.fixture
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        yield config.parse(f"data: {home}\n{TEXT}", {}, Path(home))
        stop(store_home(Path(home)))


async def policy(settings: Settings) -> Policy:
    runtime = Runtime(settings)
    try:
        return await runtime.policies.now("main")
    finally:
        await runtime.close()


def sheet(settings: Settings, text: str, encoding: str = "utf-8") -> Path:
    file = Path(settings.data) / "people.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_a_sheet_brings_people_to_what_it_says_and_a_second_time_changes_nothing(
    settings: Settings, encoding: str
) -> None:
    file = sheet(settings, SHEET, encoding)
    assert (await imported(settings, "main", file, "lena", True, "en"))[-1] == "3 changes would be made (--dry-run)"
    assert "chen" not in (await policy(settings)).members

    lines = await imported(settings, "main", file, "lena", False, "zh")
    assert lines == ["row 2: amy 调整", "row 3: bo 调整", "row 4: chen 入职", "已更改 3 项，名册版本 3"]
    now = await policy(settings)
    assert (now.members["bo"].level, now.members["bo"].max_open) == ("mid", 40)
    assert now.members["chen"].name == "陈小满"
    assert now.teams["east"].members == ("amy", "bo", "chen")
    assert now.teams["south"].members == ("bo",)
    assert await imported(settings, "main", file, "lena", False, "en") == [
        "nothing to change: everybody is as the file says"
    ]


async def test_every_mistake_of_a_sheet_with_row_and_column_and_nothing_half_applied(settings: Settings) -> None:
    bad = (
        "member,level,teams,max_open,paused,from,absent_from,absent_until\n"
        "amy,mid,,,,,,\n"
        "bo,midd,esat,many,perhaps,,,\n"
        "bo,,,,,,,\n"
        "chen,,east,-7,,soon,2026-05-02,2026-05-01\n"
        ",,,,,,x,\n"
        "dora,,,,,,,,,too many\n"
    )
    with pytest.raises(Mistakes) as told:
        await imported(settings, "main", sheet(settings, bad), "lena", False, "en")

    assert [place for place, _ in told.value.found] == [
        "row 3, column max_open",
        "row 3, column paused",
        "row 4, column member",
        "row 5, column from",
        "row 6, column member",
        "row 6, column absent_from",
        "row 7",
    ]
    mended = bad.splitlines()
    mended = [mended[0], mended[1], "bo,midd,esat,,,,,", "chen,,east,-7,,,2026-05-02,2026-05-01"]
    with pytest.raises(Mistakes) as told:
        await imported(settings, "main", sheet(settings, "\n".join(mended)), "lena", False, "en")
    assert [place for place, _ in told.value.found] == ["row 3, column level", "row 4, column max_open"]
    mended[2:] = ["bo,,esat,,,,,", "chen,,east,,,,2026-05-02,2026-05-01"]
    with pytest.raises(Mistakes) as told:
        await imported(settings, "main", sheet(settings, "\n".join(mended)), "lena", False, "en")
    assert [place for place, _ in told.value.found] == ["row 3, column teams", "row 4, column absence"]
    assert "did you mean 'east'" in told.value.found[0][1]
    assert (await policy(settings)).version == settings.tenants["main"].policy().version


@pytest.mark.parametrize("header", ["name,level", "member,nmae", "member,member", "", "成员,成员"])
async def test_a_sheet_whose_header_cannot_be_used(settings: Settings, header: str) -> None:
    with pytest.raises(Mistakes) as told:
        await imported(settings, "main", sheet(settings, f"{header}\namy,x\n"), "lena", False, "en")

    assert all(place.startswith("row 1") for place, _ in told.value.found)


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_a_sheet_end_in_anything_but_a_message(data: bytes) -> None:
    there = config.parse(TEXT, {}).tenants["main"].policy()

    with suppress(BadInput):
        read_roster(io.BytesIO(b"member,level\n" + data), "p.csv", lambda _: there, ZoneInfo("UTC"), 0)


async def test_joining_pausing_absence_and_leaving_from_a_time(settings: Settings) -> None:
    now = clock()
    join = Asked("joined", "chen", now, "hired", {"level": "new"}, teams=("east",))
    await change(settings, "main", [join, Asked("paused", "bo", now)], "lena", "en")
    away = Asked("absent", "amy", now, absence={"from": "2099-05-01", "until": "2099-05-08", "reason": "trip"})
    await change(settings, "main", [away, Asked("left", "bo", now + 3_600_000)], "lena", "en")

    today = "\n".join(await listed(settings, "main", "", "en"))
    assert "bo           paused" in today
    assert "bo           离职" in "\n".join(await listed(settings, "main", "2099-01-01", "zh"))
    assert "amy          absent" in "\n".join(await listed(settings, "main", "2099-05-02", "en"))
    assert len(await shown(settings, "main", "bo", "en")) == 3
    with pytest.raises(BadInput, match="did you mean 'amy'"):
        await shown(settings, "main", "ammy", "en")


async def test_the_same_request_twice_is_one_change(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        roster = Roster(runtime.client, runtime.policies, settings, clock)
        join = [Asked("joined", "chen", clock())]
        first, again = [await roster.change("main", join, "lena", "an id") for _ in range(2)]
    finally:
        await runtime.close()
    assert (first.version, first.known, again.version, again.known) == (1, False, 1, True)


async def test_ten_who_change_the_roster_at_once_all_get_their_turn_or_are_told_to_try_again(
    settings: Settings,
) -> None:
    runtime = Runtime(settings)
    try:

        async def one(n: int) -> int:
            own = Policies(runtime.client, settings, clock)
            return (
                await Roster(runtime.client, own, settings, clock).change(
                    "main", [Asked("joined", f"m{n}", 1)], "x", str(n)
                )
            ).version

        done = [await task for task in asyncio.as_completed([one(n) for n in range(4)])]
    finally:
        await runtime.close()
    assert sorted(done) == [1, 2, 3, 4]


async def test_of_many_who_look_at_once_nobody_reads_a_change_twice(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        early = Policies(runtime.client, settings, clock, look_ms=0)
        away = Asked("absent", "amy", 1, absence={"from": "2099-05-01", "until": "2099-05-08"})
        await change(settings, "main", [away], "lena", "en")
        seen = await asyncio.gather(*(early.now("main") for _ in range(20)))
        assert [version.number for version in await early.look("main")] == [1]
    finally:
        await runtime.close()
    assert {len(policy.members["amy"].absences) for policy in seen} == {1}


async def test_a_worker_follows_the_roster_while_leads_flow(settings: Settings) -> None:
    runtime = Runtime(settings)
    shell = runtime.shell(Metrics(new_registry()), "test", runtime.publisher)
    adopted, adopt = asyncio.Event(), shell.adopt

    def seen(tenant: str, pipeline: Pipeline) -> None:
        adopt(tenant, pipeline)
        adopted.set()

    shell.adopt = seen  # type: ignore[method-assign]
    following = asyncio.create_task(
        follow(Policies(runtime.client, settings, clock, look_ms=0), shell, Metrics(new_registry()), every_s=0.01)
    )
    try:
        left = [Asked("left", "bo", clock()), Asked("joined", "chen", clock(), teams=("east",))]
        await change(settings, "main", left, "lena", "en")
        await asyncio.wait_for(adopted.wait(), 10)
        outcomes = await hear(runtime, 1, *({"phone": f"1391234{n:04d}"} for n in range(8)), shell=shell)
    finally:
        await end_all([following])
        await runtime.close()
    assert {outcome.owner for outcome in outcomes} == {"amy", "chen"}


async def test_a_token_is_shown_once_opens_what_its_role_opens_and_can_be_revoked(settings: Settings) -> None:
    secret, told = await issue(settings, "main", "agent", "amy", (), 1, "phone", None)
    newer, _, ends = await issue(settings, "main", "agent", "amy", ("conflicts",), 0, "", 24)
    token_id = told.split()[1].rstrip(",")
    assert ends == f"token {token_id} ends in 24 hours"
    runtime = Runtime(settings)
    try:
        find = IssuedTokens(runtime.client, clock).find
        old = await find(tokens.digest(secret))
        new = await find(tokens.digest(newer))
        assert old is not None
        assert (old.member, old.role, "customers" in old.scopes) == ("amy", "agent", True)
        assert new is not None
        assert new.scopes == {"conflicts"}
        assert "opens nothing" in await revoke(settings, "main", token_id)
        assert await find(tokens.digest(secret)) is None
    finally:
        await runtime.close()
    lines = await tokens_listed(settings, "main")
    assert not any(secret in line or newer in line for line in lines)
    assert "ended" in next(line for line in lines if line.startswith(token_id))


@pytest.mark.parametrize(
    ("role", "member", "scope", "says"),
    [
        ("agnet", "amy", "", "did you mean 'agent'"),
        ("agent", "", "", "--member"),
        ("agent", "ammy", "", "did you mean 'amy'"),
        ("agent", "amy", "conflict", "did you mean 'conflicts'"),
    ],
)
async def test_a_token_that_makes_no_sense_is_not_issued(
    settings: Settings, role: str, member: str, scope: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        await issue(settings, "main", role, member, (scope,) if scope else (), 1, "", None)
