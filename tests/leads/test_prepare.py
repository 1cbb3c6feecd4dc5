from __future__ import annotations

import pytest

from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Custom, Door, Envelope, Handle, Lead, Note, Refused, Row

SPEC = Preparation(
    kinds={"dob": "date", "member_id": "id"},
    internal_numbers=frozenset({"0755-8720-3492", "801"}),
    do_not_contact=frozenset({"+86 186 2134 0000", "Stop.Me@Gmail.com"}),
)


def prepared(door: Door = "form", spec: Preparation = SPEC, call: str = "", **fields: str) -> Lead | Refused:
    row = Row("ab" * 16, fields, call=call, status="ringing" if call else "", row=7)
    return prepare(row, Envelope("acme", "site", door, 1_000, (row,), batch="b1", trace="t"), spec)


def lead(door: Door = "form", **fields: str) -> Lead:
    found = prepared(door, **fields)
    assert isinstance(found, Lead), found
    return found


def refused(door: Door = "form", call: str = "", **fields: str) -> tuple[str, str]:
    found = prepared(door, call=call, **fields)
    assert isinstance(found, Refused), found
    return found.code, found.reason


def test_a_whole_lead() -> None:
    found = lead(
        name="张伟 先生", phone="139 1234 5687", email="Zhang.Wei@yuchuang.com.cn", wechat="微信同号", company="深圳市宇创科技有限公司",
        address="南山区科技路1号", city="深圳市", industry="Software", value="1.2万", message="报价",
    )  # fmt: skip

    facts = found.facts
    assert facts.name is not None
    assert facts.company is not None
    assert facts.address is not None
    assert (facts.name.surname, facts.name.given, facts.company.core) == ("张", "伟", "宇创")
    assert [phone.digits for phone in facts.phones] == ["13912345687"]
    assert [mail.stem for mail in facts.emails] == ["yuchuang"]
    assert facts.handles == (Handle("wechat", "13912345687"),)
    assert (facts.region, facts.city, facts.address.district, facts.country) == ("广东", "深圳", "南山", "CN")
    assert found.attributes == {"industry": "Software", "value": "12000", "message": "报价"}
    assert (facts.text, facts.door, facts.at_ms, found.notes) == ("", "form", 1_000, ())


def test_what_the_envelope_says_is_on_the_lead() -> None:
    found = lead(phone="13912345687")

    assert (found.tenant, found.source, found.door, found.batch, found.trace, found.at_row) == (
        "acme",
        "site",
        "form",
        "b1",
        "t",
        7,
    )


@pytest.mark.parametrize(
    "fields", [{"name": "张伟"}, {"company": "宇创科技有限公司"}, {"address": "科技路1号"}, {"wechat": "zhangwei88"}]
)
def test_one_thing_that_identifies_is_enough(fields: dict[str, str]) -> None:
    lead(**fields)


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        (
            {"phones": "13912345687", "province": "广东", "brand": "宇创"},
            {"phone": "13912345687", "region": "广东", "company": "宇创"},
        ),
        (
            {"手机": "13912345687", "姓名": "张伟", "公司": "宇创"},
            {"phone": "13912345687", "name": "张伟", "company": "宇创"},
        ),
        ({"姓": "张", "名": "伟"}, {"name": "张伟"}),
        ({"first_name": "Wei", "last_name": "Zhang"}, {"name": "Wei Zhang"}),
        ({"手机": "13912345687", "电话": "0571-51952123"}, {"phone": "13912345687; 0571-51952123"}),
    ],
)
def test_aliases_mean_the_same(fields: dict[str, str], same: dict[str, str]) -> None:
    assert lead(**fields).facts == lead(**same).facts


def test_a_shifted_row_is_put_right_and_says_so() -> None:
    found = lead(name="13912345687", company="张伟")

    assert found.facts.name is not None
    assert [phone.digits for phone in found.facts.phones] == ["13912345687"]
    assert Note("name", "moved_to_phone") in found.notes


def test_a_value_that_cannot_be_used_leaves_a_note_without_the_value() -> None:
    found = lead(name="张伟", phone="00000000", email="n/a")

    assert found.notes == (Note("phone", "placeholder"), Note("email", "no_address"))


