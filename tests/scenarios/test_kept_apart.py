"""Who looks alike and is not, and beside each the one who is: through the real shell and store.

``apart``: no two of the leads may end as one customer. ``one``: all must.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from tests.scenarios.town import BEGIN_MS, DAY_MS, Fields, Town

HOME = {"phone": "13912345678", "city": "上海"}
DESK = {"phone": "021-55667788", "company": "上海润佳贸易有限公司"}
BANK = "中国建设银行股份有限公司"
AGENCY = {"phone": "13700001111", "email": "leads@bestagency.com"}
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰飞鹏辉建国红梅海燕宁波新颖凯博"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"


def people(count: int) -> list[str]:
    """Names that share neither surname and given name nor their sound."""
    return [SURNAMES[i % 40] + GIVEN[(i * 7) % 40] + GIVEN[(i * 11 + 3) % 40] for i in range(count)]


class Scenario(msgspec.Struct, frozen=True):
    leads: tuple[Fields, ...]
    expected: str  # apart | one


def _(*leads: Fields, **rest: str) -> Scenario:
    return Scenario(leads, **rest)


CASES: dict[str, Scenario] = {
    # ---- families on one phone
    "father and son on one phone": _(HOME | {"name": "王建国"}, HOME | {"name": "王小龙"}, expected="apart"),
    "husband and wife on one phone": _(HOME | {"name": "陈志强"}, HOME | {"name": "刘美玲"}, expected="apart"),
    "sisters who share a syllable": _(HOME | {"name": "赵晓红"}, HOME | {"name": "赵晓燕"}, expected="apart"),
    "an English couple on one phone": _(
        {"name": "John Harper", "phone": "+44 7700 900123"}, {"name": "Mary Harper", "phone": "+44 7700 900123"},
        expected="apart",
    ),
    "the same father again": _(
        HOME | {"name": "王建国"}, {"name": "王建国 先生", "phone": "+86 139 1234 5678"}, expected="one"
    ),
    "the same wife in pinyin": _(HOME | {"name": "刘美玲"}, HOME | {"name": "Liu Meiling"}, expected="one"),
    # ---- namesakes in one city
    "namesakes of one city with other phones": _(
        {"name": "王伟", "phone": "13811112222", "city": "北京"}, {"name": "王伟", "phone": "15933334444", "city": "北京"},
        expected="apart",
    ),
    "namesakes of one city, one by phone and one by mail": _(
        {"name": "张敏", "phone": "13811113333", "city": "广州"}, {"name": "张敏", "email": "min2008@qq.com", "city": "广州"},
        expected="apart",
    ),
    "namesakes at two companies": _(
        {"name": "李娜", "phone": "13811114444", "company": "杭州云帆科技有限公司"},
        {"name": "李娜", "phone": "15911114444", "company": "杭州德信建材有限公司"},
        expected="apart",
    ),
    "English namesakes of one city": _(
        {"name": "David Smith", "email": "dsmith@northgate.com", "city": "London"},
        {"name": "David Smith", "email": "david.smith@bluewave.io", "city": "London"},
        expected="apart",
    ),
    "one Wang Wei with a second phone and his mail": _(
        {"name": "王伟", "phone": "13811112222", "email": "ww1980@163.com", "city": "北京"},
        {"name": "王伟", "phone": "15933334444", "email": "WW1980@163.com", "city": "北京"},
        expected="one",
    ),
    "one David Smith with his mailbox": _(
        {"name": "David Smith", "email": "dsmith@northgate.com", "city": "London"},
        {"name": "Dave Smith", "email": "DSmith@NorthGate.com"},
        expected="one",
    ),
    # ---- a receptionist's desk number
    "colleagues who leave the desk number": _(
        DESK | {"name": "何晓峰"}, DESK | {"name": "欧阳致洁"}, DESK | {"name": "唐小军"}, expected="apart"
    ),
    "the desk and a colleague": _(DESK | {"name": "前台"}, DESK | {"name": "何晓峰"}, expected="apart"),
    "a colleague again at the desk number": _(
        DESK | {"name": "何晓峰"}, DESK | {"name": "何晓峰", "phone": "(021) 5566 7788"}, expected="one"
    ),
    "the desk again": _(DESK | {"name": "前台"}, DESK | {"name": "前台"}, expected="one"),
    # ---- branches of one bank
    "branches in two cities": _(
        {"company": f"{BANK}上海分行", "city": "上海"}, {"company": f"{BANK}苏州分行", "city": "苏州"}, expected="apart"
    ),
    "sub-branches of one city": _(
        {"company": f"{BANK}上海静安支行", "phone": "021-62001111"},
        {"company": f"{BANK}上海徐汇支行", "phone": "021-64002222"},
        expected="apart",
    ),
    "sub-branches of one city with the service number": _(
        {"company": f"{BANK}上海静安支行", "phone": "95533"}, {"company": f"{BANK}上海徐汇支行", "phone": "95533"},
        expected="apart",
    ),
    "one branch written twice": _(
        {"company": f"{BANK}上海静安支行", "phone": "021-62001111"},
        {"company": "建设银行上海静安支行", "phone": "021 6200 1111"},
        expected="one",
    ),
    # ---- two people of one company with one switchboard
    "two people of one switchboard": _(
        {"name": "周建平", "company": "北京中科软件有限公司", "phone": "010-82345678"},
        {"name": "徐丽华", "company": "北京中科软件有限公司", "phone": "010-82345678"},
        expected="apart",
    ),
    "two extensions of one switchboard": _(
        {"company": "北京中科软件有限公司", "name": "周先生", "phone": "010-82345678-801"},
        {"company": "北京中科软件有限公司", "name": "周先生", "phone": "010-82345678-802"},
        expected="apart",
    ),
    "two of one surname at one switchboard": _(
        {"name": "周建平", "company": "北京中科软件有限公司", "phone": "010-82345678"},
        {"name": "周文博", "company": "北京中科软件有限公司", "phone": "010-82345678"},
        expected="apart",
    ),
    "one of them again": _(
        {"name": "周建平", "company": "北京中科软件有限公司", "phone": "010-82345678"},
        {"name": "周建平", "company": "中科软件", "phone": "8610 8234 5678"},
        expected="one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
async def test_who_is_who(town: Town, case: Scenario, at_once: bool) -> None:
    outcomes = await (town.hear if at_once else town.one_by_one)(*case.leads)
    found = await town.customers(outcomes)
    assert 0 not in found
    said = [(o.code, o.verdict, round(o.bits, 1), [(e.field, e.level, e.bits) for e in o.evidence]) for o in outcomes]
    assert len(set(found)) == (1 if case.expected == "one" else len(found)), said


async def test_a_recycled_number_is_its_new_holders(town: Town) -> None:
    before = await town.one_by_one({"name": "孙国强", "phone": "13600007777", "city": "成都"}, {"phone": "13600007777"})
    later = BEGIN_MS + 400 * DAY_MS
    after = await town.hear({"name": "马晓云", "phone": "13600007777", "city": "沈阳"}, at_ms=later)
    old, again, new = await town.customers([*before, *after])
    assert old == again != new


async def test_who_calls_again_after_a_year_of_silence_is_known(town: Town) -> None:
    before = await town.hear({"name": "孙国强", "phone": "13600007777", "city": "成都"})
    after = await town.hear({"name": "孙国强", "phone": "136 0000 7777"}, at_ms=BEGIN_MS + 400 * DAY_MS)
    assert len(set(await town.customers([*before, *after]))) == 1


def firms(count: int) -> list[str]:
    """Companies of other names and trades."""
    words = ("云帆", "德信", "海纳", "金盛", "博雅", "天润", "广源", "恒泰", "瑞祥", "新宇")
    trades = ("科技", "建材", "食品", "服装", "物流", "贸易", "印刷", "家具", "医疗", "教育")
    return [f"{words[i % 10]}{words[(i * 3 + i // 10 + 1) % 10]}{trades[i // 10 % 10]}有限公司" for i in range(count)]


def clients(count: int, *leaves: str) -> list[Fields]:
    """Forms an agency filled in: the client's name and firm, what the agency leaves of its own."""
    own = {field: AGENCY[field] for field in leaves}
    return [own | {"name": name, "company": firm} for name, firm in zip(people(count), firms(count), strict=True)]


