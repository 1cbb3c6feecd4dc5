"""How people really write it: variants a person would think of, by hand, not by a generator. Each finds the customer again, and
the customer finds it, in an index of fifteen thousand."""

import pytest

from tests.matchers.world import facts_of, judged

MOBILE = "13817645092"
Row = dict[str, str]


def named(*pairs: tuple[str, str]) -> list[tuple[Row, Row]]:
    """Names of one person on one mobile: as known, as written now."""
    return [
        ({"name": one, "phone": MOBILE}, {"name": name, "phone": MOBILE})
        for one, two in pairs
        for name in two.split("|")
    ]


def told(earlier: Row, field: str, texts: str, **besides: str) -> list[tuple[Row, Row]]:
    """The same customer with one field written otherwise, and with ``besides`` and nothing else."""
    return [(earlier, {field: text, **besides}) for text in texts.split("|")]


LI = ("李晓梅",)
WU: Row = {
    "name": "吴晓东",
    "company": "青岛海之蓝贸易有限公司",
    "phone": MOBILE,
    "email": "wuxiaodong1987@qq.com",
    "city": "青岛",
}
ZHAO: Row = {"name": "赵磊", "company": "重庆宇创智能科技有限公司", "city": "重庆", "phone": MOBILE}
ZHOU: Row = {
    "name": "周子轩", "company": "深圳市科力达精密模具有限公司", "phone": MOBILE, "city": "深圳", "email": "zhouzx@kelida.com.cn",
}  # fmt: skip
ZHENG: Row = {
    "name": "郑凯", "company": "宁波海天塑机集团有限公司", "phone": MOBILE, "email": "zhengkai@haitian.com", "city": "宁波",
}  # fmt: skip
MIN: Row = {
    "name": "赵敏敏", "company": "杭州星河软件有限公司", "phone": MOBILE, "email": "zhaominmin@xinghe.com", "city": "杭州",
}  # fmt: skip
SUN: Row = {"name": "孙丽丽", "company": "武汉东湖光电有限公司", "phone": "027-87654399", "city": "武汉"}
TURNER: Row = {
    "name": "Michael Turner", "company": "Lakeside Motors Ltd", "phone": "+1 415 639 2217", "email": "mturner@lakesidemotors.com",
}  # fmt: skip
OUYANG: Row = {"name": "欧阳修文", "phone": MOBILE, "email": "ouyangxw@126.com", "wechat": "oyxw_2020"}
HENGRUI: Row = {"company": "苏州恒瑞精密机械有限公司", "city": "苏州"}
CHEN: Row = {"name": "陈建华", "phone": MOBILE, "email": "chenjianhua@hengrui.com", **HENGRUI}

