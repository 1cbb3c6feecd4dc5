"""docs/rules.md is true: every example loads, every line of every table holds."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from leads.policy import Policy
from leads.records import Plan
from leadstream.config import parse
from leadstream.yamlfile import read
from routing.plan import compile_policy
from tests.routing.build import NOON, lead

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.DOTALL)
LINE = re.compile(r"\| `(?P<lead>.*?)` \| (?P<rule>\S+) \| (?P<goes>.*?) \|")
CASES = [
    (n, line["lead"], line["rule"], line["goes"])
    for n, (_, table) in enumerate(EXAMPLES)
    for line in LINE.finditer(table)
]


def policy(example: str) -> Policy:
    return parse("tenants:\n  main:\n" + indent(example, "    "), {}).tenants["main"].policy()


def goes(plan: Plan) -> str:
    return ", ".join(share.member for share in plan.shares) or f"pool {plan.pool}: {plan.reason}"


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 5
    assert len(CASES) == 21


@pytest.mark.parametrize(("example", "said", "rule", "where"), CASES)
def test_a_lead_goes_where_the_page_says(example: int, said: str, rule: str, where: str) -> None:
    plan = compile_policy(policy(EXAMPLES[example][0])).plan(lead(**read(said).data), NOON)

    assert (plan.rule or "–", goes(plan)) == (rule, where)
