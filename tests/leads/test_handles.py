from __future__ import annotations

import pytest

from leads.handles import handles
from leads.records import Handle


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Abc_123", "wechat", Handle("wechat", "abc_123")),
        ("wx: abc_123", "wechat", Handle("wechat", "abc_123")),
        ("微信号：zhangwei88", "wechat", Handle("wechat", "zhangwei88")),
        ("VX zhangwei88", "wechat", Handle("wechat", "zhangwei88")),
        ("wx_654840", "wechat", Handle("wechat", "wx_654840")),
        ("tgwang99", "wechat", Handle("wechat", "tgwang99")),
        ("+86 139 1234 5687", "wechat", Handle("wechat", "13912345687")),
        ("QQ：12345678", "wechat", Handle("qq", "12345678")),
        ("12345678", "qq", Handle("qq", "12345678")),
        ("+1 415 926 5343", "whatsapp", Handle("whatsapp", "4159265343")),
        ("@foo_bar", "telegram", Handle("telegram", "foo_bar")),
        ("微信同号", "wechat", Handle("wechat", "13900001234")),
        ("同手机号", "wechat", Handle("wechat", "13900001234")),
        ("same as phone", "whatsapp", Handle("whatsapp", "13900001234")),
    ],
)
def test_one_handle(text: str, kind: str, found: Handle) -> None:
    assert handles(text, kind, "13900001234") == ((found,), "")


def test_two_networks_in_one_cell() -> None:
    assert handles("微信号zhangwei88 QQ 998877")[0] == (Handle("wechat", "zhangwei88"), Handle("qq", "998877"))


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("无", "no_handle"), ("微信", "no_handle"), ("微信同号", "no_phone")]
)
def test_what_is_no_handle_has_a_reason(text: str, reason: str) -> None:
    assert handles(text) == ((), reason)
