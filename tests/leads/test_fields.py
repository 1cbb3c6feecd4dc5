from __future__ import annotations

import pytest

from leads.countries import country
from leads.fields import ALIASES, FIELDS, field_of


@pytest.mark.parametrize(
    ("header", "field"),
    [("Phone No.", "phone"), ("手机号码*", "phone"), ("E-Mail", "email"), ("First Name", "given_name"), ("公司名称（全称）", "company"),
     ("省份", "region"), ("微信号", "wechat"), ("備註", "message"), ("phones", "phone"), ("province", "region"), ("company_size", "company_size"),
     ("Company Size", "company_size"), ("负责人", "claimant"), ("owner", "claimant"), ("foo", ""), ("", "")],
)  # fmt: skip
def test_headers_mean_fields(header: str, field: str) -> None:
    assert field_of(header) == field


def test_every_field_is_its_own_alias() -> None:
    assert all(ALIASES[field] == field for field in FIELDS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("China", "CN"),
        ("中國", "CN"),
        ("u.s.", "US"),
        ("USA", "US"),
        ("gb", "GB"),
        ("England", "GB"),
        ("Narnia", "narnia"),
        ("", ""),
    ],
)
def test_countries_have_one_code(text: str, code: str) -> None:
    assert country(text) == code