ONE: dict[str, list[tuple[Row, Row]]] = {
    "romanised": named(
        ("陈志明", "Chan Chi Ming"), ("黃家駒", "Wong Ka Kui"), ("張學友", "Jacky Cheung|Cheung Hok Yau"), ("劉德華", "Andy Lau Tak Wah"),
        ("梁朝偉", "Tony Leung Chiu-wai"), ("謝霆鋒", "Nicholas Tse"), ("林青霞", "Lin Ching-hsia"), ("蔡英文", "Tsai Ing-wen"),
        ("馬英九", "Ma Ying-jeou"), ("李登輝", "Lee Teng-hui"), ("曾蔭權", "Tsang Yam Kuen Donald"), ("鄧麗君", "Teng Li-chun"),
        ("郭富城", "Aaron Kwok"), ("黄晓明", "HUANG XIAOMING"), ("吕布", "LV BU"), ("吕晓燕", "Lyu Xiaoyan"), ("许志安", "Hui Chi On"),
        ("张建国", "ZhangJianguo|zhang jian guo|Jianguo ZHANG|Zhang, Jianguo|J.G. Zhang"), ("何韵诗", "Ho Wan See"), ("吴镇宇", "Ng Chun Yu"),
        ("区志豪", "Au Chi Ho"), ("叶问", "Yip Man"), ("徐小凤", "Tsui Siu Fung"), ("周润发", "Chow Yun-fat"), ("周子轩", "Chow Tsz Hin"),
        ("欧阳娜娜", "Ouyang Nana|Au Yeung Na Na"), ("司徒美堂", "Szeto Mei Tong"), ("赵元任", "Chao Yuen Ren"), ("孫立人", "Sun Li-jen"),
        ("宋楚瑜", "James Soong"), ("王永慶", "Wang Yung-ching"), ("張忠謀", "Morris Chang"), ("单雪梅", "Dan Xuemei"), ("夏雨荷", "Yuhe Xia"),
        ("佘诗曼", "Charmaine Sheh"), ("陈伟明", "Tan Wei Ming"), ("陳志強", "CK Chan|C.K. Chan"), ("林美玲", "Lim Mei Ling"), ("黄", "Ng"), ("李娟", "Juan Li"),
    ),
    "chat and pet names": named(
        ("李晓梅", "云淡风轻|A阿梅建材|快乐老家|爱笑的眼睛|小鱼儿|🌹梅子🌹|岁月静好|Angel|不忘初心|东方红|梅姐|阿梅|晓梅|小梅|momo"),
        ("李晓梅", "用户8273645|微信用户|匿名|Mei|Meimei|May Li|李某|李**|李X|海阔天空|马到成功|冬日暖阳|舒心|甜甜妈|明明爸|乐乐妈妈"),
    ),
    "with titles and in part": named(
        ("李晓梅", "李总|李女士|李老师|李工|李主任|李姐|李董|李院长|李店长|Ms Li|Mrs. Li|李晓梅女士|经理 李晓梅|采购部李晓梅|采购-李晓梅"),
        ("李晓梅", "李晓梅（采购）|李晓梅/总经理|销售总监：李晓梅|李晓梅总|Dr. Li Xiaomei|李太|晓梅姐|联系人：李晓梅|联系人:李小姐|李律师|李医生"),
        ("周子轩", "周生|周sir|姓周的先生|周（先生）|周R|一位女士|男|未知|客户|Zhou Z.X.|周子轩_模具|A周子轩|周子轩1|子轩同学|轩哥|轩轩|深圳周生"),
        ("黎长杰", "长杰|阿杰|杰哥|杰|Jack|Changjie|CJ|Jack Lai|Jack（长杰）|黎先生Jack|Jack黎|长杰 Jack|杰克|杰森"),
    ),
    "misheard": named(
        ("孙晓红", "孙小红|孙晓宏|孙晓虹|孙筱红"), ("章颖", "张颖"), ("肖红", "萧红"), ("吴昊", "吴浩"), ("付强", "傅强"), ("阎红", "闫红"),
        ("周子轩", "邹子轩|周子选|周紫轩"), ("林玲", "林琳"), ("戴玉", "代玉"),
    ),
    "english": [
        ({"name": one, "phone": "+1 415 555 2671"}, {"name": name, "phone": "(415) 555-2671"})
        for one, two in (
            ("Robert Smith", "Bob Smith|Bob|R. Smith|Smith, Robert|ROBERT SMITH|Mr Smith|Rob Smyth|Robert J Smith|Robert Smith Jr.|robert smtih"),
            ("Katherine O'Neil", "Kate ONeil"), ("Elizabeth Brown", "Liz Brown|Beth"), ("Maria Garcia-Lopez", "Maria Garcia"),
            ("Jean-Pierre Dubois", "JP Dubois"), ("Michael Johnson", "Mike J."), ("José Martínez", "Jose Martinez"),
        )
        for name in two.split("|")
    ],
    "a firm as people say it": told(
        ZHAO, "company", "宇创智能|宇创|重庆宇创|宇创科技|雨创智能|语创|宇创智能(重庆)|Yuchuang Intelligent Technology|YUCHUANG|Chongqing Yuchuang|"
        "重庆市宇创智能科技有限责任公司|宇创智能集团|重慶宇創智能科技有限公司|重庆宇创智能有限公司|渝创智能|宇创那个公司|做智能的宇创",
        name="赵磊", city="重庆",
    )
    + [({"name": "赵磊", "company": one, "phone": MOBILE}, {"name": "赵磊", "company": two}) for one, two in (
        ("北京修记餐饮管理有限公司", "北京修记"), ("崔斯特（上海）贸易有限公司", "崔斯特"), ("杭州网易云音乐科技有限公司", "网易云音乐"),
        ("上海拉扎斯信息科技有限公司", "拉扎斯"), ("苏州工业园区博大机械制造有限公司", "博大机械"), ("河南双汇投资发展股份有限公司", "双汇"),
        ("浙江省义乌市恒丰进出口有限公司", "恒丰进出口"), ("佛山市南海区大沥镇鸿运铝材厂", "鸿运铝材"), ("上海市浦东新区金桥镇佳乐超市", "佳乐超市"),
    )],
    "a firm and a person": told(ZHOU, "company", "深圳科力达|科力达模具|科利达精密模具|KELIDA|科力达（深圳）|深圳科力达精密模具厂", name="周子轩", city="深圳")
    + told(ZHENG, "company", "海天塑机|海天", name="郑工", email="zhengkai@haitian.com")
    + told(ZHENG, "name", "郑恺|郑凯", company="海天塑机", city="宁波")
    + told(ZHENG, "name", "郑先生", company="宁波海天塑机", phone="0574-86181234"),
    "damaged phones": told(
        WU, "phone", "1.38E+10|1.38176E+10|1.381764509E10|13817645092.0|138****5092|138xxxx5092|1381764****|'13817645092|13817645082|13817654092|"
        "13817645092/13911112222|13911112222,13817645092|1381764509|138176450922|013817645092|008613817645092|86 13817645092|手机13817645092|"
        "13817645092 (同微信)|１３８１７６４５０９２|138.1764.5092|一三八一七六四五零九二|十三八一七六四五零九二|l3817645092|1381764509O|13,817,645,092|微信13817645092|"
        '="13817645092"|13817645092元|TEL13817645092|13817645092转1|83817645092',
        name="吴晓东",
    )
    + told(WU, "phone", "13817645092.0|13817645092/13911112222|'13817645092|1381764509 2|+86 138 1764 5092")
    + told(WU, "phone", "13817645092.0|138****5092|13911112222/13817645092", name="吴先生"),
    "damaged mail": told(
        WU, "email", "wuxiaodong1987@@qq.com|wuxiaodong1987@qq.con|wuxiaodong1987@qq.com;|wuxiaodong1987 @qq.com|wuxiaodong1987@qq，com|"
        "wuxiaodong1987@qqcom|wuxiaodong1987@qq|wuxiaodong1987qq.com|<wuxiaodong1987@qq.com>|吴晓东<wuxiaodong1987@qq.com>|wuxiaodong1987@qq.cm|"
        "wuxiaodong1987@q.com|wuxiaodong1987#qq.com|wuxiaodong1987＠qq.com|wuxiaodong1987@qq。com|wuxiaodong1978@qq.com|wuxiadong1987@qq.com|"
        "wuxiaodong1987@vip.qq.com|wuxiaodong1987@qq.com/wxd@abc.com|wuxiaodong1987@qq.comm|wuxiaodong1987@qq.com（备用）",
        name="吴晓东",
    )
    + told(WU, "email", "wuxiaodong1987@@qq.com|wuxiaodong1987@qq.con|wuxiaodong1987@qq.com;|wuxiaodong1987qq.com"),
    "shifted columns": [(WU, row) for row in (
        {"name": "青岛海之蓝贸易有限公司", "company": "吴晓东", "phone": MOBILE}, {"name": MOBILE, "phone": "吴晓东"},
        {"name": "吴晓东", "phone": WU["email"], "email": MOBILE}, {"company": MOBILE, "name": "吴晓东"}, {"name": "吴晓东", "city": MOBILE},
        {"name": WU["email"], "phone": "吴晓东", "email": MOBILE}, {"name": "吴晓东", "company": "吴晓东", "phone": MOBILE},
        {"name": "青岛", "company": "吴晓东", "phone": MOBILE}, {"name": "海之蓝", "phone": MOBILE}, {"name": "男", "company": "吴晓东", "phone": MOBILE},
        {"name": "test", "phone": MOBILE}, {"name": "2024-05-01", "company": "吴晓东", "phone": MOBILE}, {"city": "吴晓东", "phone": MOBILE},
    )] + [(TURNER, row | {"phone": TURNER["phone"]}) for row in (
        {"name": "Lakeside Motors", "company": "Michael Turner"}, {"name": "LAKESIDE MOTORS", "company": "Mike Turner", "email": TURNER["email"]},
        {"name": "Lakeside Motors - Michael Turner"}, {"name": "Michael Turner, Lakeside Motors"}, {"name": "Michael Turner (Lakeside Motors)"},
    )] + [(WU, {"company": "吴晓东 13817645092"})],
    "an English name beside the mailbox of the Chinese one": [
        ({"name": "林美慧", "phone": MOBILE, "email": "meihui.lin@gmail.com"}, {"name": "Amy Lin", "phone": MOBILE}),
    ],
    "several things in one cell": told(
        WU, "name", "海之蓝 吴晓东|吴晓东（海之蓝）|吴晓东-海之蓝贸易|海之蓝贸易-吴经理|海之蓝吴总|海之蓝吴晓东|青岛海之蓝吴总|吴总 青岛海之蓝", phone=MOBILE
    )
    + told(WU, "name", "吴晓东,13817645092|吴晓东 青岛海之蓝贸易有限公司 13817645092|海之蓝/吴晓东/13817645092|吴晓东 wuxiaodong1987@qq.com|吴总13817645092")
    + told(WU, "phone", "吴晓东 13817645092|13817645092（吴晓东）|13817645092,wuxiaodong1987@qq.com|0532-88887777转805 13817645092")
    + told(WU, "company", "青岛海之蓝贸易有限公司 吴晓东|青岛海之蓝贸易有限公司（吴晓东）|海之蓝贸易吴晓东", phone=MOBILE),
    "moved": [(MIN, row) for row in (
        {"name": "赵敏敏", "company": "苏州百川物流有限公司", "phone": MOBILE, "email": "zhaominmin@baichuan.cn", "city": "苏州"},
        {"name": "赵小姐", "company": "苏州百川物流有限公司", "phone": MOBILE, "city": "苏州"},
        {"name": "赵敏敏", "company": "杭州星河软件有限公司", "phone": "15968881234"}, {"name": "赵敏敏", "phone": "15968881234", "email": MIN["email"]},
        {"email": MIN["email"], "phone": "15968881234"}, {"name": "敏敏", "email": "zhaominmin@baichuan.cn", "phone": MOBILE},
        {"name": "赵小姐", "company": "星河软件", "city": "杭州"}, {"name": "赵敏敏", "company": "杭州星河软件有限公司", "email": "zmm@xinghe.com"},
    )],
    "a desk": [(SUN, row) for row in (
        {"name": "孙小姐", "company": "东湖光电", "phone": "027-87654399"}, {"name": "孙小姐", "phone": "027-87654399"},
        {"name": "孙丽丽", "phone": "87654399"}, {"name": "孙丽丽", "phone": "027-87654399-802"}, {"name": "孙经理", "company": "东湖光电", "phone": MOBILE},
        {"name": "Sun Lili", "company": "东湖", "phone": "86-27-87654399"}, {"name": "孙丽丽", "company": "东湖光电", "phone": MOBILE},
    )],
    "handles": [(OUYANG, row) for row in (
        {"wechat": "oyxw_2020"}, {"name": "欧阳先生", "wechat": "oyxw_2020"}, {"name": "修文", "email": "ouyangxw@126.com"},
        {"name": "Ouyang", "wechat": "OYXW_2020"}, {"name": "欧阳", "phone": MOBILE}, {"email": "ouyangxw@126.com", "phone": "15968881234"},
        {"name": "欧阳修文", "wechat": MOBILE}, {"wechat": MOBILE}, {"name": "欧阳修文", "wechat": "微信号：oyxw_2020", "phone": MOBILE},
    )],
}  # fmt: skip

