"""Pairs of leads: who is the same contact, who is only of the same account, who is somebody else."""

import pytest

from matchers.verdict import judge
from matchers.weights import DEFAULT
from tests.matchers.world import LARGE, facts_of, judged

MOBILE = "13812345678"

SAME = {
    "same mobile and name": (
        {"name": "张伟", "phone": MOBILE},
        {"name": "张伟", "phone": "+86 138-1234-5678", "city": "上海"},
    ),
    "moved on, a remark says from where": (
        {"name": "Robert Johnson", "company": "Kindyn Foods", "phone": "+61 400 240 689"},
        {
            "name": "Robert Johnson",
            "company": "Ryan Properties",
            "phone": "+61 439 710 722",
            "message": "price? (formerly with Kindyn Foods)",
        },
    ),
    "pinyin": ({"name": "张伟", "phone": MOBILE}, {"name": "Zhang Wei", "phone": MOBILE}),
    "pinyin in capitals without a space": (
        {"name": "夏莹", "company": "上海宇创智能科技有限公司", "phone": MOBILE},
        {"name": "XIAYING", "phone": MOBILE},
    ),
    "cantonese": ({"name": "張勇", "phone": MOBILE}, {"name": "Cheung Yung", "phone": MOBILE}),
    "traditional": ({"name": "陳致潔", "email": "chenzj88@qq.com"}, {"name": "陈致洁", "email": "chenzj88@qq.com"}),
    "chat name": ({"name": "李晓梅", "phone": MOBILE}, {"name": "云淡风轻", "phone": MOBILE}),
    "given name only": ({"name": "黎长杰", "phone": MOBILE}, {"name": "长杰", "phone": MOBILE}),
    "english first name": ({"name": "刘卫孝", "phone": MOBILE}, {"name": "Jack", "phone": MOBILE}),
    "english name before a cantonese one": (
        {"name": "劉德華", "phone": MOBILE},
        {"name": "Andy Lau Tak Wah", "phone": MOBILE},
    ),
    "english name behind a cantonese one": (
        {"name": "曾蔭權", "phone": MOBILE},
        {"name": "Tsang Yam Kuen Donald", "phone": MOBILE},
    ),
    "a spelling of no table": ({"name": "馬英九", "phone": MOBILE}, {"name": "Ma Ying-jeou", "phone": MOBILE}),
    "one syllable of the given name": ({"name": "李晓梅", "phone": MOBILE}, {"name": "Mei", "phone": MOBILE}),
    "called by a syllable": ({"name": "李晓梅", "phone": MOBILE}, {"name": "梅姐", "phone": MOBILE}),
    "a syllable twice": ({"name": "李晓梅", "phone": MOBILE}, {"name": "momo", "phone": MOBILE}),
    "so-and-so": ({"name": "李晓梅", "phone": MOBILE}, {"name": "李某", "phone": MOBILE}),
    "somebody's father": ({"name": "李志强", "phone": MOBILE}, {"name": "明明爸", "phone": MOBILE}),
    "the brand for a name": (
        {"name": "吴晓东", "company": "青岛海之蓝贸易有限公司", "phone": MOBILE},
        {"name": "海之蓝", "phone": MOBILE},
    ),
    "the person for a company": (
        {"name": "吴晓东", "company": "青岛海之蓝贸易有限公司", "phone": MOBILE},
        {"name": "青岛", "company": "吴晓东", "city": "海之蓝贸易", "phone": MOBILE},
    ),
    "a town before the brand": (
        {"name": "赵磊", "company": "佛山市南海区大沥镇鸿运铝材厂", "phone": MOBILE},
        {"name": "赵磊", "company": "鸿运铝材", "city": "佛山"},
    ),
    "a QQ number for a mailbox": (
        {"name": "周杰", "email": "873645120@qq.com"},
        {"name": "周杰", "email": "QQ：873645120"},
    ),
    "the phone in a remark": (
        {"name": "陈燕文", "message": "想了解价格，客户手机" + MOBILE},
        {"name": "陈小姐", "phone": MOBILE},
    ),
    "a mobile and a desk in one cell": (
        {"name": "Danny Griffiths", "phone": "0782 799 1007 02078591080"},
        {"name": "D. Griffiths", "phone": "+447827991007"},
    ),
    "a title of another language": (
        {"name": "Sig. Giannetti", "phone": "+39 333 075 9182"},
        {"name": "Ansaldo Giannetti", "phone": "+39 3330759182"},
    ),
    "an address book's name": (
        {"name": "A五金周成昊", "email": "zch1988@qq.com"},
        {"name": "周先生", "email": "zch1988@qq.com"},
    ),
    "first name and an initial": (
        {"name": "Michael Johnson", "phone": "+1 415 555 2671"},
        {"name": "Mike J.", "phone": "+1 415 555 2671"},
    ),
    "two initials in one": (
        {"name": "Jean-Pierre Dubois", "phone": "+33 6 12 34 56 78"},
        {"name": "JP Dubois", "phone": "+33 6 12 34 56 78"},
    ),
    "a mailbox with an english name": (
        {"name": "张伟", "phone": MOBILE},
        {"phone": MOBILE, "email": "jackzhang@gmail.com"},
    ),
    "a mailbox with a short form": (
        {"name": "Robert Smith", "phone": "+1 415 555 2671"},
        {"phone": "+1 415 555 2671", "email": "bob.smith@gmail.com"},
    ),
    "an initial and a slip": (
        {"name": "Frank Burton", "phone": "+1 415 555 2671"},
        {"name": "F. Burron", "phone": "+1 415 555 2671"},
    ),
    "two romanisations, turned": (
        {"name": "Tsun Chien Chiu", "phone": MOBILE},
        {"name": "Qianqiu Chen", "phone": MOBILE},
    ),
    "surname only": ({"name": "李志强", "phone": MOBILE}, {"name": "李总", "phone": MOBILE}),
    "nothing but the number": ({"name": "李志强", "phone": MOBILE}, {"phone": MOBILE}),
    "nickname": (
        {"name": "William Carter", "email": "wcarter@northwind.com"},
        {"name": "Bill Carter", "email": "wcarter@northwind.com"},
    ),
    "changed job, old mobile": (
        {"name": "周敏", "phone": MOBILE, "company": "杭州星河软件有限公司", "email": "zhoumin@xinghe.com"},
        {"name": "周敏", "phone": MOBILE, "company": "苏州百川物流有限公司", "email": "zhoumin@baichuan.cn"},
    ),
    "changed phone, old mailbox": (
        {"name": "周敏", "phone": MOBILE, "email": "zhoumin1986@163.com"},
        {"name": "周敏", "phone": "15900001234", "email": "zhoumin1986@163.com"},
    ),
    "company as people say it": (
        {"name": "赵磊", "company": "重庆宇创智能科技有限公司", "city": "重庆", "phone": MOBILE},
        {"name": "赵磊", "company": "宇创智能", "city": "重庆"},
    ),
    "masked phone": (
        {"name": "王新洁", "phone": "18669668684", "city": "青岛"},
        {"name": "王新洁", "phone": "186****8684", "city": "青岛"},
    ),
    "mistyped mobile": (
        {"name": "吴晓东", "phone": MOBILE, "city": "青岛"},
        {"name": "吴晓东", "phone": "13812345687", "city": "青岛"},
    ),
    "wechat is the mobile": ({"name": "吴晓东", "wechat": MOBILE}, {"name": "吴晓东", "phone": MOBILE}),
    "rounded by a spreadsheet": ({"name": "吴晓东", "phone": "1.38123E+10"}, {"name": "吴晓东", "phone": MOBILE}),
    "masked, surname only": ({"name": "吴晓东", "phone": MOBILE}, {"name": "吴先生", "phone": "138****5678"}),
    "a digit lost": ({"name": "吴晓东", "phone": MOBILE}, {"name": "吴晓东", "phone": "1381234567"}),
    "two mobiles glued": ({"name": "吴晓东", "phone": f"{MOBILE}13912340000"}, {"name": "吴晓东", "phone": MOBILE}),
    "romanised, another number, no city": (
        {"name": "譚偉明", "company": "重庆宇创智能科技有限公司"},
        {"name": "Tam Wai Ming", "company": "宇创智能"},
    ),
    "a syllable that looks like a title": (
        {"name": "唐冬迎", "phone": MOBILE},
        {"name": "Tong Dong Ing", "phone": MOBILE},
    ),
    "initials in one": ({"name": "张志明", "phone": MOBILE}, {"name": "Zhang ZM", "phone": MOBILE}),
    "given name that could be a whole one": ({"name": "黄禹臣", "phone": MOBILE}, {"name": "禹臣", "phone": MOBILE}),
    "given name turned, in pinyin": ({"name": "海双", "phone": MOBILE}, {"name": "Xu Haishuang", "phone": MOBILE}),
    "pet name": ({"name": "刘灿勇", "phone": MOBILE}, {"name": "阿飞", "phone": MOBILE}),
    "a word for a name": ({"name": "王志强", "phone": MOBILE}, {"name": "Happy", "phone": MOBILE}),
    "the mailbox is the mobile": ({"name": "吴晓东", "phone": MOBILE}, {"email": f"{MOBILE}@163.com"}),
    "the mailbox is the wechat": (
        {"name": "吴晓东", "wechat": "dongge7788"},
        {"name": "吴先生", "email": "dongge7788@163.com"},
    ),
    "the mailbox lost its at": (
        {"name": "吴晓东", "email": "wxd88@qq.com"},
        {"name": "吴先生", "email": "wxd88qq.com"},
    ),
    "the line tells the city": (
        {"name": "贾崇岳", "phone": "0571-58615658"},
        {"name": "贾崇岳", "phone": MOBILE, "city": "杭州"},
    ),
    "name and company exchanged": (
        {"name": "源正餐饮管理", "company": "刘薪珉", "phone": "13900001111"},
        {"name": "刘薪珉", "company": "东莞源正餐饮管理有限责任公司", "phone": MOBILE},
    ),
    "the domain spells the firm": (
        {"name": "张卓翠", "email": "zhangzhuocui76@yanxianggroup.com"},
        {"name": "张卓翠", "company": "成都燕祥机械有限公司", "phone": MOBILE},
    ),
    "bare company, same line": (
        {"company": "上海润佳贸易有限公司", "phone": "021-62078663", "city": "上海"},
        {"company": "润佳贸易", "phone": "021 6207 8663", "city": "上海"},
    ),
    "an unusual word in both name fields": (
        {"name": "阳光少年", "phone": MOBILE},
        {"name": "阳光少年", "wechat": MOBILE},
    ),
    "a name misheard into no name": (
        {"name": "钱蔉", "company": "佛山惠装物流有限公司"},
        {"name": "前蔉", "company": "惠装物流", "city": "佛山"},
    ),
    "a rare name, nothing against it": (
        {"name": "邢如兰", "phone": MOBILE},
        {"name": "邢如兰", "email": "rl3315@126.com"},
    ),
    "a domain with two letters wrong": (
        {"name": "Aria Cross", "email": "a.cross58@browning-nguyen.com"},
        {"name": "Aira Cros", "email": "a.cross58@brwning-nguyenn.com"},
    ),
    "one house, street type left out, a list's code for a name": (
        {"company": "Harbor House - Mission Street School", "address": "2434 S Kildare Ave"},
        {"company": "Harbor House Mission Street School", "address": "2434 S. Kildare", "name": "4305IT(Care Center)"},
    ),
    "one house of a range, a word in common": (
        {"company": "Shining Star Preschool", "address": "3012-16 E. 92nd St.", "postcode": "60617"},
        {"company": "Riverside Youth Centers Shining Star", "address": "3012 E 92nd St", "postcode": "60617"},
    ),
    "rounded up by a spreadsheet": (
        {"name": "吴晓东", "phone": "15848269905", "city": "青岛"},
        {"name": "吴晓东", "phone": "1.58483E+10", "city": "青岛"},
    ),
    "one restaurant, its street told at length": (
        {"company": "union pacific cafe", "address": "854 7th ave. between 54th and 55th sts.", "phone": "2125551100"},
        {"company": "union pacific cafe", "address": "854 seventh ave.", "phone": "2125551100"},
    ),
}

