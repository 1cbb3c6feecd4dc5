from __future__ import annotations

import pytest

from leads.addresses import address

Parts = tuple[str, str, str, str, str, str, str]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("广州市海珠区科技路434号1802室", ("广东", "广州", "海珠", "科技路", "434", "1802", "")),
        (
            "廣東省深圳市南山區長江路１３４號金融中心4座101",
            ("广东", "深圳", "南山", "长江路", "134", "4-101", "金融中心"),
        ),
        ("市南区环城南路473号万达广场A座13楼08室", ("山东", "青岛", "市南", "环城南路", "473", "a-1308", "万达广场")),
        ("西湖区和平街550号SOHOC座1919", ("", "", "西湖", "和平街", "550", "c-1919", "soho")),
        ("青岛市北京路477号国际大厦C座1312", ("山东", "青岛", "", "北京路", "477", "c-1312", "国际大厦")),
        ("西安莲湖区软件园二路345号519", ("陕西", "西安", "莲湖", "软件园二路", "345", "519", "")),
        ("上海番禺路361弄5号楼101", ("上海", "上海", "", "番禺路", "361", "5-101", "")),
        ("成都天府大道中段1388号", ("四川", "成都", "", "天府大道中段", "1388", "", "")),
        ("北京市朝阳区建国路甲92号世茂大厦12层1201", ("北京", "北京", "朝阳", "建国路", "甲92", "1201", "世茂大厦")),
        ("武汉汉阳经济技术开发区枫树二路", ("湖北", "武汉", "汉阳", "枫树二路", "", "", "")),
        (
            "深圳市福田区福华三路卓越世纪中心4号楼3301-3305",
            ("广东", "深圳", "福田", "福华三路", "", "4-3301", "卓越世纪中心"),
        ),
        ("12楼01室", ("", "", "", "", "", "1201", "")),
        ("万达广场A座12楼01室", ("", "", "", "", "", "a-1201", "万达广场")),
        ("北京高新大道998浩", ("北京", "北京", "", "高新大道", "998", "", "")),
        ("7387 Washington Avenue Ste 774", ("", "", "", "washington avenue", "7387", "774", "")),
        ("7290 Pine Dr., Suite 438", ("", "", "", "pine drive", "7290", "438", "")),
        ("9775 Bridge Blvd, San Francisco 00435", ("", "san francisco", "", "bridge boulevard", "9775", "", "")),
        ("4539 Lake Ln #414", ("", "", "", "lake lane", "4539", "414", "")),
        ("435 s. la cienega blv.", ("", "", "", "south la cienega boulevard", "435", "", "")),
        ("Flat 3, 12 High Street, London", ("", "london", "", "high street", "12", "3", "")),
        ("3/45 George St, Sydney NSW 2000", ("nsw", "sydney", "", "george street", "45", "3", "")),
        ("9349Bridge Lane", ("", "", "", "bridge lane", "9349", "", "")),
        ("广西省南宁市青秀区上海路565号", ("广西", "南宁", "青秀", "上海路", "565", "", "")),
        ("北京市西诚区新华路229号", ("北京", "北京", "西诚", "新华路", "229", "", "")),
        (
            "854 7th ave. between 54th and 55th sts.",
            ("", "", "", "7th avenue", "854", "", "between 54th and 55th sts"),
        ),
        ("5500 N. St. Louis", ("", "", "", "north saint louis", "5500", "", "")),
        ("24 yarra srteet katalina forrest", ("", "", "", "yarra street", "24", "", "katalina forrest")),
        ("6 hawkerplace longridge", ("", "", "", "hawker place", "6", "", "longridge")),
        ("12 grand palace", ("", "", "", "grand palace", "12", "", "")),
        ("12 crystal palace street", ("", "", "", "crystal palace street", "12", "", "")),
        ("15 longridge", ("", "", "", "longridge", "15", "", "")),
        ("854 Seventh Avenue", ("", "", "", "7th avenue", "854", "", "")),
        ("2355 peachtree rd. ne (Battle Shopping Center)", ("", "", "", "peachtree road northeast", "2355", "", "")),
        ("728 W. Roosevelt Road 2nd floor", ("", "", "", "west roosevelt road", "728", "", "2nd floor")),
        ("No. 434 Keji Road, Haizhu District, Guangzhou", ("广东", "广州", "", "keji road", "434", "", "")),
    ],
)
def test_parts(text: str, parts: Parts) -> None:
    found, reason = address(text)

    assert found is not None
    assert reason == ""
    assert (found.region, found.city, found.district, found.road, found.number, found.room, found.place) == parts


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("  ", "empty"), ("—", "no_address"), ("-,-", "no_address")]
)
def test_what_is_no_address_has_a_reason(text: str, reason: str) -> None:
    assert address(text) == (None, reason)


def test_road_and_building_are_read_in_pinyin() -> None:
    found, _ = address("长江路134号金融中心")

    assert found is not None
    assert found.latin == ("chang", "jiang", "lu", "jin", "rong", "zhong", "xin")


def test_known_places_fill_what_the_address_leaves_out() -> None:
    found, _ = address("和平街550号", ("浙江", "杭州", "西湖"))

    assert found is not None
    assert (found.region, found.city, found.district) == ("浙江", "杭州", "西湖")
