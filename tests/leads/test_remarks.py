from __future__ import annotations

import pytest

from leads.records import Note
from leads.remarks import former_employer, with_contacts


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("想了解价格，客户手机13762183566", {"phone": "13762183566"}),
        ("联系电话:0755-87203492转801", {"phone": "0755-87203492转801"}),
        ("客户手机+86 13706830194", {"phone": "+86 13706830194"}),
        ("请打我手机：138-1234-5679 谢谢", {"phone": "138-1234-5679"}),
        ("reach me at (713) 980-0773", {"phone": "(713) 980-0773"}),
        ("interested in distribution; cell: +44 785 846 2525", {"phone": "+44 785 846 2525"}),
        ("call me on 07700 900123.", {"phone": "07700 900123"}),
        ("13812345679 急", {"phone": "13812345679"}),
        ("请尽快联系，加微信 wx_yuyi44", {"wechat": "wx_yuyi44"}),
        ("my mail is a.b@acme.com", {"email": "a.b@acme.com"}),
        ("手机13812345679，微信zhangwei88", {"phone": "13812345679", "wechat": "zhangwei88"}),
    ],
)
def test_a_remark_tells_how_to_reach_the_customer(remark: str, told: dict[str, str]) -> None:
    fields, notes = with_contacts({"message": remark})

    assert fields == {"message": remark, **told}
    assert set(notes) == {Note("message", f"told_{field}") for field in told}


@pytest.mark.parametrize(
    "remark",
    [
        "介绍人王总 13912345687", "电话转给同事 13912345687", "referred by Li, his mobile 13912345687", "order number 12345678",
        "预算10000000元", "need 20 000 000 units", "2026-01-12 来电", "call me on 12.01.2026", "12345678", "微信联系", "WeChat please",
        "客户手机13912345687或13912345699", "想了解价格", "",
    ],
)  # fmt: skip
def test_what_is_not_his_or_no_number_is_left_where_it_is(remark: str) -> None:
    fields = {"message": remark, "name": "王伟"}

    assert with_contacts(fields) == (fields, ())


def test_a_field_of_the_row_goes_before_the_remark() -> None:
    full = {
        "message": "mail x@acme.com，微信zhangwei88，13912345687",
        "phone": "13812345679",
        "email": "a@b.com",
        "wechat": "w_1",
    }
    same = {"message": "手机 138 1234 5679", "phone": "+86 138-1234-5679"}
    besides = {"message": "手机 139 1234 5687", "phone": "0755-87203492"}
    instead = {"message": "手机 139 1234 5687", "phone": "无"}

    assert with_contacts(full)[0] is full
    assert with_contacts(same)[0] is same
    assert with_contacts(besides)[0]["phone"] == "0755-87203492; 139 1234 5687"
    assert with_contacts(instead)[0]["phone"] == "139 1234 5687"


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("Please call. (formerly with Kindyn Foods)", "Kindyn Foods"), ("pls call back ex Bose & Chatterjee", "Bose & Chatterjee"),
        ("prev. at Quatron Properties", "Quatron Properties"), ("früher bei Braun Sanitär", "Braun Sanitär"),
        ("anciennement chez Lumra et Associés", "Lumra et Associés"), ("原大成机械公司的王工", "大成机械公司"), ("之前在宇创科技有限公司", "宇创科技有限公司"),
        ("之前咨询过公司注册", ""), ("previously ordered labels", ""), ("exhibition in May", ""), ("the ex factory price", ""),
    ],
)  # fmt: skip
def test_a_former_employer_is_told(text: str, firm: str) -> None:
    assert former_employer(text) == firm


@pytest.mark.parametrize(
    "text", ["目前我们公司想采购", "以前在贵公司买过", "原装的公司货", "please quote ex works price", "the ex", ""]
)
def test_no_former_employer_is_made_up(text: str) -> None:
    assert former_employer(text) == ""


def test_a_signature_fills_what_the_fields_lack() -> None:
    remark = "Please send a quote.\n--\nManuel Pujol\nMedmark Auto Parts\nTel (904) 976-8966"

    fields, _ = with_contacts({"name": "Manuel", "message": remark})

    assert (fields["name"], fields["company"], fields["phone"]) == (
        "Manuel Pujol",
        "Medmark Auto Parts",
        "(904) 976-8966",
    )


@pytest.mark.parametrize(
    "fields",
    [{"name": "Ann Lee", "company": "Acme Ltd"}, {"name": "Ann Lee", "company": "Acme", "phone": "(904) 976-8966"}],
)
def test_a_signature_takes_nothing_away(fields: dict[str, str]) -> None:
    found, _ = with_contacts(fields | {"message": "Quote?\n--\nManuel Pujol\nMedmark Auto Parts\nTel (904) 976-8966"})

    assert (found["name"], found["company"]) == (fields["name"], fields["company"])


def test_a_number_set_apart_at_the_end_is_the_customers() -> None:
    fields, _ = with_contacts({"phone": "040 9185164", "message": "Follow up on our talk / 0049 172 4411858"})

    assert fields["phone"] == "040 9185164; 0049 172 4411858"