NOT_SAME = {
    "family on one mobile": ({"name": "王建国", "phone": MOBILE}, {"name": "王雪梅", "phone": MOBILE}),
    "kin by the mailbox": (
        {"name": "张志强", "phone": MOBILE},
        {"phone": MOBILE, "email": "zhanglili88@qq.com", "company": "上海润佳贸易有限公司"},
    ),
    "kin by the mailbox, with the surname": (
        {"name": "王建国", "phone": MOBILE},
        {"name": "王小姐", "phone": MOBILE, "email": "wangmeili@163.com"},
    ),
    "kin by the initial in the mailbox": (
        {"name": "Samuel Martinez", "phone": "+1 206 555 6546"},
        {"phone": "+1 206 555 6546", "email": "hmartinez@legacybeta.com"},
    ),
    "the cafe and the dining room of a hotel": (
        {"company": "Cafe Grand Oak Buckhead", "address": "3434 Peachtree Rd", "phone": "4045552700"},
        {"company": "Dining Room Grand Oak Buckhead", "address": "3434 Peachtree Rd", "phone": "4045552700"},
    ),
    "english family on one phone": (
        {"name": "Linda Sullivan", "phone": "+1 415 555 2671"},
        {"name": "Mark Sullivan", "phone": "+1 415 555 2671"},
    ),
    "spouses on one mobile": ({"name": "王建国", "phone": MOBILE}, {"name": "李秀兰", "phone": MOBILE}),
    "namesakes in one city": (
        {"name": "张伟", "city": "上海", "phone": MOBILE},
        {"name": "张伟", "city": "上海", "phone": "15900001234"},
    ),
    "receptionist's desk number": (
        {"name": "陈静", "company": "上海润佳贸易有限公司", "phone": "021-62078663"},
        {"name": "何晓峰", "company": "上海润佳贸易有限公司", "phone": "021-62078663"},
    ),
    "branches of one bank": (
        {"company": "招商银行股份有限公司南京分行", "phone": "025-84321000", "city": "南京"},
        {"company": "招商银行股份有限公司武汉分行", "phone": "027-85321234", "city": "武汉"},
    ),
    "a common name, nothing against it": (
        {"name": "李秀英", "phone": MOBILE},
        {"name": "李秀英", "email": "xy3315@126.com"},
    ),
    "a rare name with another mobile and firm": (
        {"name": "邢如兰", "phone": MOBILE, "company": "上海润佳贸易有限公司"},
        {"name": "邢如兰", "phone": "15900001234", "company": "广州丽日服装有限公司"},
    ),
    "two sites of one organisation with its phone": (
        {"company": "Harbor House - Teddy Bear", "address": "4647 W Washington Blvd", "phone": "6268655"},
        {"company": "Harbor House - Oak Grove", "address": "4650 N Madison St", "phone": "6268655"},
    ),
    "two numbered streets": (
        {"company": "Mason", "address": "4217 W. 18th St.", "phone": "5341530"},
        {"company": "City Schools Mason", "address": "4216 W. 19th St.", "phone": "5341530"},
    ),
    "north and south of one road": (
        {"company": "Harbor House", "address": "2434 N Kildare Ave", "phone": "6268655"},
        {"company": "Harbor House", "address": "2434 S Kildare Ave", "phone": "6268655"},
    ),
    "recycled number": (
        {
            "name": "孙浩",
            "phone": MOBILE,
            "company": "北京天元传媒有限公司",
            "email": "sunhao@tianyuan.com",
            "city": "北京",
        },
        {"name": "罗文静", "phone": MOBILE, "company": "广州丽日服装有限公司", "email": "lwj77@qq.com", "city": "广州"},
    ),
    "two colleagues": (
        {"name": "陈静", "company": "上海润佳贸易有限公司", "email": "chenjing@runjia.com"},
        {"name": "何晓峰", "company": "上海润佳贸易有限公司", "email": "hexf@runjia.com"},
    ),
    "next person of that name": (
        {"name": "Mary Young", "email": "mary.young73@gmail.com"},
        {"name": "Robert Young", "email": "robert.young73@gmail.com"},
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_one_person(case):
    earlier, later = SAME[case]

    verdict = judged(facts_of(**later), [facts_of(**earlier)])

    assert verdict.kind == "same", verdict


@pytest.mark.parametrize("case", SAME)
def test_the_order_of_arrival_changes_nothing(case):
    earlier, later = SAME[case]

    verdict = judged(facts_of(**earlier), [facts_of(**later)])

    assert verdict.kind == "same", verdict


@pytest.mark.parametrize("case", NOT_SAME)
def test_two_persons(case):
    earlier, later = NOT_SAME[case]

    for first, second in ((earlier, later), (later, earlier)):
        verdict = judged(facts_of(**second), [facts_of(**first)])
        assert verdict.kind != "same", verdict
        assert verdict.probability < 0.5


@pytest.mark.parametrize("case", ["receptionist's desk number", "two colleagues", "family on one mobile"])
def test_people_of_one_company_or_household_are_an_account(case):
    earlier, later = NOT_SAME[case]

    assert judged(facts_of(**later), [facts_of(**earlier)]).account == 1


def test_a_nameless_call_from_a_mobile_two_people_share_is_no_proof():
    family = [[facts_of(name="王建国", phone=MOBILE)], [facts_of(name="王雪梅", phone=MOBILE)]]

    assert judged(facts_of(phone=MOBILE), *family).kind != "same"


def test_colleagues_of_other_names_are_no_rivals_of_half_a_name():
    firm = {"company": "重庆宇创智能科技有限公司", "city": "重庆"}
    lead = facts_of(name="彭先生", phone="023-67891234", **firm)
    known = [facts_of(name="彭春明", phone="13812345678", **firm)]
    others = [
        [facts_of(name=name, phone=f"1391234560{at}", **firm)]
        for at, name in enumerate(("王丽娟", "李建国", "钱志远", "周敏"))
    ]

    assert judged(lead, known, *others).joins == (1,)
    assert judged(lead, known, [facts_of(name="彭海燕", phone="13912345678", **firm)]).kind == "new"


def test_an_agencys_number_makes_no_giant():
    names = ["王建国", "李秀兰", "孙浩", "罗文静", "何晓峰", "陈静", "周敏", "赵磊"]
    clients = [[facts_of(name=name, phone=MOBILE)] for name in names]

    assert judged(facts_of(name="吴晓东", phone=MOBILE), *clients).kind == "new"
    assert judged(facts_of(name="孙浩", phone=MOBILE), *clients).joins == (3,)
    assert judged(facts_of(phone=MOBILE), *clients).kind == "new"


def test_a_lead_unites_what_it_proves_to_be_one():
    by_phone = [facts_of(name="欧阳明哲", phone=MOBILE)]
    by_mail = [facts_of(name="欧阳明哲", email="mingzhe86@163.com")]

    verdict = judged(facts_of(name="欧阳明哲", phone=MOBILE, email="mingzhe86@163.com"), by_phone, by_mail)

    assert sorted(verdict.joins) == [1, 2]


def test_a_further_entity_is_united_sooner_when_nothing_contradicts():
    by_name = [facts_of(name="Andrew Hancock", company="西安维尚物流集团有限公司", phone="029-64266646")]
    by_phone = [facts_of(company="维尚物流", phone="+1 206 894 1156")]
    other_phone = [facts_of(name="Andrew Hancock", company="西安维尚物流集团有限公司", phone="+1 512 894 0000")]
    lead = facts_of(name="Andrew Hancock", phone="+1-206-894-1156", city="西安市")

    assert sorted(judged(lead, by_name, by_phone).joins) == [1, 2]
    assert len(judged(lead, other_phone, by_phone).joins) == 1


def test_a_lead_does_not_unite_two_names():
    he = [facts_of(name="王建国", phone=MOBILE)]
    she = [facts_of(name="李秀兰", email="family77@163.com")]

    verdict = judged(facts_of(phone=MOBILE, email="family77@163.com"), he, she)

    assert len(verdict.joins) < 2


def test_an_entity_is_all_that_its_leads_say():
    entity = [facts_of(name="周敏", phone=MOBILE), facts_of(phone=MOBILE, email="zm1986@163.com")]

    assert judged(facts_of(name="周敏", email="zm1986@163.com"), entity).kind == "same"


def test_what_contradicts_my_own_entity_is_not_joined():
    lead = facts_of(phone=MOBILE)
    other = facts_of(name="李秀兰", phone=MOBILE)
    own = [facts_of(name="王建国", phone=MOBILE)]
    neighbour = judged(lead, [other])
    assert neighbour.kind == "same"

    from leads.records import Neighbour
    from matchers.keys import keys_of

    counts = [1] * len(keys_of(lead, b"secret"))
    verdict = judge(lead, counts, [Neighbour(1, (1,), (other,), 1, 1)], LARGE, DEFAULT, own)

    assert verdict.kind == "new"


def test_status_events_of_one_call_are_one_lead():
    import msgspec

    ringing = msgspec.structs.replace(facts_of(phone=MOBILE), call="c1")
    ended = msgspec.structs.replace(facts_of(phone="021-62078663"), call="c1")

    verdict = judged(ended, [ringing])

    assert (verdict.kind, verdict.reason, verdict.joins) == ("same", "call_update", (1,))


def test_nobody_known_is_new():
    assert judged(facts_of(name="张伟", phone=MOBILE)).kind == "new"


def test_evidence_names_the_fields_that_met():
    verdict = judged(facts_of(name="张伟", phone=MOBILE), [facts_of(name="张伟", phone=MOBILE)])

    assert {(e.field, e.level) for e in verdict.evidence} >= {("phone", "mobile"), ("name", "exact")}
    assert all(e.seq in (0, 1) for e in verdict.evidence)
