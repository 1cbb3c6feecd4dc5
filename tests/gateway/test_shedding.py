"""Too much at once: refused soon and with a hint, in front of the door and by what waits behind it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway import shedding
from gateway.settings import Limits
from gateway.shedding import Pace
from leads.errors import LogDown
from streams.catalogue import PROBLEMS
from tests.gateway.door import Door, bearer, configured, problem


class Waiting:
    """A log that says how much waits in it."""

    def __init__(self, messages: int) -> None:
        self.messages, self.asked, self.down = messages, 0, False

    async def __call__(self) -> int:
        self.asked += 1
        if self.down:
            raise LogDown("the log does not answer")
        return self.messages

    async def refuse(self, *_: Any) -> None:
        raise LogDown("the log does not answer")


async def look_again(door: Door, form: dict[str, str]) -> Any:
    """Two forms a second later: the first makes the door ask, the second goes by the answer."""
    door.clock.now_ms += 1_000
    await door.form(form)
    await asyncio.sleep(0)
    return await door.form(form)


async def test_while_too_much_waits_in_the_log_every_door_says_come_again() -> None:
    waiting = Waiting(11)
    door = Door(configured(Limits(backlog_messages=10)), backlog=waiting)

    refused = await look_again(door, {"phone": "1"})
    problem(refused, 503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0
    problem(await door.call(call_id="1", status="ringing", caller="1"), 503, "overloaded")
    problem(await door.upload(b"name,phone\nLi,1\n"), 503, "overloaded")
    assert (await door.http.get("/healthz")).status_code == 200
    assert (await door.http.get(f"/v1/receipts/{'0' * 32}", headers=bearer())).status_code == 202

    waiting.messages = 10
    assert (await look_again(door, {"phone": "1"})).status_code == 202


async def test_the_log_is_asked_at_most_once_a_second() -> None:
    waiting = Waiting(0)
    door = Door(backlog=waiting)

    for _ in range(20):
        assert (await door.form({"phone": "1"})).status_code == 202
        await asyncio.sleep(0)
        door.clock.now_ms += 100

    assert waiting.asked == 2


async def test_the_log_is_asked_again_after_the_clock_was_set_back() -> None:
    waiting = Waiting(11)
    door = Door(configured(Limits(backlog_messages=10)), backlog=waiting)
    problem(await look_again(door, {"phone": "1"}), 503, "overloaded")

    waiting.messages = 0
    door.clock.now_ms -= 2 * 3_600_000
    assert (await look_again(door, {"phone": "1"})).status_code == 202


async def test_a_log_that_does_not_tell_leaves_it_at_the_last_answer() -> None:
    waiting = Waiting(11)
    door = Door(configured(Limits(backlog_messages=10)), backlog=waiting)
    problem(await look_again(door, {"phone": "1"}), 503, "overloaded")

    waiting.down, waiting.messages = True, 0
    problem(await look_again(door, {"phone": "1"}), 503, "overloaded")
    waiting.down = False
    assert (await look_again(door, {"phone": "1"})).status_code == 202


async def test_of_a_crowd_the_first_are_served_and_the_others_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    door, released = Door(configured(Limits(requests_at_once=3))), asyncio.Event()
    publish = door.log.publish

    async def slowly(*message: Any) -> None:
        await released.wait()
        await publish(*message)

    monkeypatch.setattr(door.log, "publish", slowly)
    crowd = [asyncio.create_task(door.form({"phone": str(n)})) for n in range(10)]
    refused = [await task for task in crowd[3:]]
    assert (await door.http.get("/healthz")).status_code == 200
    released.set()

    assert [(await task).status_code for task in crowd[:3]] == [202] * 3
    for answer in refused:
        problem(answer, 503, "overloaded")
        assert int(answer.headers["retry-after"]) > 0
    assert (await door.form({"phone": "11"})).status_code == 202


def test_the_door_works_on_fewer_at_a_time_while_the_log_is_late_and_on_more_when_it_is_not() -> None:
    pace = Pace(60, least=4, aim_s=0.1)

    pace.took(0.2)
    assert pace.limit == 40
    for _ in range(60):  # who was inside then is late, too, and says nothing new
        pace.took(0.2)
    assert pace.limit == 40
    while pace.limit > 4:
        pace.took(0.2)
    assert pace.limit == 4

    for _ in range(5 + 4):  # those of the last cut, then a round in time: one more
        pace.took(0.01)
    assert 4.8 < pace.limit < 5.0
    for _ in range(3_000):
        pace.took(0.01)
    assert pace.limit == 60


async def test_the_pace_is_told_of_every_lead_also_of_one_that_was_not_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, told = Door(), list[float]()
    monkeypatch.setattr(Pace, "took", lambda _, seconds: told.append(seconds))

    await door.form({"phone": "1"})
    monkeypatch.setattr(door.log, "publish", Waiting(0).refuse)
    problem(await door.form({"phone": "2"}), 503, "unavailable")

    assert len(told) == 2


def test_the_catalogue_names_no_reason_that_no_door_gives() -> None:
    said = "".join(path.read_text() for path in Path(shedding.__file__).parent.glob("*.py"))
    assert [problem for problem in PROBLEMS if f'"{problem}"' not in said] == []
