"""Values that only one customer may have: refused, warned of or merged, whoever comes at the same moment."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leads.policy import Clash, Condition, Policy, Scope
from leads.records import Outcome
from leadstream.configuration.config import parse
from stores.lookup import records
from streams.intake import Taken
from tests.scenarios.town import Town

WANG = {"name": "王建国", "phone": "13800138001", "email": "wang@acme.com"}
LI = {"name": "李秀英", "phone": "13800138001"}  # another person with the same phone
CHEN = {"name": "陈静", "phone": "13900139009"}


def ruled(town: Town, scopes: tuple[Scope, ...] = (), **unique: Clash) -> Town:
    """The town with these fields unique."""
    town.spec = town.spec.under(Policy("v", unique=unique, scopes=scopes))
    town.shell = town.shell_of(town.spec)
    return town


def codes(outcomes: list[Outcome]) -> list[str]:
    return [f"{outcome.code}/{outcome.reason}" for outcome in outcomes]


async def test_a_second_customer_with_the_same_phone_is_refused_plainly(town: Town) -> None:
    ruled(town, phone="refuse")
    first, second, third = await town.one_by_one(WANG, LI, CHEN)
    assert codes([first, second, third]) == ["pooled/unmatched", "rejected/not_unique", "pooled/unmatched"]
    assert "phone" in second.detail
    said = repr(msgspec.structs.replace(second, event=""))
    assert (second.owner, second.pool, second.entity, second.evidence, second.joined) == ("", "", 0, (), ())
    assert not any(word in said for word in ("王", "李", "1380013", "public"))


async def test_a_lead_of_the_same_customer_is_no_clash(town: Town) -> None:
    ruled(town, phone="refuse", email="refuse")
    assert codes(await town.one_by_one(WANG, WANG, {**WANG, "name": "Wang Jianguo"})) == [
        "pooled/unmatched",
        "merged/in_pool",
        "merged/in_pool",
    ]


async def test_email_only_uniqueness_misses_phones(town: Town) -> None:
    """The complaint of odoo #88372: the same phone under another mailbox passes a check that looks at mailboxes only."""
    other = {**LI, "email": "li@acme.com"}
    assert codes(await ruled(town, email="refuse").one_by_one(WANG, other))[1] != "rejected/not_unique"
    assert (
        codes(await ruled(town.another(2), email="refuse", phone="refuse").one_by_one(WANG, other))[1]
        == "rejected/not_unique"
    )


@pytest.mark.parametrize("at_once", [True, False])
async def test_two_parallel_posts_both_pass_the_check(town: Town, at_once: bool) -> None:
    """The complaint of breatheco-de #10934, which cannot happen: in one batch, and of two workers at the same moment."""
    for n in range(20):
        one = ruled(town.another(n), phone="refuse")
        if at_once:
            outcomes = await one.hear(WANG, LI)
        else:
            shells = [one.shell_of(one.spec), one.shell_of(one.spec)]
            works = [one.work(fields) for fields in (WANG, LI)]
            answers = await asyncio.gather(
                *(shell.judge_now(Taken({one.tenant: [work]})) for shell, work in zip(shells, works, strict=True))
            )
            outcomes = [outcome for answer in answers for outcome in answer]
        assert sorted(codes(outcomes)) == ["pooled/unmatched", "rejected/not_unique"]


async def test_phone_only_uniqueness_is_too_strict_when_one_customer_buys_several_products(town: Town) -> None:
    """The complaint of CordysCRM #13, #3251 and #884: a value is unique in its product line, not everywhere."""
    lines = tuple(Scope(line, (Condition("product", "in", (line,)),)) for line in ("cars", "houses"))
    ruled(town, lines, phone="refuse")
    cars, houses, again = await town.one_by_one(
        {**WANG, "product": "cars"}, {**LI, "product": "houses"}, {**LI, "name": "赵敏", "product": "cars"}
    )
    assert codes([cars, houses, again]) == ["pooled/unmatched", "pooled/unmatched", "rejected/not_unique"]


