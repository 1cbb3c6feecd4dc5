"""What many customers share: no reason to compare each of them, and no reason to lose who is meant."""

from __future__ import annotations

from stores.demoted import demoted, restore
from tests.scenarios.town import Fields, Town

FIRM = {"company": "上海恒远自动化设备有限公司", "city": "上海"}
NAMES = ["王建国", "李秀英", "陈静", "赵敏", "刘洋", "孙丽", "周杰", "吴刚", "郑爽"]
COLLEAGUES: list[Fields] = [{**FIRM, "name": name, "phone": f"1390013{n:04d}"} for n, name in enumerate(NAMES)]


async def test_a_firms_ninth_customer_is_still_of_its_account(town: Town) -> None:
    heard = await town.one_by_one(*COLLEAGUES)
    assert len(set(await town.customers(heard))) == len(NAMES)
    assert all(outcome.account for outcome in heard[1:])


async def test_whoever_comes_again_is_found_among_his_colleagues(town: Town) -> None:
    heard = await town.one_by_one(*COLLEAGUES, COLLEAGUES[4], {**FIRM, "name": NAMES[6]})
    customers = await town.customers(heard)
    assert customers[-2:] == [customers[4], customers[6]]


async def test_a_number_that_was_demoted_tells_nothing_until_a_person_restores_it(town: Town) -> None:
    store, tenant = town.index.client, town.tenant
    crowd: list[Fields] = [
        {"name": f"{one}{two}", "phone": "13900137777"} for one in "赵钱孙李周吴" for two in "娜强磊洋艳勇"
    ]
    silent = (await town.one_by_one(*crowd, {"phone": "13900137777"}))[-1]
    assert not silent.evidence
    for one in await demoted(store, tenant):
        assert await restore(store, tenant, one.key, 100, 1)
    (told,) = await town.one_by_one({"phone": "13900137777", "name": "郑爽"})
    assert "phone" in {met.field for met in told.evidence}
    assert told.code != "merged"