def test_declared_and_unknown_fields_are_customs() -> None:
    found = lead(name="张伟", dob="27.3.1984", member_id="ab-1", hobby="  Tennis ")

    assert found.facts.custom == (
        Custom("dob", "date", "1984-03-27"),
        Custom("member_id", "id", "AB1"),
        Custom("hobby", "text", "tennis"),
    )


def test_a_declared_field_identifies_and_an_unknown_one_does_not() -> None:
    lead(member_id="ab-1")
    assert refused(hobby="tennis") == ("rejected", "no_identity")


@pytest.mark.parametrize("fields", [{}, {"city": "上海"}, {"message": "hello"}, {"phone": "n/a", "name": "无"}])
def test_nobody_is_rejected_with_what_would_do(fields: dict[str, str]) -> None:
    found = prepared(**fields)

    assert isinstance(found, Refused)
    assert (found.code, found.reason) == ("rejected", "no_identity")
    assert "phone" in found.detail


def test_a_thing_without_a_person_is_known_by_its_text() -> None:
    found = lead(title="Photo Suite 9", description="edit photos", brand="Acme", price="99.9")

    assert found.facts.text == "photo suite 9 acme 99.9 edit photos"
    assert found.facts.company is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"phone": "anonymous"}, "withheld"),
        ({"phone": "Restricted", "name": "Anonymous"}, "withheld"),
        ({"phone": "+266696687"}, "withheld"),
        ({"phone": ""}, "withheld"),
        ({"caller": "withheld", "line": "4008208820"}, "withheld"),
        ({"phone": "801"}, "internal"),
        ({"phone": "+86 755 8720 3492"}, "internal"),
        ({"phone": "802", "caller": "internal"}, "internal"),
        ({"phone": "186-2134-0000"}, "do_not_contact"),
    ],
)
def test_suppressed_calls(fields: dict[str, str], reason: str) -> None:
    assert refused("call", **fields) == ("suppressed", reason)


def test_a_call_that_names_somebody_is_a_lead_even_without_a_number() -> None:
    assert lead("call", phone="anonymous", email="li@acme.cn").facts.emails


def test_a_later_status_of_a_call_needs_no_number() -> None:
    found = prepared("call", call="c1")

    assert isinstance(found, Lead)
    assert (found.call, found.facts.call, found.status) == ("c1", "c1", "ringing")


@pytest.mark.parametrize("fields", [{"email": "Test@Example.com"}, {"phone": "13912345687", "test": "true"}])
def test_test_leads_are_suppressed(fields: dict[str, str]) -> None:
    assert refused(**fields) == ("suppressed", "test")


def test_do_not_contact_knows_every_spelling() -> None:
    assert refused(email="stopme+x@googlemail.com") == ("suppressed", "do_not_contact")


def test_own_numbers_are_no_evidence() -> None:
    found = lead(name="张伟", phone="0755-87203492")

    assert (found.facts.phones, found.notes) == ((), (Note("phone", "internal_number"),))


def test_the_door_s_fault_is_passed_on() -> None:
    row = Row("ab" * 16, fault="too_large")

    assert prepare(row, Envelope("acme", "s", "import", 0, (row,)), SPEC) == Refused(
        row.event, "rejected", "too_large", "the door could not read it"
    )


def test_values_have_a_limit() -> None:
    assert refused(company="x" * 4_001) == ("rejected", "too_large")
    assert lead(phone="13912345687", message="x" * 4_001)


def test_only_an_import_claims_for_an_owner() -> None:
    assert lead("import", phone="13912345687", owner="li").claimant == "li"
    assert lead("form", phone="13912345687", owner="li").claimant == ""


def test_the_country_settles_how_numbers_are_read() -> None:
    assert [phone.kind for phone in lead(phone="0571-51952123", country="China").facts.phones] == ["landline"]
    assert [phone.country for phone in lead(phone="4159265343", country="USA").facts.phones] == ["1"]


def test_a_postcode_may_stand_in_the_address() -> None:
    assert lead(address="9775 Bridge Blvd, San Francisco 00435").facts.postcode == "00435"
