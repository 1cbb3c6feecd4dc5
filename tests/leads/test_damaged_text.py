from __future__ import annotations

import pytest

from leads.damaged_text import mend, with_letters


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Chus MartÃ­n Vargas", "Chus Martín Vargas"), ("Andrzej ZieliÅ„ski", "Andrzej Zieliński"), ("Escobar Ã\x81lamo", "Escobar Álamo"),
        ("Bauer &amp; Friedrich", "Bauer & Friedrich"), ("Phan Th&#7883; Mai", "Phan Thị Mai"), ("H&amp;amp;M", "H&M"),
        ("Stefan K\ufffdnig", "Stefan Knig"), ("An?bal Rodr?guez", "Anbal Rodrguez"),
    ],
)  # fmt: skip
def test_letters_are_as_they_were_written(text: str, right: str) -> None:
    assert mend(text) == right


@pytest.mark.parametrize("text", ["São Paulo", "José–Maria", "R&D; sales", "“MENÜ”, Ã", "Who?", "王小明", "AT&T"])
def test_letters_that_are_right_stay(text: str) -> None:
    assert mend(text) == text


def test_clean_fields_come_back_untouched() -> None:
    fields = {"name": "José", "message": "how much? thanks", "phone": "1"}

    assert with_letters(fields)[0] is fields
