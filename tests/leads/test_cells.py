from __future__ import annotations

import pytest

from leads.cells import kind, rehome

Fields = dict[str, str]


@pytest.mark.parametrize(
    ("value", "what"),
    [("13912345687", "phone"), ("0755-8720 3492", "phone"), ("138****5678", "phone"), ("a.li@acme.cn", "email"), ("张伟", "person"),
     ("北京宇创科技有限公司", "company"), ("Acme Inc.", "company"), ("科技路1号", "address"), ("云淡风轻", ""), ("7天", "")],
)  # fmt: skip
def test_the_kind_of_a_value(value: str, what: str) -> None:
    assert kind(value) == what


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"name": "13912345687", "company": "张伟"}, {"name": "张伟", "phone": "13912345687"}),
        ({"phone": "张伟", "name": "13912345687"}, {"name": "张伟", "phone": "13912345687"}),
        ({"phone": "li@acme.cn", "email": "13912345687"}, {"phone": "13912345687", "email": "li@acme.cn"}),
        (
            {"name": "张伟", "phone": "13912345687 li@acme.cn"},
            {"name": "张伟", "phone": "13912345687", "email": "li@acme.cn"},
        ),
        ({"name": "张伟13912345687"}, {"name": "张伟", "phone": "13912345687"}),
        ({"name": "张伟 <li@acme.cn>"}, {"name": "张伟", "email": "li@acme.cn"}),
        ({"name": "138****5678"}, {"phone": "138****5678"}),
        ({"name": "张伟 北京宇创科技有限公司"}, {"name": "张伟", "company": "北京宇创科技有限公司"}),
        ({"name": "玉桥生物科技", "company": "曹刿"}, {"name": "曹刿", "company": "玉桥生物科技"}),
        ({"name": "色彩空间教育咨询 林士俊"}, {"name": "林士俊", "company": "色彩空间教育咨询"}),
        ({"name": "郑素履（阜熙餐饮管理）"}, {"name": "郑素履", "company": "阜熙餐饮管理"}),
        ({"name": "北京宇创科技有限公司张伟"}, {"name": "张伟", "company": "北京宇创科技有限公司"}),
        ({"name": "Bill Gates (Microsoft Corp)"}, {"name": "Bill Gates", "company": "Microsoft Corp"}),
        ({"name": "北京宇创科技有限公司", "company": "张伟"}, {"name": "张伟", "company": "北京宇创科技有限公司"}),
        (
            {"name": "北京宇创科技有限公司", "company": "13912345687"},
            {"company": "北京宇创科技有限公司", "phone": "13912345687"},
        ),
        ({"name": "Acme Inc."}, {"company": "Acme Inc."}),
        ({"name": "上海宇创有限公司北京分公司"}, {"company": "上海宇创有限公司北京分公司"}),
        (
            {"name": "张伟", "company": "广东省深圳市南山区科技路1号"},
            {"name": "张伟", "address": "广东省深圳市南山区科技路1号"},
        ),
        ({"name": "宇创有限公司", "company": "宇创有限公司"}, {"company": "宇创有限公司"}),
    ],
)
def test_a_value_goes_where_it_belongs(before: Fields, after: Fields) -> None:
    fields, notes = rehome(before)

    assert fields == after
    assert notes


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "张伟", "company": "7天酒店", "phone": "手机:13912345687"},
        {"name": "李总监", "company": "某某集团"},
        {"name": "张伟", "company": "3M中国有限公司", "wechat": "13912345687"},
        {"name": "崔斯特", "company": "北京宇创科技有限公司"},
        {"company": "崔斯特", "phone": "13912345687"},
        {"email": "无", "phone": "未知"},
    ],
)
def test_what_is_in_its_place_stays(fields: Fields) -> None:
    assert rehome(fields) == (fields, ())


def test_notes_hold_no_value() -> None:
    _, notes = rehome({"name": "13912345687", "company": "张伟"})

    assert [(note.field, note.reason) for note in notes] == [("name", "moved_to_phone"), ("company", "moved_to_name")]


def test_a_nickname_beside_a_brand_stays_where_it_is() -> None:
    fields = {"name": "往事随风🌸", "company": "德方"}

    assert rehome(fields)[0] is fields


@pytest.mark.parametrize(
    "firm", ["River High Medical S.r.l.", "Kabza Automotive S.A.", "Bridge Foods B.V.", "Lion Trade Pte Ltd"]
)
def test_a_firm_of_any_country_in_the_place_of_the_name_is_put_right(firm: str) -> None:
    assert rehome({"name": firm, "company": "Giovanni Rossi"})[0] == {"name": "Giovanni Rossi", "company": firm}
