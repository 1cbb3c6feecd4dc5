"""Names of companies: what is the brand, what is place, trade, legal form and branch, and what two of them have in common."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.companies import LEVELS, company, core_reading, same_company
from leads.records import Company

# text | core | place | legal | branch
TAKEN_APART = """
重庆宇创智能科技有限公司|宇创|重庆|ltd|
宇创智能|宇创|||
宇创|宇创|||
北京修记|修记|北京||
崔斯特|崔斯特|||
深圳市腾讯计算机系统有限公司|腾讯|深圳|ltd|
腾讯科技（深圳）有限公司|腾讯|深圳|ltd|
騰訊科技(深圳)有限公司|腾讯|深圳|ltd|
龙宇盛电子（北京）有限责任公司|龙宇盛|北京|ltd|
宇创（上海）贸易有限公司|宇创|上海|ltd|
宇创贸易(上海)股份有限公司|宇创|上海|joint|
润佳投资管理有限公司|润佳||ltd|
南京西有物联网科技有限公司|西有|南京|ltd|
广州亿冠母婴用品有限公司|亿冠|广州|ltd|
惠佳冷链物流|惠佳|||
华联电子公司|华联||co|
济南东方领秀涂料有限公司|东方领秀|济南|ltd|
东方领秀|东方领秀|||
嘉兴智慧城镇实业有限公司|智慧城镇|嘉兴|ltd|
江苏常州万达人力资源管理有限公司|万达|常州|ltd|
大庆开发区竹田复合材料有限公司|竹田|大庆|ltd|
张家港保税区博美特电气国际贸易有限公司|博美特|张家港|ltd|
四会市镁玉镗珠宝专柜|镁玉镗|肇庆||
中国中石化安装公司|中石化||co|
宇创集团|宇创||group|
宇创控股集团有限公司|宇创||group|
上海现代设计院安徽分公司|现代|上海||安徽
宇创科技有限公司北京分公司|宇创||ltd|北京
宇创上海办事处|宇创|||上海
肯德基(南京路店)|肯德基|||南京路
华为技术有限公司（原深圳华为）|华为||ltd|
商务物流公司|商务物流||co|
上海机电有限公司|机电|上海|ltd|
北京路桥公司|北京路桥||co|
阿里巴巴|阿里巴巴|||
株式会社東芝|东芝||kk|
3M中国有限公司|3m||ltd|
3M（中国）有限公司|3m||ltd|
Acme Intl. Tech Co., Ltd.|acme||ltd|
The Smith & Sons Company|smith sons||co|
Apex Frontier Energy LLC|apex frontier||llc|
Cascade Vertex Energy, Inc.|cascade vertex||inc|
Philips Electronics N.V.|philips||nv|
Müller GmbH & Co. KG|muller||gmbh|
ABC Pty Ltd|abc||ltd|
Total S.A.|total||sa|
Sunrise Holdings PLC|sunrise||plc|
PT. Verron Jaya Tbk|verron jaya||pt|
CV Maju Jaya|maju jaya||pt|
SARL Dupont|dupont||sarl|
Farmacéutica López S. de R.L. de C.V.|farmaceutica lopez||srl|
Muebles Sol Sociedad de Responsabilidad Limitada|muebles sol||srl|
Autopeças Rio Ltda - ME|autopecas rio||lda|
MP Spedition UG (haftungsbeschränkt)|mp spedition||kg|
Huber Bau Ges.m.b.H.|huber bau||gmbh|
Wesvita Okna Sp. z o.o.|wesvita okna||sro|
Okna Spółka z ograniczoną odpowiedzialnością|okna||sro|
Lumsol (P) Ltd|lumsol||ltd|
Công ty TNHH Nội Thất Hà Nội|noi that ha noi||tnhh|
合同会社村上食品|村上||kk|
LLC村上食品|村上||llc|
(주)동아정밀|동아정밀||kr|
주식회사동아정밀|동아정밀||kr|
동아정밀 주식회사|동아정밀||kr|
Carlmore & Holden plc - Purchasing Dept.|carlmore holden||plc|purchasing
AT&T|att|||
John Doe dba Sunrise Cafe|sunrise cafe|||
Shanghai Yuchuang Technology Co., Ltd|yuchuang|上海|ltd|
Yuchuang (Shenzhen) Technology Co Ltd|yuchuang|深圳|ltd|
Shanghai Trading Co|shanghai trading|上海|co|
Acme Shanghai Branch|acme|||shanghai
"""

# text | place; all of it is the core
INSTITUTIONS = """
北京大学|北京
上海交通大学|上海
清华大学附属医院|
广州市第一人民医院|广州
中国科学院半导体研究所|
深圳市教育局|深圳
杭州第二中学|杭州
Nantong University|南通
Shandong Institute of Management|山东
"""

NOTHING = """
 |empty
