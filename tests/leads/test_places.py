from __future__ import annotations

import pytest

from leads.places import is_chinese, place, region, short, spot
from leads.text import fold


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("广东省深圳市南山区", ("广东", "深圳", "南山")),
        ("廣東深圳", ("广东", "深圳", "")),
        ("深圳市", ("广东", "深圳", "")),
        ("Shenzhen", ("广东", "深圳", "")),
        ("Guangzhou City, Guangdong", ("广东", "广州", "")),
        ("Xi'an", ("陕西", "西安", "")),
        ("Zhongqing", ("重庆", "重庆", "")),
        ("Beijing", ("北京", "北京", "")),
        ("北京 海淀区", ("北京", "北京", "海淀")),
        ("上海浦东", ("上海", "上海", "浦东")),
        ("北京东城区", ("北京", "北京", "东城")),
        ("中国上海", ("上海", "上海", "")),
        ("襄樊", ("湖北", "襄阳", "")),
        ("昆山", ("江苏", "苏州", "昆山")),
        ("西湖区", ("", "", "西湖")),
        ("北京路", ("", "", "")),
        ("南京东路", ("", "", "")),
        ("吉林市", ("吉林", "吉林", "")),
        ("吉林", ("吉林", "吉林", "")),
        ("吉林省", ("吉林", "", "")),
        ("Hong Kong", ("香港", "香港", "")),
        ("新加坡", ("", "singapore", "")),
        ("NYC", ("", "new york", "")),
        ("Austin, TX", ("tx", "austin", "")),
        ("Austin TX 78701", ("tx", "austin", "")),
        ("Ft. Worth, TX", ("tx", "fort worth", "")),
        ("Sydney NSW", ("nsw", "sydney", "")),
        ("San  Francisco", ("", "san francisco", "")),
        ("", ("", "", "")),
    ],
)
def test_a_field_that_names_a_place(text: str, found: tuple[str, str, str]) -> None:
    assert place(text) == found


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("柳州地区忻城县", ("广西", "来宾", "忻城"), ""),
        ("湖北省襄樊市小水街222号", ("湖北", "襄阳", ""), "小水街222号"),
        ("老河口市汉口路", ("湖北", "襄阳", "老河口"), "汉口路"),
        ("河北区", ("天津", "天津", "河北"), ""),
        ("湘潭城塘社区", ("湖南", "湘潭", ""), "城塘社区"),
        ("云南省红河哈尼族彝族自治州元阳县黄茅岭乡", ("云南", "红河", "元阳"), "黄茅岭乡"),
        ("重庆解放碑", ("重庆", "重庆", ""), "解放碑"),
        ("西湖区蒋村", ("", "", "西湖"), "蒋村"),
        ("北海市重庆路其仓11号", ("广西", "北海", ""), "重庆路其仓11号"),
        ("海南藏族自治州", ("青海", "海南", ""), ""),
        ("西安交通大学", ("陕西", "西安", ""), "交通大学"),
        ("莱芜", ("山东", "济南", "莱芜"), ""),
        ("成都市新津县金华镇", ("四川", "成都", "新津"), "金华镇"),
        ("青岛市市南区香港中路18号", ("山东", "青岛", "市南"), "香港中路18号"),
        ("内蒙古通辽市科尔沁左翼后旗", ("内蒙古", "通辽", "科尔沁左翼后"), ""),
        ("库尔勒市祥和镇", ("新疆", "巴音郭楞", "库尔勒"), "祥和镇"),
        ("北京路123号", ("", "", ""), "北京路123号"),
        ("望京东路421号", ("", "", ""), "望京东路421号"),
        ("朝阳建国路", ("", "", ""), "朝阳建国路"),
    ],
)
def test_divisions_that_begin_a_text(text: str, found: tuple[str, str, str], rest: str) -> None:
    at = spot(fold(text))

    assert (at[:3], fold(text)[at.end :]) == (found, rest)


def test_what_other_fields_say_settles_an_unclear_district() -> None:
    assert spot("朝阳建国路", ("北京", "北京", ""))[:3] == ("北京", "北京", "朝阳")


@pytest.mark.parametrize(
    ("text", "name"),
    [("Guangdong Province", "广东"), ("廣東省", "广东"), ("内蒙古自治区", "内蒙古"), ("California", "ca"), ("CA", "ca"),
     ("加州", "ca"), ("NSW", "nsw"), ("England", "england"), ("", "")],
)  # fmt: skip
def test_regions_have_one_name(text: str, name: str) -> None:
    assert region(text) == name


def test_short_forms() -> None:
    assert [short(name) for name in ("深圳市", "红河哈尼族彝族自治州", "浦东新区", "城区", "长白朝鲜族自治县")] == [
        "深圳", "红河", "浦东", "城区", "长白",
    ]  # fmt: skip


def test_which_places_are_in_china() -> None:
    assert is_chinese("广东", "")
    assert is_chinese("", "深圳")
    assert not is_chinese("ca", "san francisco")


@pytest.mark.parametrize(
    ("city", "spellings"),
    [
        ("munich", ("München", "Muenchen", "Munchen", "80819 Munich")),
        ("ludenscheid", ("Lüdenscheid", "Luedenscheid", "Ludenscheid")),
        ("liege", ("Luik", "Liège", "Lüttich")),
        ("mexico city", ("Ciudad de México", "CDMX", "México D.F.", "Mexico City")),
        ("bengaluru", ("Bangalore", "BLR")),
        ("s hertogenbosch", ("'s-Hertogenbosch", "’s-Hertogenbosch", "Den Bosch")),
        ("saint etienne", ("Saint-Étienne", "St. Etienne", "St-Étienne")),
        ("saint gallen", ("St. Gallen", "Sankt Gallen")),
        ("bourg en bresse", ("Bourg-en-Bresse", "Bourg en Bresse")),
        ("osaka", ("Osaka", "538-8252 大阪", "大阪市")),
        ("tokyo", ("東京都", "东京")),
        ("busan", ("부산광역시", "Pusan")),
        ("bangkok", ("กรุงเทพฯ", "Krung Thep")),
        ("aarhus", ("Århus", "Aarhus", "Arhus")),
        ("dublin", ("D02 U614 Dublin", "Baile Átha Cliath")),
    ],
)
def test_one_city_by_its_many_names(city: str, spellings: tuple[str, ...]) -> None:
    assert {place(spelling)[1] for spelling in spellings} == {city}
