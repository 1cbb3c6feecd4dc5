from __future__ import annotations

import pytest

from leads.text import ascii_fold, fold, plain, simplify


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  ＡＢＣ　Ltd. ", "abc ltd."),
        ("張勇\x00\u200b", "张勇"),
        ("譚 國\n強", "谭 国 强"),
        ("\ufeff13800\u00a0138", "13800 138"),
        ("ＡＣＭＥ（上海）", "acme(上海)"),
        ("", ""),
    ],
)
def test_fold_gives_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_plain_keeps_case_and_script() -> None:
    assert plain(" 張勇  Wei\tＣＨＡＮＧ ") == "張勇 Wei CHANG"


def test_ascii_fold_drops_accents_of_latin_letters_only() -> None:
    assert ascii_fold("José Straße Łódź 東京") == "jose strasse lodz 东京"


def test_simplify_leaves_other_scripts_alone() -> None:
    assert simplify("國Länd") == "国Länd"
