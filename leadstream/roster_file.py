"""The roster as a sheet: a row a member, and what differs from the policy in force becomes changes. Read whole or not at all.

An empty cell leaves things as they are; ``-`` empties them. Lists are separated by commas, semicolons or 、.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from gateway.headers import is_value
from gateway.records import Record
from gateway.settings import Limits
from gateway.sheet_file import OLE, ZIP, open_sheet
from gateway.text_file import open_text
from leads.errors import BadInput, Mistakes
from leads.policy import Member, Policy
from leads.roster import What
from leads.text import fold
from leadstream.asked import Asked
from routing.check import unknown

#: Column -> what people call it, folded.
COLUMNS: dict[str, tuple[str, ...]] = {
    "member": ("id", "成员", "工号", "账号"),
    "name": ("姓名",),
    "level": ("级别", "职级"),
    "weight": ("权重",),
    "skills": ("技能",),
    "lines": ("产品线", "业务线"),
    "shifts": ("班次",),
    "max_open": ("持有上限",),
    "max_day": ("每日上限",),
    "result": ("业绩",),
    "contact": ("联系方式",),
    "paused": ("暂停", "暂停接单"),
    "left": ("离职",),
    "teams": ("团队", "小组"),
    "leads": ("负责团队", "组长"),
    "pools": ("公海",),
    "pool_leads": ("负责公海",),
    "absent_from": ("休假开始",),
    "absent_until": ("休假结束",),
    "absence_reason": ("休假原因",),
    "from": ("生效时间", "生效"),
    "reason": ("说明", "原因"),
}
_NAMES = {alias: column for column, others in COLUMNS.items() for alias in (column, *others)}
_GROUPS = ("teams", "leads", "pools", "pool_leads")
_LISTS = (*_GROUPS, "skills", "lines", "shifts")
_EMPTIED: dict[str, Any] = {"max_open": -1, "max_day": -1, "weight": 1.0, "result": 0.0, "paused": False, "left": False}
_TRUTH = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否"), False),
}
_SEPARATOR = re.compile(r"[,;，；、|]+")
MOST_ROWS = 10_000


def read_roster(
    file: Path | BinaryIO, name: str, policy_at: Callable[[int], Policy], zone: ZoneInfo, now_ms: int
) -> list[Asked]:
    """The changes that bring people to what the sheet says. ``policy_at`` gives the policy in force at a moment.

    Raises BadInput for a file that cannot be read, Mistakes with row and column of everything in it that is wrong.
    """
    if isinstance(file, Path):
        try:
            with file.open("rb") as opened:
                return read_roster(opened, name, policy_at, zone, now_ms)
        except OSError as error:
            raise BadInput("no_file", f"{file} cannot be read ({error.strerror})") from None
    head = file.read(8)
    file.seek(0)
    workbook = head.startswith((ZIP, OLE))
    source = open_sheet(file, ("member",), Limits()) if workbook else open_text(file, name, ("member",))
    records = list(islice(source.records(), MOST_ROWS + 2))  # read to its end or left here, before the file is closed
    if len(records) > MOST_ROWS + 1:
        raise BadInput("too_long", f"a roster has at most {MOST_ROWS:,} rows")
    columns = _header(records[0] if records else Record(()))
    found: list[tuple[str, str]] = []
    asked: list[Asked] = []
    seen: dict[str, int] = {}
    for number, record in enumerate(records[1:], 2):
        if not any(cell.strip() for cell in record.cells):
            continue
        row = _Row(number, columns, record, zone, now_ms)
        if (earlier := seen.setdefault(row.member, number)) != number and row.member:
            row.wrong("member", f"row {earlier} is about '{row.member}' already; write one row a member")
        if not row.mistakes:
            asked += row.changes(policy_at(row.from_ms))
        found += row.mistakes
    if found:
        raise Mistakes(found)
    return asked


def _header(record: Record) -> tuple[str, ...]:
    columns = tuple(_NAMES.get(fold(cell).replace(" ", "_"), "") for cell in record.cells)
    found = [
        (f"row 1, column {n}", "this is a value and no name of a column; the first row must name the columns")
        if is_value(cell)
        else (f"row 1, column {cell.strip()[:40]}", unknown("column", cell.strip()[:40], COLUMNS))
        for n, (cell, column) in enumerate(zip(record.cells, columns, strict=True), 1)
        if cell.strip() and not column
    ]
    found += [("row 1", f"the column {c} is there twice") for c in sorted(set(columns)) if c and columns.count(c) > 1]
    if "member" not in columns:
        found.append(("row 1", "no column is called member (成员); it holds the id of each person"))
    if found:
        raise Mistakes(found)
    return columns


class _Row:
    """One row, with what is wrong in it."""

    def __init__(self, number: int, columns: tuple[str, ...], record: Record, zone: ZoneInfo, now_ms: int) -> None:
        self.place, self.mistakes = f"row {number}", list[tuple[str, str]]()
        self._zone = zone
        if record.fault or any(cell.strip() for cell in record.cells[len(columns) :]):
            self.mistakes.append((self.place, "more cells than the header has columns, or cells that are no text"))
        cells = zip(columns, record.cells, strict=False)
        self._said = {column: text for column, cell in cells if column and (text := cell.strip())}
        self.member = self._said.pop("member", "")
        if not self.member:
            self.wrong("member", "say whom the row is about")
        self.why = self._said.pop("reason", "")
        self.from_ms = self._moment("from", now_ms)
        self._values = {column: self._value(column, text) for column, text in self._said.items()}

    def wrong(self, column: str, what: str) -> None:
        self.mistakes.append((f"{self.place}, column {column}", what))

    def changes(self, policy: Policy) -> Iterator[Asked]:
        """What differs from ``policy``: at most one change of the member himself, and an absence he does not have yet."""
        person = policy.members.get(self.member)
        now = person or Member(id=self.member)
        groups = {part: tuple(self._values[part]) for part in _GROUPS if part in self._values}
        groups = {
            part: named for part, named in groups.items() if set(named) != set(_groups(policy, self.member, part))
        }
        set_ = {
            name: value
            for name, value in self._values.items()
            if name not in _GROUPS and not name.startswith("abs") and not _same(getattr(now, name), value)
        }
        what = _what(person, set_)
        if set_ or groups or what == "joined":
            asked = Asked(what, self.member, self.from_ms, self.why, set_, place=self.place)
            yield msgspec.structs.replace(asked, **groups)
        away = {key: self._values[f"absent_{key}"] for key in ("from", "until") if f"absent_{key}" in self._values}
        if away:
            absence = away | {"reason": self._values.get("absence_reason", "")}
            if not any(_is(one, away) for one in now.absences):
                yield Asked("absent", self.member, self.from_ms, self.why, absence=absence, place=self.place)

    def _value(self, column: str, text: str) -> Any:
        if column.startswith("absent_"):
            moment = self._moment(column, 0)
            return datetime.fromtimestamp(moment / 1_000, self._zone)
        if text == "-":
            return _EMPTIED.get(column, [] if column in _LISTS else "")
        if column in _LISTS:
            return [name for part in _SEPARATOR.split(text) if (name := part.strip())]
        if column in ("paused", "left"):
            if text.lower() not in _TRUTH:
                self.wrong(column, "write yes or no (是 or 否)")
            return _TRUTH.get(text.lower(), False)
        if column in ("max_open", "max_day", "weight", "result"):
            try:
                return float(text) if column in ("weight", "result") else int(float(text))
            except (ValueError, OverflowError):
                self.wrong(column, "write a number")
        return text

    def _moment(self, column: str, default_ms: int) -> int:
        text = self._said.pop(column, "") if column == "from" else self._said.get(column, "")
        if not text:
            return default_ms
        try:
            moment = datetime.fromisoformat(text.replace("/", "-"))
            aware = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
            return round(aware.timestamp() * 1_000)
        except (ValueError, OverflowError):
            self.wrong(column, "write a day or a time, like 2026-05-01 or 2026-05-01T09:00")
            return default_ms


def _what(person: Member | None, set_: dict[str, Any]) -> What:
    if person is None or (person.left and set_.get("left") is False):
        return "joined"
    if set_.get("left"):
        return "left"
    if "paused" in set_:
        return "paused" if set_["paused"] else "resumed"
    return "changed"


def _groups(policy: Policy, member: str, part: str) -> list[str]:
    match part:
        case "teams":
            return [id for id, team in policy.teams.items() if member in team.members]
        case "leads":
            return [id for id, team in policy.teams.items() if team.leader == member]
        case "pools":
            return [id for id, pool in policy.pools.items() if member in pool.members]
    return [id for id, pool in policy.pools.items() if member in pool.leaders]


def _same(is_: Any, said: Any) -> bool:
    return list(is_) == said if isinstance(said, list) else bool(is_ == said)


def _is(absence: Any, away: dict[str, datetime]) -> bool:
    said = {key: round(moment.timestamp() * 1_000) for key, moment in away.items()}
    return said == {"from": absence.from_ms, "until": absence.until_ms}