LEAVES = pytest.mark.parametrize(
    "leaves",
    [("phone", "email"), ("phone",), ("email",)],
    ids=["phone and mail", "phone", "mail"],
)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
@LEAVES
async def test_an_agency_that_fills_in_forms_is_not_its_forty_clients(
    town: Town, leaves: tuple[str, ...], at_once: bool
) -> None:
    outcomes = await (town.hear if at_once else town.one_by_one)(*clients(40, *leaves))
    found = Counter(await town.customers(outcomes))
    assert (len(found), max(found.values())) == (40, 1)


@LEAVES
async def test_a_client_is_known_again_through_the_agency_and_by_himself(town: Town, leaves: tuple[str, ...]) -> None:
    first, *others = clients(12, *leaves)
    own = {**first, "phone": "13588880000", "email": "own1987@163.com"}
    outcomes = await town.one_by_one(first, *others, first, own, {"name": first["name"], "phone": own["phone"]})
    found = await town.customers(outcomes)
    assert found[0] == found[-3] == found[-2] == found[-1]
    assert len(set(found)) == 12


@pytest.mark.parametrize("of", ["forty people", "a hundred firms"])
async def test_five_hundred_rows_of_one_switchboard_make_no_giant(town: Town, of: str) -> None:
    desk = {"phone": "021-60001000"}
    who = (
        [desk | {"company": "上海百通广告有限公司", "name": name} for name in people(40)]
        if of == "forty people"
        else [desk | {"company": firm} for firm in firms(100)]
    )
    rows = [who[i % len(who)] for i in range(500)]
    found = Counter(await town.customers([o for i in range(0, 500, 50) for o in await town.hear(*rows[i : i + 50])]))
    assert max(found.values()) <= 25, "two look-alikes may be taken for one, a twentieth of the file never more"


async def test_rows_of_one_person_at_a_switchboard_are_one_customer(town: Town) -> None:
    desk = {"phone": "021-60001000", "company": "上海百通广告有限公司", "name": "何晓峰"}
    found = Counter(await town.customers(await town.hear(*[desk] * 100)))
    assert list(found.values()) == [100]


@pytest.mark.parametrize("fields", [{"phone": "13812345678"}, {"email": "flood1@163.com"}], ids=str)
async def test_who_calls_a_hundred_times_at_once_is_one_customer(town: Town, fields: Fields) -> None:
    found = await town.customers(await town.hear(*[fields] * 100))
    assert len(set(found)) == 1
