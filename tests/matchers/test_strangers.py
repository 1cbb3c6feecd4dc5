"""Who is not compared because nothing but the brand of an organisation is shared: only those who would have come to nothing."""

from itertools import combinations

import pytest

import matchers.verdict
from leads.company_levels import other_trade
from leads.records import Facts, IndexStats
from matchers.keys import keys_of, plan
from matchers.strangers import strangers
from matchers.verdict import scale_of
from matchers.weights import DEFAULT
from tests.matchers.world import facts_of, judged

LARGE = IndexStats(leads=1_000_000, joined=200_000)
FIRM = "北京宇创科技有限公司"
WANG = {"name": "王建国", "company": FIRM, "city": "北京", "phone": "13812345678"}


def dismissed(mine: dict[str, str], their: dict[str, str], stats: IndexStats = LARGE) -> bool:
    lead = facts_of(**mine)
    return strangers(lead, (facts_of(**their),), scale_of(lead, [1] * len(keys_of(lead, b"s")), stats, DEFAULT))


@pytest.mark.parametrize(
    "their",
    [
        {"name": "李雪梅", "company": FIRM, "city": "北京", "phone": "13987654321"},
        {"name": "李雪梅", "company": "宇创", "city": "北京", "email": "lixuemei@qq.com"},
        {"name": "李雪梅", "company": "北京宇创服装有限公司", "city": "北京"},
        {"name": "王建国", "company": "北京宇创服装有限公司", "city": "北京"},
    ],
)
def test_another_person_of_a_brand_that_many_bear_or_anybody_of_another_trade_is_a_stranger(their):
    assert dismissed(WANG, their)


@pytest.mark.parametrize(
    ("their", "why"),
    [
        ({"name": "汪健", "company": FIRM}, "a syllable in common: a name misheard"),
        ({"name": "Wong Kin Kwok", "company": FIRM}, "another romanisation"),
        ({"name": "王总", "company": FIRM}, "a part of a name"),
        ({"company": FIRM, "email": "wangjianguo@163.com"}, "no name, but a mailbox that spells one"),
        ({"name": "李雪梅", "company": FIRM, "phone": "13812345678"}, "one phone"),
    ],
)
def test_who_may_be_the_same_or_a_colleague_is_compared(their, why):
    assert not dismissed(WANG, their), why


@pytest.mark.parametrize("field", [{"address": "建国路88号"}, {"email": "li@yuchuang.com.cn"}])
def test_one_house_or_mail_domain_makes_colleagues(field):
    mine = WANG | ({"email": "wang@yuchuang.com.cn"} if "email" in field else field)

    assert not dismissed(mine, {"name": "李雪梅", "company": FIRM, "city": "北京"} | field)


def test_among_few_customers_a_brand_tells_colleagues():
    colleague = {"name": "李雪梅", "company": FIRM, "city": "北京", "phone": "13987654321"}

    assert not dismissed(WANG, colleague, IndexStats(leads=50_000, joined=10_000))


NAMES = ["王建国", "李雪梅", "汪建国", "Wang Jianguo", "王总", "陈小华", ""]
FIRMS = [FIRM, "宇创", "北京宇创贸易有限公司", "Yuchuang Tech", "上海宇创科技有限公司"]
CONTACTS = [
    {"phone": "010-62345678"},
    {"phone": "13812345678", "email": "wang@yuchuang.com.cn"},
    {"email": "lixuemei@yuchuang.com.cn", "address": "北京市朝阳区建国路88号"},
    {"wechat": "chenxh_1988"},
]


@pytest.mark.parametrize("stats", [IndexStats(10_000, 2_000), LARGE], ids=["10,000", "a million"])
def test_another_person_who_is_dismissed_would_have_come_to_nothing(monkeypatch, stats):
    pool: list[Facts] = [
        facts_of(**contact, **({"name": name} if name else {}), company=firm, city="北京")
        for name in NAMES
        for firm in FIRMS
        for contact in CONTACTS
    ]
    found = 0
    monkeypatch.setattr(matchers.verdict, "strangers", lambda *_: False)
    for mine, their in combinations(pool, 2):
        assert mine.company is not None
        assert their.company is not None
        if {kind for kind, _ in {*plan(mine)} & {*plan(their)}} != {"O"} or other_trade(mine.company, their.company):
            continue
        scale = scale_of(mine, [1] * len(keys_of(mine, b"s")), stats, DEFAULT)
        if strangers(mine, (their,), scale):
            found += 1
            verdict = judged(mine, [their], stats=stats)
            assert verdict.kind == "new", (mine, their, verdict)
            assert not verdict.account or mine.name is None is their.name, (
                mine,
                their,
                verdict,
            )  # two firms, nobody's colleagues
    assert bool(found) == (stats is LARGE)
