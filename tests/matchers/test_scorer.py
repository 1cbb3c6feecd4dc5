"""What single fields add: the rules of the table that are easy to break."""

from leads.records import Facts, IndexStats, Neighbour
from matchers.keys import plan
from matchers.neighbours import Known, bare
from matchers.scorer import Scored, score
from matchers.verdict import scale_of
from matchers.weights import DEFAULT
from tests.matchers.world import LARGE, facts_of, judged


def scored(lead: Facts, *entity: Facts, holders: int = 1, stats: IndexStats = LARGE) -> Scored:
    known = Known(Neighbour(1, tuple(range(1, len(entity) + 1)), entity, 1, 1))
    scale = scale_of(lead, [holders] * len(plan(lead)), stats, DEFAULT)
    return score(lead, known, scale, bare(lead))


def levels(result: Scored) -> set[str]:
    return {f"{met.field}.{met.level}" for met in result.mets}


def test_a_value_nobody_else_holds_weighs_the_same_in_any_index():
    lead, entity = facts_of(phone="13812345678"), facts_of(name="张伟", phone="13812345678")
    small, large = IndexStats(12_000, 4_000), IndexStats(1_200_000, 400_000)

    assert abs(scored(lead, entity, stats=small).bits - scored(lead, entity, stats=large).bits) < 0.01


def test_further_holders_take_bits_away():
    lead, entity = facts_of(phone="13812345678"), facts_of(name="张伟", phone="13812345678")

    assert (
        scored(lead, entity, holders=1).bits
        > scored(lead, entity, holders=2).bits
        > scored(lead, entity, holders=9).bits
    )


def test_account_evidence_alone_stays_below_the_threshold():
    row = {
        "company": "上海润佳贸易有限公司",
        "phone": "021-62078663",
        "address": "上海市徐汇区光明路301号",
        "city": "上海",
    }

    assert scored(facts_of(name="陈静", **row), facts_of(**row)).bits < DEFAULT.same


def test_a_handle_made_of_the_name_is_no_second_witness():
    plain = scored(facts_of(name="王超", wechat="wxwangchao"), facts_of(name="王超", wechat="wxwangchao"))
    own = scored(facts_of(name="王超", wechat="dahai_7731"), facts_of(name="王超", wechat="dahai_7731"))

    assert "handle.from_name" in levels(plain)
    assert own.bits > plain.bits + 5


def test_half_a_name_does_not_outweigh_a_whole_one():
    family = (facts_of(name="王建国", phone="13812345678"), facts_of(name="王总", phone="13812345678"))

    assert scored(facts_of(name="王雪梅", phone="13812345678"), *family).name == "conflict_given"


def test_a_mailbox_completes_half_a_name():
    result = scored(
        facts_of(name="杨真兵", city="苏州"), facts_of(name="杨总", email="yangzhenbing@jianying.com", city="苏州")
    )

    assert "name.mailbox_spells" in levels(result)


def test_a_mail_domain_spells_the_organisation():
    result = scored(
        facts_of(name="沈霞童", email="xshen@ruixing.com"), facts_of(name="沈霞童", company="瑞兴物流有限公司")
    )

    assert "company.domain" in levels(result)


def test_a_birth_date_overrules_a_contradicting_name():
    kinds = {"born": "date"}
    lead = facts_of(kinds, name="Mary Baker", born="1984-03-12")
    entity = facts_of(kinds, name="Mary Young", born="1984-03-12")

    assert scored(lead, entity).born


def test_organisations_under_one_roof_are_not_one():
    place = {"phone": "021-62078663", "address": "上海市徐汇区光明路301号", "city": "上海"}

    assert scored(facts_of(company="聚福楼餐厅", **place), facts_of(company="海天阁茶馆", **place)).bits < 0


def test_a_mailbox_that_is_called_like_the_organisation_is_its_own_wherever_it_is_kept():
    firm = {"company": "合肥鑫鹏物流机械有限公司", "email": "xinpengwuliu168@163.com"}
    desk, other = facts_of(**firm), facts_of(name="谭洪继", phone="13485656236", **firm)
    assert "email.role" in levels(scored(other, desk))
    assert judged(other, [desk]).kind == "new"
    assert judged(other, [desk]).account == 1
    assert "email.exact" in levels(scored(facts_of(name="谭洪继", email=firm["email"]), facts_of(email=firm["email"])))


def test_the_number_of_a_front_desk_is_the_organisations():
    person = facts_of(name="Melissa Paradis", company="Atlas Security Systems Inc.", phone="+1 416 645 1717")
    for told in ({"name": "Reception"}, {"email": "info@atlas-security.com"}):
        desk = facts_of(company="Atlas Security Systems Inc.", phone="(416) 645-1717", **told)
        assert "phone.line" in levels(scored(person, desk))
        assert judged(person, [desk]).kind == "new"
        assert judged(person, [desk]).account == 1
    nameless = facts_of(company="Atlas Security Systems Inc.", phone="(416) 645-1717")
    assert judged(person, [nameless]).kind == "same"
    assert "phone.number" in levels(scored(facts_of(phone="(416) 645-1717"), person))


def test_a_number_with_extensions_is_a_line_without_them_too():
    known = [
        facts_of(name="Karin Ahmadi", company="Wesport", phone="+45 86 94 00 53 ext 939"),
        facts_of(name="Karin Ahmadi", company="Wesport", phone="+45 86 94 00 53"),
    ]
    assert "phone.line" in levels(scored(facts_of(company="Wesport Energi", phone="+45 86940053"), *known))


def test_nearly_the_same_line_is_as_often_a_colleagues():
    jackson = facts_of(name="Seth Jackson", company="Minneapolis Printing", phone="+1 904 657 7925")
    desk = facts_of(name="Purchasing", company="Minneapolis Printing Inc.", phone="(904) 657-7920")
    assert "phone.line_near" in levels(scored(desk, jackson))
    assert judged(desk, [jackson]).kind == "new"
    assert "phone.near" in levels(scored(facts_of(phone="13812345679"), facts_of(phone="13812345678")))
