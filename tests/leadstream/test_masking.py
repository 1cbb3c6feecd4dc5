from __future__ import annotations

import pytest

from leads.records import Address, Company, Custom, Email, Facts, Handle, Name, Phone
from leadstream.masking import values

FACTS = Facts(
    name=Name("欧阳小满", "full", "han", "欧阳", "小满", ("ouyang", "xiao", "man")),
    company=Company(
        "上海云启衡科技有限公司", "上海云启衡科技", "云启衡", "上海", "ltd", "", "科技", ("yun", "qi", "heng")
    ),
    phones=(
        Phone("13855501234", "86", "mobile"),
        Phone("2155550188", "86", "landline"),
        Phone("", "", "mobile", mask="13010300000~6"),
    ),
    emails=(Email("xiaoman.ouyang", "yunqiheng.example", "yunqiheng", "company", "xiaoman.ouyang@yunqiheng.example"),),
    handles=(Handle("wechat", "xiaoman_8812"),),
    address=Address("", "上海", "上海", "长宁", "望江路", "188", "1204", ""),
    custom=(Custom("membership_no", "id", "A-77123"), Custom("tier", "category", "gold")),
    city="上海",
    postcode="200050",
)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("phone", "138****1234, 215****0188, 130103…"),
        ("email", "x***@yunqiheng.example"),
        ("handle", "wechat xi***"),
        ("name", "欧***"),
        ("company", "上海云启衡科技有限公司"),
        ("address", "上海 长宁 望江路 ***"),
        ("id", "membership_no A-***"),
        ("category", "tier gold"),
        ("city", "上海"),
        ("postcode", "200050"),
        ("date", ""),
    ],
)
def test_a_value_is_recognised_by_who_knows_it(field: str, shown: str) -> None:
    assert values(field, FACTS) == shown


@pytest.mark.parametrize(
    "field", ["phone", "email", "handle", "name", "company", "address", "city", "postcode", "text", "id"]
)
def test_what_is_not_known_shows_nothing(field: str) -> None:
    assert values(field, Facts()) == ""


@pytest.mark.parametrize(("text", "shown"), [("Robert Ashcombe", "R***** A*******"), ("Bo", "B*"), ("J.", "J*")])
def test_a_latin_name_keeps_its_initials(text: str, shown: str) -> None:
    assert values("name", Facts(name=Name(text, "full", "latin", "", "", ()))) == shown


@pytest.mark.parametrize("digits", ["1", "12345", "123456"])
def test_a_short_number_is_never_shown_in_full(digits: str) -> None:
    assert digits not in values("phone", Facts(phones=(Phone(digits, "", "unknown"),)))
