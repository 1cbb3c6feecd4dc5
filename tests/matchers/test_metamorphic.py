"""What changes only the writing changes no verdict."""

from collections.abc import Callable

import pytest

from tests.matchers.world import facts_of, judged

EARLIER = {
    "name": "欧阳致洁",
    "company": "上海润佳贸易有限公司",
    "phone": "13812345678",
    "email": "ouyang1988@163.com",
    "city": "上海",
}
OTHER = {"name": "何晓峰", "company": "上海润佳贸易有限公司", "phone": "13812345678", "city": "上海"}
_WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}

REWRITINGS: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "given name first": lambda row: {**row, "name": row["name"][-2:] + row["name"][:-2]},
    "traditional script": lambda row: {**row, "company": row["company"].replace("贸", "貿").replace("润", "潤")},
    "full width": lambda row: {**row, "phone": row["phone"].translate(_WIDE)},
    "phone with country": lambda row: {
        **row,
        "phone": f"+86 {row['phone'][:3]}-{row['phone'][3:7]}-{row['phone'][7:]}",
    },
    "phone by a spreadsheet": lambda row: {**row, "phone": row["phone"] + ".0"},
    "upper case": lambda row: {field: value.upper() for field, value in row.items()},
    "spaces around": lambda row: {field: f"  {value} " for field, value in row.items()},
    "order of fields": lambda row: dict(reversed(row.items())),
    "city in the company's brackets": lambda row: {**row, "company": "润佳贸易（上海）有限公司"},
    "legal form left out": lambda row: {**row, "company": "上海润佳贸易"},
    "honorific": lambda row: {**row, "name": row["name"] + "先生"},
}


@pytest.mark.parametrize("how", REWRITINGS)
def test_the_same_person_stays_the_same(how):
    entity = [facts_of(**EARLIER)]
    rewritten = REWRITINGS[how](EARLIER)

    assert judged(facts_of(**rewritten), entity).kind == judged(facts_of(**EARLIER), entity).kind == "same"


@pytest.mark.parametrize("how", [how for how in REWRITINGS if how != "given name first"])
def test_another_person_stays_another(how):
    entity = [facts_of(**EARLIER)]

    verdict = judged(facts_of(**REWRITINGS[how](OTHER)), entity)

    assert verdict.kind == judged(facts_of(**OTHER), entity).kind == "new"
    assert verdict.account == 1


def test_the_order_of_neighbours_changes_nothing():
    entities = [[facts_of(**EARLIER)], [facts_of(**OTHER)], [facts_of(name="陈静", phone="13812345678")]]
    lead = facts_of(name="何晓峰", phone="13812345678")

    forwards, backwards = judged(lead, *entities), judged(lead, *reversed(entities))

    assert (forwards.kind, forwards.bits) == (backwards.kind, backwards.bits)
    assert (forwards.joins, backwards.joins) == ((2,), (2,))