个人|placeholder
无|placeholder
自由职业|placeholder
学生|placeholder
待业|placeholder
N/A|placeholder
-|placeholder
self-employed|placeholder
Student|placeholder
Freelance|placeholder
Privat|placeholder
Privé|placeholder
keine Firma|placeholder
autónomo|placeholder
zzp'er|placeholder
なし|placeholder
test|placeholder
公司|placeholder
aaaaaa|nonsense
13800138000|looks_like_phone
010-62345678|looks_like_phone
info@acme.com|looks_like_email
"""

# a | b | level
COMPARED = """
重庆宇创智能科技有限公司|宇创智能科技（重庆）有限责任公司|core
重庆宇创智能科技有限公司|重庆宇创智能科技公司|exact
宇創智能科技有限公司|宇创智能科技有限公司|exact
宇创智能|重庆宇创智能科技有限公司|core
宇创|重庆宇创智能科技有限公司|core
天津市莫恩机电设备有限公司|莫恩|core
雨创|重庆宇创智能科技有限公司|homophone
Yuchuang|重庆宇创智能科技有限公司|pinyin
Hefei Baimeibao International Trading Co., Ltd.|百美宝优品|prefix
Chongqing Yuchuang Intelligent Technology Co|重庆宇创智能科技有限公司|pinyin
宇创预拌砂浆|宇创科技有限公司|prefix
Philips|Philips Lighting BV|prefix
惠州小金佳润汽车配件公司|佳润|contained
中石化|中国石油化工股份有限公司|abbreviation
北大|北京大学|abbreviation
IBM|International Business Machines Corp|abbreviation
金华盛世宏图广告|盛世红途广告|homophone
盛世宏图科技|盛世宏达科技|typo
Evergreen Energy Inc|Evergren Energy|typo
Acme Intl|Acme International Inc|exact
Acme Energy LLC|Acme Energy Corp|exact
Acme|Acme Energy Corp|core
University of Northern Iowa|Northern Iowa University|words
宇创科技有限公司北京分公司|宇创科技有限公司|branch
宇创科技有限公司北京分公司|宇创科技有限公司上海分公司|branch
腾讯科技(深圳)有限公司|腾讯科技（北京）有限公司|place_conflict
北京交通大学|上海交通大学|place_conflict
华润置地广东有限公司|华润置地深圳有限公司|core
宇创科技有限公司|Zenith Energy|other_script
晨光文具|得力文具|conflict
Acme Energy|Zenith Energy|conflict
北京大学|北京师范大学附属中学|conflict
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in table.strip("\n").splitlines()]


def known(text: str) -> Company:
    found, _ = company(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "core", "place", "legal", "branch"), rows(TAKEN_APART))
def test_a_company_is_taken_apart(text: str, core: str, place: str, legal: str, branch: str) -> None:
    found = known(text)
    assert (found.core, found.place, found.legal, found.branch, found.kind) == (core, place, legal, branch, "company")


@pytest.mark.parametrize(("text", "place"), rows(INSTITUTIONS))
def test_an_institution_keeps_its_place(text: str, place: str) -> None:
    found = known(text)
    assert (found.kind, found.core, found.place) == ("institution", found.full, place)


@pytest.mark.parametrize(("text", "reason"), rows(NOTHING))
def test_nothing_of_use_comes_with_its_reason(text: str, reason: str) -> None:
    assert company(text) == (None, reason)


@pytest.mark.parametrize(("a", "b", "level"), rows(COMPARED))
def test_two_companies_meet_at_a_level_whichever_comes_first(a: str, b: str, level: str) -> None:
    assert (same_company(known(a), known(b))[0], same_company(known(b), known(a))[0]) == (level, level)


def test_the_trade_is_taken_apart_from_the_brand() -> None:
    assert known("重庆宇创智能科技有限公司").trade == "智能科技"
    assert known("Acme Intl. Tech Ltd").trade == "international technology"


def test_one_brand_in_two_trades_is_less_alike() -> None:
    assert same_company(known("万达影视"), known("万达地产")) == ("core", 0.5)


@pytest.mark.parametrize(
    ("text", "read"), [("重庆宇创智能科技有限公司", "yuchuang"), ("Moon Valley Ltd", "moonvalley"), ("3M中国", "3m")]
)
def test_the_brand_has_one_reading(text: str, read: str) -> None:
    assert core_reading(known(text)) == read


WRITTEN = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                "北京",
                "上海市",
                "(深圳)",
                "（",
                "）",
                "宇创",
                "科技",
                "贸易",
                "有限公司",
                "集团",
                "分公司",
                "大学",
                "Acme",
                "Ltd",
                ",",
                "&",
                "Co.",
                "s.a.",
                "dba",
                "原",
                "3M",
            ]
        ),
        max_size=7,
    ).map("".join),
)


@given(WRITTEN)
@settings(deadline=None)
def test_whatever_is_written_has_a_core_or_a_reason(text: str) -> None:
    found, reason = company(text)
    assert reason if found is None else found.core and found.full
    if found:
        assert same_company(found, found) == ("exact", 1.0)


@given(WRITTEN, WRITTEN)
@settings(deadline=None)
def test_comparing_is_symmetric(a: str, b: str) -> None:
    x, y = company(a)[0], company(b)[0]
    if x and y:
        assert same_company(x, y) == same_company(y, x)
        assert same_company(x, y)[0] in LEVELS