#: Who is not meant, though much agrees.
ANOTHER: dict[str, list[tuple[Row, Row]]] = {
    "family": named(
        ("王建国", "王小明|王建军|王国庆|李秀兰|Wang Xiaoming|王建华"), ("黎长杰", "黎长红"), ("陈志明", "Wong Ka Kui|Chan Siu Fong"),
        ("Mary Smith", "John Smith"), ("李雷", "韩梅梅"),
    ),
    "a desk": [(SUN, row) for row in (
        {"name": "周强", "company": "武汉东湖光电有限公司", "phone": "027-87654399"}, {"name": "周先生", "company": "东湖", "phone": "027-87654399"},
        {"name": "前台", "company": "东湖光电", "phone": "027-87654399"}, {"name": "孙强", "company": "东湖光电", "phone": "027-87654399"},
        {"company": "东湖光电", "phone": "027-87654399"},
    )],
    "colleagues": [(CHEN, row) for row in (
        {"name": "陈晓东", "phone": "0512-67891234", **HENGRUI}, {"name": "陈女士", "phone": "13912345678", "company": "恒瑞精密"},
        {"name": "陈建国", "phone": "13912345678", "email": "chenjianguo@hengrui.com", **HENGRUI}, {"name": "李建华", "phone": "13912345678", **HENGRUI},
        {"name": "陈总", "email": "chenhao@hengrui.com", **HENGRUI}, {"phone": "13912345678", **HENGRUI}, {"email": "info@hengrui.com", **HENGRUI},
        {"name": "采购部", "phone": "0512-67891234", **HENGRUI}, {"name": "小陈", "phone": "13912345678", "company": "恒瑞机械"},
    )],
    "two desks": [
        ({"name": "陈建华", "phone": "0512-67891234", **HENGRUI}, {"name": "陈女士", "phone": "0512-67891299", **HENGRUI}),
        ({"name": "陈建华", "phone": "0512-67891234", **HENGRUI}, {"name": "王小姐", "phone": "0512-67891234-801"}),
    ],
    "an agency's form": [(CHEN | {"email": "leads@best.com"}, {
        "name": name, "phone": MOBILE, "email": "leads@best.com", "company": "杭州天元传媒有限公司",
    }) for name in ("王丽", "赵总")],
    "a passed-on number": told(WU, "name", "赵倩|赵小姐", phone=MOBILE, company="长沙湘味餐饮有限公司", city="长沙"),
    "namesakes": [
        ({"name": "王伟", "company": "华为技术有限公司", "phone": MOBILE, "city": "深圳"}, row) for row in (
            {"name": "王伟", "phone": "13512345678", "city": "深圳"}, {"name": "王伟", "company": "中兴通讯股份有限公司", "city": "深圳"},
        )
    ],
}  # fmt: skip


def _both_ways(cases: dict[str, list[tuple[Row, Row]]]) -> list[tuple[Row, Row]]:
    return [pair for pairs in cases.values() for one, two in pairs for pair in ((one, two), (two, one))]


@pytest.mark.parametrize("kind", ONE)
def test_one_customer_however_written(kind: str) -> None:
    missed = [
        (one, two)
        for one, two in _both_ways({kind: ONE[kind]})
        if judged(facts_of(**two), [facts_of(**one)]).kind != "same"
    ]

    assert missed == []


@pytest.mark.parametrize("kind", ANOTHER)
def test_another_who_looks_alike(kind: str) -> None:
    met = [
        (one, two)
        for one, two in _both_ways({kind: ANOTHER[kind]})
        if judged(facts_of(**two), [facts_of(**one)]).kind == "same"
    ]

    assert met == []
