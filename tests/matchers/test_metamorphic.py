"""What changes only the writing changes no verdict."""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.other_leads import Doors
from leads.name_levels import same_reading
from leads.name_tables import english, given_bits, surnames
from leads.records import Facts
from leads.text import knowledge
from matchers.compare.name import AGREEMENTS
from matchers.keys import plan
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


# ---- over a pool of leads of all doors: persons, colleagues, families, desks, agencies

Row = dict[str, str]


def _each(change: Callable[[str], str], *fields: str) -> Callable[[Row], Row]:
    return lambda row: {field: change(text) if not fields or field in fields else text for field, text in row.items()}


def _grouped(number: str) -> str:
    return re.sub(r"^(1\d\d)(\d{4})(\d{4})$", r"+86 \1 \2-\3", number)


def _turned(name: str) -> str:
    """The given name first, or the surname; what is not a whole name alone stays."""
    if re.fullmatch(r"[A-Za-z]+ [A-Za-z]+", name):
        return " ".join(reversed(name.split()))
    return name[1:] + name[0] if re.fullmatch(r"[\u4e00-\u9fff]{2,3}", name) else name


def _traditional() -> dict[int, str]:
    many, one = (line for line in knowledge("simplified.txt"))
    return {ord(simple): complex_ for complex_, simple in zip(reversed(many), reversed(one), strict=True)}


WRITING: dict[str, Callable[[Row], Row]] = {
    "traditional script": _each(lambda text: text.translate(_traditional())),
    "full width": _each(lambda text: text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})),
    "upper case": _each(str.upper),
    "lower case": _each(str.lower),
    "spaces around": _each(lambda text: f"  {text}\u3000"),
    "phone with country": _each(_grouped, "phone"),
    "order of fields": lambda row: dict(reversed(row.items())),
}


@cache
def pool() -> tuple[tuple[Row, Row], ...]:
    """Pairs of leads that share a key, of one customer or not."""
    doors = Doors(3, [], [])
    rows = [
        {k: v for k, v in doors.lead(who).items() if v and k != "marks"} for who in doors.contacts(400) for _ in "ab"
    ]
    sharing = defaultdict(list)
    for at, row in enumerate(rows):
        for key in plan(prepared(row)):
            sharing[key].append(at)
    pairs = {pair for held in sharing.values() if len(held) < 10 for pair in combinations(held, 2)}
    return tuple((rows[one], rows[two]) for one, two in sorted(pairs))


def prepared(row: Row) -> Facts:
    return facts_of(**{"region" if field == "province" else field: text for field, text in row.items()})


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_rewriting_changes_a_verdict(data):
    earlier, later = data.draw(st.sampled_from(pool()))
    rewritten = later
    for how in data.draw(st.lists(st.sampled_from(sorted(WRITING)), min_size=1, unique=True)):
        rewritten = WRITING[how](rewritten)

    plain, verdict = (judged(prepared(row), [prepared(earlier)]) for row in (later, rewritten))

    assert (verdict.kind, round(verdict.bits, 6)) == (plain.kind, round(plain.bits, 6))


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_which_of_two_came_first_changes_no_verdict(data):
    earlier, later = map(prepared, data.draw(st.sampled_from(pool())))

    assert judged(later, [earlier]).kind == judged(earlier, [later]).kind


def test_turned_names_change_few_verdicts_and_only_those_that_read_as_other_names():
    turned = [(one, two, {**two, "name": _turned(two["name"])}) for one, two in pool() if two.get("name")]
    turned = [case for case in turned if case[1] != case[2] and prepared(case[1]).name.kind == "full"]
    changed = [
        (one, two)
        for one, two, other in turned
        if judged(prepared(two), [prepared(one)]).kind != judged(prepared(other), [prepared(one)]).kind
    ]

    assert len(turned) > 150
    assert len(changed) <= 0.02 * len(turned), changed
    for _, two in changed:  # 林铮 turned is 铮林, 林 read as the given name; 望春英 is one of 春 or of 望
        first, last = prepared(two).name, prepared({**two, "name": _turned(two["name"])}).name
        assert (first.surname, first.given) != (last.surname, last.given)


GIVEN = sorted(char for char, bits in given_bits().items() if bits > -9)
FIRST = sorted(name.title() for name, known in english().items() if known.first > 1e-3)


def _relatives(draw: st.DrawFn) -> tuple[str, str]:
    if draw(st.booleans()):
        surname = draw(st.sampled_from(sorted(name for name, known in surnames().items() if known.share > 2e-3)))
        one, two = (surname + "".join(draw(st.lists(st.sampled_from(GIVEN), min_size=1, max_size=2))) for _ in "ab")
        return one, two
    one, two = (f"{draw(st.sampled_from(FIRST))} Harper" for _ in "ab")
    return one, two


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_two_of_one_family_never_merge_on_phone_and_surname(data):
    one, two = data.draw(st.composite(_relatives)())
    home = data.draw(
        st.sampled_from(({}, {"city": "上海"}, {"city": "上海", "address": "上海市浦东新区世纪大道100号1203室"}))
    )
    phone = data.draw(st.sampled_from(("13812345678", "021-62078663")))
    first, second = (facts_of(name=name, phone=phone, **home) for name in (one, two))
    assume(first.name and second.name and first.name.kind == second.name.kind == "full")
    assume(same_reading(first.name, second.name) not in AGREEMENTS | {"given_only", "surname_only", "conflict_surname"})

    assert judged(second, [first]).kind != "same"
