"""Who is of one account: colleagues and households, not everybody whose firm has the same brand."""

import pytest

from leads.records import IndexStats
from tests.matchers.world import facts_of, judged

SMALL, CITY, LARGE = (IndexStats(leads=n, joined=n // 5) for n in (1_000, 100_000, 1_000_000))
FIRM = {"name": "王建国", "phone": "13812345678", "company": "北京宇创科技有限公司", "city": "北京"}


def account(later: dict[str, str], earlier: dict[str, str] = FIRM, stats: IndexStats = CITY) -> bool:
    one, other = facts_of(**earlier), facts_of(**later)
    there, back = judged(other, [one], stats=stats), judged(one, [other], stats=stats)
    assert "same" not in (there.kind, back.kind)
    assert there.account == back.account
    return there.account == 1


@pytest.mark.parametrize(
    "company", ["北京宇创科技有限公司", "宇创科技", "宇创科技（北京）有限责任公司", "北京市宇創科技股份有限公司"]
)
def test_colleagues_are_an_account_however_the_firm_is_written(company):
    assert account({"name": "李雪梅", "phone": "13987654321", "company": company, "city": "北京"})


@pytest.mark.parametrize(
    ("company", "why"),
    [
        ("北京宇创服装有限公司", "another trade"),
        ("北京宇创网络科技有限公司", "a trade that is only alike"),
        ("北京雨创餐饮有限公司", "a brand that sounds alike, another trade"),
        ("上海宇创科技有限公司", "another city in the name"),
        ("北京宇创科技有限公司朝阳分公司", "a branch is an account of its own"),
        ("北京恒瑞科技有限公司", "another brand"),
    ],
)
def test_another_organisation_is_another_account(company, why):
    assert not account({"name": "李雪梅", "phone": "13987654321", "company": company, "city": "北京"}), why


def test_a_brand_alone_is_an_account_among_few_customers_and_not_among_many():
    later = {"name": "李雪梅", "phone": "13987654321", "company": "宇创", "city": "北京"}

    assert account(later, stats=SMALL)
    assert not account(later, stats=LARGE)


@pytest.mark.parametrize(
    "shared",
    [
        {"email": "lixuemei@yuchuang.com", "city": "北京"},
        {"address": "北京市海淀区中关村大街27号1108室"},
        {"phone": "010-62078663"},
    ],
)
def test_a_domain_a_room_or_a_line_makes_one_of_a_brand_without_trade(shared):
    earlier = FIRM | shared | {"name": "王建国", "email": "wangjianguo@yuchuang.com"}

    assert account({"name": "李雪梅", "company": "宇创"} | shared, earlier, LARGE)


def test_two_firms_in_one_tower_are_two_accounts():
    tower = {"address": "北京市海淀区中关村大街27号", "city": "北京"}

    assert not account(
        {"name": "李雪梅", "phone": "13987654321", "company": "北京恒瑞服装有限公司", **tower}, FIRM | tower
    )


def test_a_family_on_one_phone_is_an_account():
    home = {"phone": "13812345678", "city": "北京"}

    assert account({"name": "王雪梅", **home}, {"name": "李建国", **home}, LARGE)
