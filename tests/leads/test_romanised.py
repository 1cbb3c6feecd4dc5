from __future__ import annotations

import pytest

from leads.pinyin import reading
from leads.romanised import readings, spelled, surname_readings


@pytest.mark.parametrize(
    ("surname", "given", "written"),
    [
        ("张", "勇", "cheung yung"),
        ("谭", "卫", "tam wai"),
        ("陈", "大文", "chan tai man"),
        ("陈", "大文", "tai man chan"),
        ("陈", "大文", "taiman chan"),
        ("梁", "国雄", "leung kwok hung"),
        ("黄", "志强", "wong chi keung"),
        ("李", "嘉诚", "lee ka shing"),
        ("曾", "荫权", "tsang yam kuen"),
        ("刘", "德华", "lau tak wah"),
        ("周", "润发", "chow yun fat"),
        ("张", "学友", "cheung hok yau"),
        ("谢", "霆锋", "tse ting fung"),
        ("何", "鸿燊", "ho hung sun"),
        ("蔡", "英文", "tsai ing wen"),
        ("张", "忠谋", "chang chung mou"),
        ("徐", "志明", "hsu chih ming"),
        ("萧", "敬腾", "hsiao ching teng"),
        ("吕", "秀莲", "lu hsiu lien"),
        ("欧阳", "锋", "au yeung fung"),
        ("", "大文", "tai man"),
    ],
)
def test_a_han_name_is_recognised_in_other_spellings(surname: str, given: str, written: str) -> None:
    latin = ((("ouyang",) if len(surname) > 1 else reading(surname)) if surname else ()) + reading(given)
    assert spelled(surname, given, latin, tuple(written.split()))


@pytest.mark.parametrize(
    ("surname", "given", "written"), [("张", "勇", "chan yung"), ("陈", "大文", "chan siu ming"), ("李", "嘉诚", "lee")]
)
def test_another_name_is_not(surname: str, given: str, written: str) -> None:
    assert not spelled(surname, given, reading(surname) + reading(given), tuple(written.split()))


def test_a_spelling_has_a_handful_of_readings() -> None:
    assert "zhang" in surname_readings("cheung")
    assert "yong" in readings("yung")
    assert not surname_readings("smith")
    assert not readings("john")