async def test_who_was_refused_is_found_by_nobody(town: Town) -> None:
    ruled(town, phone="refuse")
    wang, refused = await town.one_by_one(WANG, {**LI, "email": "li@acme.com"})
    (later,) = await town.one_by_one({"name": "李秀英", "email": "li@acme.com", "phone": "13700137007"})
    assert await town.customers([wang, refused, later]) == [wang.entity, 0, later.seq]
    assert all(evidence.seq != refused.seq for evidence in later.evidence)


async def test_the_value_is_free_again_once_its_customer_is_gone(town: Town) -> None:
    from stores.forget import erase

    ruled(town, phone="refuse")
    wang, refused = await town.one_by_one(WANG, LI)
    keying = town.spec.keying

    def keys_of(record: bytes) -> tuple[bytes, ...]:
        from leads.records import Facts

        return keying.keys(msgspec.msgpack.decode(record, type=Facts), town.spec.secret)

    gone = await erase(town.index.client, town.tenant, [bytes.fromhex(o.event) for o in (wang, refused)], keys_of, 1)
    assert [one.status for one in gone] == ["removed", "removed"]
    assert await records(town.index.client, town.tenant, [wang.seq, refused.seq]) == {}
    assert codes(await town.one_by_one(LI)) == ["pooled/unmatched"]


async def test_a_warning_stands_on_the_outcome(town: Town) -> None:
    ruled(town, phone="warn")
    wang, li = await town.one_by_one(WANG, LI)
    assert (wang.detail, li.detail) == ("", "another customer has the same phone")
    assert li.code != "rejected"


async def test_merge_unites_what_evidence_alone_would_not(town: Town) -> None:
    apart = town.another(2)
    wang, li = await ruled(town, phone="merge").one_by_one(WANG, LI)
    assert await town.customers([wang, li]) == [wang.entity, wang.entity]
    assert (li.joined, li.detail) == ((wang.seq,), "united with the customer who has this phone: it must be unique")
    wang, li = await apart.one_by_one(WANG, LI)
    assert await apart.customers([wang, li]) == [wang.entity, li.seq]


@pytest.mark.parametrize("declared", ["id", "text"])
async def test_a_declared_field_that_is_unique_is_an_identifier(town: Town, declared: str) -> None:
    """Of any kind it is declared as: without keys nobody would be found by it."""
    settings = parse(f"tenants: {{main: {{fields: {{plate: {declared}}}, unique: {{plate: refuse}}}}}}", {}, Path("x"))
    town.spec = msgspec.structs.replace(town.spec, preparation=settings.tenants["main"].preparation())
    ruled(town, plate="refuse")
    first, second = await town.one_by_one(
        {**WANG, "plate": "沪A 12345"},
        {"name": "李秀英", "phone": "13700137007", "email": "li@b.cn", "plate": "沪A12345"},
    )
    assert codes([first]) == ["pooled/unmatched"]
    assert second.reason == "not_unique" or await town.customers([second]) == [first.entity]


async def test_what_came_after_in_the_same_batch_is_judged_with_what_became_of_it(town: Town) -> None:
    """The third resembles the second alone, which is turned away: it must not join a lead that nobody finds any more."""
    ruled(town, phone="refuse")
    leads: list[dict[str, str]] = [
        WANG,
        {**LI, "email": "li.xiuying@acme.com", "wechat": "lixiuying_1970"},
        {"name": "李秀英", "email": "li.xiuying@acme.com", "wechat": "lixiuying_1970"},
    ]
    outcomes = await town.hear(*leads)
    assert codes(outcomes) == ["pooled/unmatched", "rejected/not_unique", "pooled/unmatched"]
    assert (await town.customers(outcomes))[2] == outcomes[2].seq


async def test_a_switchboard_is_not_unique(town: Town) -> None:
    ruled(town, phone="refuse")
    crowd: list[Any] = [{"name": name, "phone": "13800138001"} for name in ("王建国", "李秀英", "陈静", "赵敏")]
    assert codes(await town.one_by_one(*crowd)) == ["pooled/unmatched", *["rejected/not_unique"] * 3]
