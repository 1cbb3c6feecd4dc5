"""Names of columns, keys and questions -> lead fields, beyond the table of names; and where in a file the header is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from leads.errors import BadInput
from leads.fields import field_of
from leads.text import fold

#: Objects that wrap a lead in somebody's JSON: ``contact.email`` is the lead's mail, ``agent.email`` is not.
_WRAPPERS = frozenset(
    (
        *("contact", "lead", "customer", "person", "user", "visitor", "client", "hidden", "data", "fields", "form"),
        *("answers", "payload", "attributes", "properties", "values", "body", "submission"),
    )
)
#: How far into a file its header may be: titles and notes come before it.
HEADER_ROWS = 20


#: Words in a question that say what the answer is, first that fits: "What is your first name?"
_QUESTIONS = (
    ("first name", "given_name"), ("given name", "given_name"), ("last name", "surname"), ("surname", "surname"),
    ("company", "company"), ("organi", "company"), ("公司", "company"), ("单位", "company"), ("姓名", "name"),
    ("称呼", "name"), ("your name", "name"), ("full name", "name"), ("city", "city"), ("城市", "city"),
    ("wechat", "wechat"), ("微信", "wechat"), ("job title", "title"), ("职位", "title"), ("industry", "industry"),
    ("行业", "industry"),
)  # fmt: skip


@lru_cache(maxsize=10_000)
def recognise(name: str) -> str:
    """The lead field a column or key stands for, "" when none: "E-mail *" -> email, 联系电话（必填） -> phone."""
    field = field_of(name)
    if not field and "." in name:
        *parents, last = name.split(".")
        if all(parent.isdigit() or parent.lower() in _WRAPPERS for parent in parents):
            field = field_of(last)
    return field


@lru_cache(maxsize=10_000)
def recognise_question(title: str) -> str:
    """The lead field a question of a form asks for, "" when none."""
    text = fold(title)
    return recognise(title) or next((field for words, field in _QUESTIONS if words in text), "")


def unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: empty ones are numbered ("column 3"), repeated ones told apart ("电话 (2)")."""
    names: dict[str, None] = {}
    told: dict[str, int] = {}  # numbers given so far: thousands of one name are not counted from the start each time
    for n, cell in enumerate(cells, 1):
        name = base = " ".join(cell.split()) or f"column {n}"
        while name in names:
            told[base] = told.get(base, 1) + 1
            name = f"{base} ({told[base]})"
        names[name] = None
    return tuple(names)


def find_header(rows: Sequence[Sequence[str]], wanted: Sequence[str] = ()) -> int:
    """Index of the header among the first rows: most of the ``wanted`` columns, or most recognised names.

    Raises BadInput with the columns there are, when wanted ones are missing or nothing is recognised.
    """
    if not any(any(row) for row in rows):
        raise BadInput("empty_file", "The file has no rows. Check that the right file was chosen.")
    scores = [header_score(row, wanted) for row in rows]
    best = max(range(len(rows)), key=lambda n: (scores[n], -n))
    missing = [name for name in wanted if name not in unique(rows[best])]
    if missing:
        raise BadInput("missing_column", f"The mapping names {_listed(missing)}; the file has {_shown(rows[best])}.")
    if not wanted and not scores[best]:
        first = next(row for row in rows if any(row))
        raise BadInput("no_header", f"No column is recognised; give a mapping. The first row has {_shown(first)}.")
    return best


def header_score(row: Sequence[str], wanted: Sequence[str]) -> int:
    """How many of the ``wanted`` columns a row has; without any wanted, how many lead fields its cells name."""
    if wanted:
        return len(set(wanted) & set(unique(row)))
    return len({field for cell in row if (field := recognise(cell))})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:50]) or "no columns"


def _shown(row: Sequence[str]) -> str:
    """What looks like names of columns. A first row that is data must not get into an error text."""
    return _listed([cell for cell in row if cell and not is_value(cell)])


def is_value(cell: str) -> bool:
    """Whether a cell of the first row looks like data, a mailbox or a number, and not like the name of a column."""
    return "@" in cell or re.search(r"\d{4}", cell) is not None
