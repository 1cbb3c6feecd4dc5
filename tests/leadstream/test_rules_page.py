"""docs/rules.md is true: every example loads, every line of every table holds."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from textwrap import indent
from zoneinfo import ZoneInfo

import pytest

from leads.policy import Policy
from leads.records import Plan
from leadstream.configuration.config import parse
from leadstream.configuration.yamlfile import read
from routing.doubts import doubts
from routing.plan import compile_policy
from routing.terms import terms
from tests.routing.build import NOON, lead

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.DOTALL)
LINE = re.compile(
    r"\| `(?P<lead>.*?)` \| (?P<rule>\S+) \| (?P<goes>.*?) \|(?: (?P<days>\d+) days \| (?P<answer>[^|]*?) \|)?"
)
LINES = [(n, line) for n, (_, table) in enumerate(EXAMPLES) for line in LINE.finditer(table)]
CASES = [(n, line["lead"], line["rule"], line["goes"]) for n, line in LINES]
TIMES = [(n, line["lead"], int(line["days"]), line["answer"]) for n, line in LINES if line["days"]]


def policy(example: str) -> Policy:
    return parse("tenants:\n  main:\n" + indent(example, "    "), {}).tenants["main"].policy()


def goes(plan: Plan) -> str:
    return ", ".join(share.member for share in plan.shares) or f"pool {plan.pool}: {plan.reason}"


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 10
    assert (len(CASES), len(TIMES)) == (34, 4)


@pytest.mark.parametrize(("example", "said", "rule", "where"), CASES)
def test_a_lead_goes_where_the_page_says(example: int, said: str, rule: str, where: str) -> None:
    plan = compile_policy(policy(EXAMPLES[example][0])).plan(lead(**read(said).data), NOON)

    assert (plan.rule or "–", goes(plan)) == (rule, where)


@pytest.mark.parametrize(("example", "said", "days", "answer"), TIMES)
def test_protection_and_answers_are_what_the_page_says(example: int, said: str, days: int, answer: str) -> None:
    under = policy(EXAMPLES[example][0])
    router = compile_policy(under)
    plan = router.plan(lead(**read(said).data), NOON)
    due = datetime.fromtimestamp(router.answer_by(plan, NOON) / 1_000, ZoneInfo(under.timezone))

    assert (plan.protect_ms / 86_400_000, f"{due:%Y-%m-%d %H:%M}") == (days, answer)


def test_the_smallest_cap_is_what_the_page_says() -> None:
    under = policy(EXAMPLES[8][0])

    assert {m: terms(under, m, m, "", NOON).max_open for m in under.members} == {"amy": 200, "bo": 30}


def test_no_example_is_doubtful() -> None:
    assert [what for text, _ in EXAMPLES[5:] for _, what in doubts(policy(text), 2026)] == []
