from __future__ import annotations

import pytest

from leads.pinyin import reading, segment


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("张伟", ("zhang", "wei")),
        ("重庆", ("chong", "qing")),
        ("吕绿女", ("lv", "lv", "nv")),
        ("3M中国", ("3M", "zhong", "guo")),
        ("宇创-智能", ("yu", "chuang", "zhi", "neng")),
        ("", ()),
    ],
)
def test_each_character_has_one_reading(text: str, syllables: tuple[str, ...]) -> None:
    assert reading(text) == syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("zhangwei", ("zhang", "wei")),
        ("xiaying", ("xia", "ying")),
        ("xian", ("xian",)),
        ("ouyangfeng", ("ou", "yang", "feng")),
        ("lvbu", ("lv", "bu")),
        ("john", ()),
        ("smith", ()),
        ("", ()),
        ("a" * 200, ()),
    ],
)
def test_glued_pinyin_comes_apart_in_the_fewest_syllables(word: str, syllables: tuple[str, ...]) -> None:
    assert segment(word) == syllables
