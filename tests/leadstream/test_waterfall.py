from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from leads.name_levels import LEVELS as NAME_LEVELS
from leads.policy import Member, Rule
from leads.records import REASONS, Code, Evidence, Facts, Name, Outcome, Phone, Plan
from leadstream.levelwords import CODES, FIELDS, REASON_WORDS, Lang, level
from leadstream.waterfall import percent, waterfall
from matchers.weights import TABLE
from routing.plan import plan
from tests.routing.build import NOON, lead, policy, when

MINE = Facts(
    name=Name("张伟", "full", "han", "张", "伟", ("zhang", "wei")), phones=(Phone("13855501234", "86", "mobile"),)
)
THEIRS = Facts(name=Name("Zhang Wei", "full", "latin", "zhang", "wei", ("zhang", "wei")), phones=MINE.phones)
EVIDENCE = (Evidence("phone", "mobile", 14.5, 4), Evidence("name", "script", 8.0, 4), Evidence("city", "differs", -2.2))
SAME = Outcome(
    event="e" * 32, tenant="main", code="merged", reason="same_contact", at_ms=NOON, source="web", door="form",
    seq=9, entity=4, owner="amy", likeliest=4, joined=(4,), verdict="same", probability=0.9999, bits=9.3,
    evidence=EVIDENCE, rule="big", until_ms=NOON + 86_400_000,
)  # fmt: skip


def told(outcome: Outcome, plan: Plan | None = None, lang: Lang = "en", **more: Any) -> str:
    return waterfall(outcome, {9: MINE, 4: THEIRS}.get, plan, lang, **more)


def changed(**what: Any) -> Outcome:
    return msgspec.structs.replace(SAME, **what)


def test_evidence_is_told_bit_by_bit_with_masked_values() -> None:
    lines = told(SAME).splitlines()

    assert lines[:4] == [
        f"{'e' * 32}  form/web  2026-03-03 04:00 UTC",
        "Outcome: merged with a known customer (the same contact) to amy, protected until 2026-03-04 04:00 UTC",
        "",
        "Is it a customer we know? a known customer: 99.99 %, +9.3 bits; nearest: lead 4",
    ]
    assert [line.split()[-2] for line in lines[4:8]] == ["-11.0", "+14.5", "+8.0", "-2.2"]
    assert "phone (the same mobile)" in lines[5]
    assert "138****1234 | 138****1234" in lines[5]
    assert "张* | Z**** W**" in lines[6]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_bits_shown_add_up(lang: Lang) -> None:
    shown = [float(line.split()[-2]) for line in told(SAME, lang=lang).splitlines()[4:9]]

    assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=0.3)


def test_what_would_have_changed_it_names_the_evidence_that_decides() -> None:
    text = told(SAME)

    assert "without phone (the same mobile): -5.2 bits, a new customer" in text
    assert "without name (a Chinese name and its pinyin): +1.3 bits" not in text
    assert "8.3 fewer bits and it is left open" in text


def test_when_no_evidence_decides_alone_the_fewest_that_do_are_named() -> None:
    strong = (
        Evidence("phone", "mobile", 15.0, 4),
        Evidence("email", "exact", 16.0, 4),
        Evidence("city", "same", 4.0, 4),
    )

    text = told(changed(evidence=strong, bits=21.0))

    assert "without e-mail (the same), phone (the same mobile): -10.0 bits, a new customer" in text
    assert "without city" not in text


def test_of_a_known_customer_the_rules_are_told_as_what_they_would_have_said() -> None:
    assert "Route: not asked, the customer was known." in told(SAME, plan(lead(), policy(), NOON))


def test_a_new_customer_is_told_how_far_the_next_one_was() -> None:
    text = told(changed(code="assigned", reason="rule", verdict="new", bits=-4.0, probability=0.06, joined=()))

    assert "a new customer: 6 %" in text
    assert "3.0 more bits and it is left open" in text
    assert "5.0 more bits and it is a known customer" in text


def test_chinese() -> None:
    made = plan(lead(value="20万"), policy(Rule(id="big", when=when("value", "exists"), team="all")), NOON)

    text = told(SAME, made, "zh", zone=ZoneInfo("Asia/Shanghai"))

    assert "2026-03-03 12:00 CST" in text
    assert "结果: 并入已有客户 (同一联系人) → amy, 保护期至 2026-03-04 12:00 CST" in text
    assert "是否为已有客户？ 已有客户: 99.99 %" in text
    assert "电话 (手机号一致)" in text
    assert "若无电话 (手机号一致)" in text
    assert "+ 规则 big: 命中" in text
    assert "+ 成员 amy: 可分配" in text


def test_the_route_says_who_was_considered_and_why_not() -> None:
    people = (
        Member(id="amy", level="senior"),
        Member(id="bo", level="senior", paused=True),
        Member(id="chen", level="new"),
    )
    rules = (
        Rule(id="vip", when=when("campaign", "in", "vip"), pool="vip"),
        Rule(id="big", when=when("value", "at_least", "5万"), team="all", levels=("senior",), grade="A"),
        Rule(id="rest", team="all"),
    )

    text = told(
        changed(code="assigned", reason="rule", verdict=""),
        plan(lead(value="20万"), policy(*rules, members=people), NOON),
    )

    assert text[text.index("Route") :].splitlines() == [
        "Route: rule big",
        "  - rule vip: campaign is none of the values asked for",
        "  + rule big: matches",
        "  - rule rest: not reached",
        "  + grade: A",
        "  + member amy: available",
        "  - member bo: paused",
        "  - member chen: level not asked for (new)",
    ]


def test_a_lead_in_the_pool_says_which_and_why() -> None:
    made = plan(lead(), policy(), NOON)

    text = told(
        changed(code="pooled", reason="unmatched", owner="", pool="public", until_ms=0, verdict="new", evidence=()),
        made,
    )

    assert "Outcome: in the pool (no rule matched): public" in text
    assert "Nothing was on record" in text
    assert text.endswith("Route: no rule matched\n  -> pool public: no rule matched\n")


def test_an_erased_neighbour_shows_no_values() -> None:
    text = waterfall(SAME, lambda seq: None, None)

    assert "138" not in text
    assert "phone (the same mobile)" in text


def test_a_refused_lead_is_told_in_two_lines() -> None:
    text = told(
        changed(
            code="suppressed",
            reason="withheld",
            owner="",
            verdict="",
            evidence=(),
            until_ms=0,
            detail="Call back is not possible.",
        )
    )

    assert text.splitlines()[1:] == ["Outcome: not worked (the number is withheld)", "Call back is not possible."]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_personal_value_is_in_clear(lang: Lang) -> None:
    text = told(SAME, lang=lang)

    assert not any(secret in text for secret in ("13855501234", "张伟", "Zhang Wei", "Wei"))


@pytest.mark.parametrize(
    ("probability", "shown"), [(1.0, "99.99 %"), (0.0, "0.01 %"), (0.5, "50 %"), (0.995, "99.50 %")]
)
def test_no_evidence_is_certain(probability: float, shown: str) -> None:
    assert percent(probability) == shown


@pytest.mark.parametrize("met", [*((row.field, row.level) for row in TABLE), *(("name", name) for name in NAME_LEVELS)])
def test_every_level_has_words_in_both_languages(met: tuple[str, str]) -> None:
    field, name = met

    assert field in FIELDS
    assert level(field, name, "zh") not in (name, level(field, name, "en"))


@pytest.mark.parametrize("code", list(REASONS))
def test_every_code_and_reason_has_words(code: Code) -> None:
    assert code in CODES
    assert set(REASONS[code]) <= set(REASON_WORDS)
