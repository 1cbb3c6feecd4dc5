import pytest

from leads.records import Facts
from matchers.keys import KINDS, MOST_KEYS, MOST_WEAK_KEYS, keys_of, plan
from matchers.schemes import SCHEMES
from tests.matchers.world import facts_of

LEAD = {
    "name": "张伟",
    "company": "上海润佳贸易有限公司",
    "phone": "138 1234 5678",
    "email": "zhangwei@runjia.com",
    "wechat": "zw_1988",
    "address": "上海市徐汇区光明路301号1518",
    "city": "上海",
}


def shared(one: Facts, two: Facts) -> set[str]:
    return {key[:1].decode() for key in set(keys_of(one, b"s")) & set(keys_of(two, b"s"))}


def test_keys_are_nine_bytes_of_known_kinds_without_repeats():
    keys = keys_of(facts_of(**LEAD), b"secret")

    assert all(len(key) == 9 and key[:1].decode() in KINDS for key in keys)
    assert len(keys) == len(set(keys)) <= MOST_KEYS


def test_keys_are_stable_and_ordered_strongest_first():
    kinds = [kind for kind, _ in plan(facts_of(**LEAD))]

    assert kinds[:3] == ["P", "E", "W"]
    assert keys_of(facts_of(**LEAD), b"secret") == keys_of(facts_of(**LEAD), b"secret")
    assert keys_of(facts_of(phone="13812345678"), b"secret")[0].hex() == "505fad2058209d480c"


def test_keys_of_two_tenants_have_nothing_in_common():
    assert set(keys_of(facts_of(**LEAD), b"one")).isdisjoint(keys_of(facts_of(**LEAD), b"two"))


def test_a_key_shows_nothing_of_its_value():
    assert all(b"1381234" not in key and b"zhang" not in key for key in keys_of(facts_of(**LEAD), b"secret"))


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("phone", "+86 13812345678", "P"),
        ("phone", "１３８-１２３４-５６７８", "P"),
        ("email", " ZhangWei@RunJia.com.cn", "E"),
        ("wechat", "13812345678", "P"),
    ],
)
def test_every_spelling_of_a_value_finds_it(field, value, kind):
    assert kind in shared(facts_of(**LEAD), facts_of(**{field: value}))


@pytest.mark.parametrize("name", ["張偉", "Zhang Wei", "Wei ZHANG", "zhangwei", "章伟"])
def test_every_spelling_of_a_name_finds_it_in_its_city(name):
    assert "T" in shared(facts_of(**LEAD), facts_of(name=name, city="上海市"))


@pytest.mark.parametrize("name", ["邢如兰", "Xing Rulan", "Rulan XING", "邢茹岚", "xingrulan", "Ru-lan Xing"])
def test_a_rare_name_finds_its_own_without_a_city(name):
    assert shared(facts_of(name="邢如兰", phone="13800001111"), facts_of(name=name, email="a1@163.com")) == {"N"}


@pytest.mark.parametrize("other", ["邢宾端", "邢敦边"])
def test_another_rare_name_of_the_same_letters_is_no_candidate(other):
    one, other = facts_of(name="邢边敦", phone="13800001111"), facts_of(name=other, email="a1@163.com")

    assert {kind for facts in (one, other) for kind, _ in plan(facts)} >= {"N"}
    assert shared(one, other) == set()
    former = SCHEMES[2]
    assert {*former(one)} & {*former(other)} == {("N", "".join(sorted("xingbiandun")))}


def test_a_landline_is_found_without_its_area_code():
    assert "P" in shared(facts_of(phone="021-62078663"), facts_of(phone="62078663"))


def test_a_masked_phone_is_found_through_the_name():
    assert "Q" in shared(facts_of(**LEAD), facts_of(name="张伟", phone="138****5678"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"phone": "+34 913 775 257"}, {"phone": "913775257"}),
        ({"phone": "+49 89 448450"}, {"phone": "089448450"}),
        ({"phone": "+91 124 812 5439"}, {"phone": "911248125439"}),
        ({"phone": "0574-62078663"}, {"phone": "62078663"}),
    ],
)
def test_a_number_is_found_with_and_without_its_country_and_area(one, other):
    assert "P" in shared(facts_of(**one), facts_of(**other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"name": "Ewa Krol", "company": "Kinline Logistyka System s.c."},
            {"name": "Krol", "company": "Kinline Logistika"},
        ),
        ({"name": "Manuel Molina", "company": "Aguilar"}, {"name": "Manuel Molina Pérez", "company": "Aguilar C.B."}),
        (
            {"name": "Julia", "company": "Ashwick & Bailey"},
            {"name": "Julia Kaiser", "company": "Ashwick Bailey Insurance"},
        ),
        (
            {"name": "David Langridge", "company": "PDC", "email": "david@plaliacare.com"},
            {"name": "D. Langridge", "company": "Plalia", "email": "langridge@plaliacare.com"},
        ),
    ],
)
def test_a_person_is_found_in_an_organisation_by_part_of_either_name(one, other):
    assert "S" in shared(facts_of(**one), facts_of(**other))


def test_a_nameless_call_meets_its_company():
    assert "O" in shared(facts_of(company="润佳贸易", phone="021-62078663"), facts_of(company="上海润佳贸易有限公司"))


def test_weak_keys_are_only_for_records_with_neither_phone_nor_company():
    assert not {kind for kind, _ in plan(facts_of(**LEAD))} & set("LXRGHJF")
    weak = plan(facts_of(name="Mary Young", city="Leeds", address="12 High Street", email="mary@young.org"))
    assert {"L", "X", "R"} <= {kind for kind, _ in weak}
    assert len(weak) <= MOST_WEAK_KEYS


def test_near_texts_of_bare_organisations_share_a_band():
    one = facts_of(company="Federal University of Agriculture and Technology Abeokuta")
    two = facts_of(company="Federal University of Agriculture and Technology, Abeokuta Nigeria")

    assert "H" in shared(one, two)
