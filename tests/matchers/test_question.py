"""What is asked about, under which keys, and whether a record found is it."""

from __future__ import annotations

import pytest

from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, Facts, Lead, Row
from matchers import question
from matchers.schemes import Keying

SECRET = b"s" * 32
KEYING = Keying()


def facts(**fields: str) -> Facts:
    lead = prepare(Row("0" * 32, fields), Envelope("t", "", "form", 0, ()), Preparation(kinds={"vat": "id"}))
    assert isinstance(lead, Lead)
    return lead.facts


def found(asked: dict[str, str], known: dict[str, str]) -> bool:
    """Whether a lead on record would be found by a question and pass the closer look."""
    ask, lead = facts(**asked), facts(**known)
    under = set(question.keys(ask, KEYING, SECRET)) & set(KEYING.keys(lead, SECRET))
    return bool(under) and (not question.looks_closer(ask) or question.agrees(ask, lead))


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ({"phone": "13800138001"}, "value"),
        ({"email": "a@acme.com"}, "value"),
        ({"wechat": "zhang_wei88"}, "value"),
        ({"vat": "DE123456789"}, "value"),
        ({"company": "宇创科技"}, "company"),
        ({"company": "宇创科技", "name": "张伟"}, "person"),
        ({"name": "张伟"}, ""),
    ],
)
def test_what_is_asked_about(asked: dict[str, str], about: str) -> None:
    assert question.about(facts(**asked)) == about
    assert bool(question.keys(facts(**asked), KEYING, SECRET)) == bool(about)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ({"phone": "+86 138 0013 8001"}, {"phone": "１３８００１３８００１", "name": "张伟"}),
        ({"phone": "138-0013-8001", "name": "Zhang Wei"}, {"phone": "13800138001", "name": "张伟"}),
        ({"phone": "021-55501234"}, {"phone": "55501234", "city": "上海", "name": "张伟"}),
        ({"email": "Wei@Acme.com.cn"}, {"email": "wei@acme.com", "name": "张伟"}),
        ({"wechat": "13800138001"}, {"phone": "13800138001", "name": "张伟"}),
        ({"vat": "DE 123456789"}, {"vat": "de123456789", "company": "Acme GmbH"}),
        ({"company": "宇创"}, {"company": "重庆宇创智能科技有限公司", "name": "张伟", "phone": "13800138001"}),
        ({"company": "宇创", "city": "上海"}, {"company": "宇创科技", "city": "上海", "name": "李娜"}),
        (
            {"company": "宇创", "name": "张伟"},
            {"company": "北京宇创科技有限公司", "name": "张伟", "phone": "13900139001"},
        ),
    ],
)
def test_found(asked: dict[str, str], known: dict[str, str]) -> None:
    assert found(asked, known)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ({"phone": "13800138001"}, {"phone": "13800138002", "name": "张伟"}),
        ({"phone": "021-55501234"}, {"phone": "0755-85501234", "name": "张伟"}),  # the same last seven digits
        ({"phone": "13800138001", "name": "李娜"}, {"phone": "13800138001", "name": "王建国"}),  # the phone of another
        ({"company": "宇创", "city": "上海"}, {"company": "宇创科技", "city": "北京", "name": "李娜"}),
        ({"company": "宇创", "name": "李娜"}, {"company": "宇创科技", "name": "张伟", "phone": "13900139001"}),
        ({"wechat": "zhangwei88"}, {"phone": "13900139001", "email": "lina@qq.com"}),
    ],
)
def test_not_found(asked: dict[str, str], known: dict[str, str]) -> None:
    assert not found(asked, known)
