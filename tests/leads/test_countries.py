from __future__ import annotations

import pytest

from leads.countries import country, nation


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Espana", "ES"),
        ("ESPAÑA", "ES"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("Osterreich", "AT"),
        ("Éire", "IE"),
        ("The Netherlands", "NL"),
        ("Pays-Bas", "NL"),
        ("Brasil", "BR"),
        ("日本", "JP"),
        ("한국", "KR"),
        ("대한민국", "KR"),
        ("EE.UU.", "US"),
        ("S’pore", "SG"),
        ("美国", "US"),
        ("u.k.", "GB"),
        ("ประเทศไทย", "TH"),
        ("Atlantis", "atlantis"),
        ("", ""),
    ],
)
def test_a_country_by_its_names(text: str, code: str) -> None:
    assert country(text) == nation(text) == code


@pytest.mark.parametrize(("text", "code"), [("DEU", "DE"), ("GER", "DE"), ("D", "DE"), ("ind", "IN"), ("U.A.E.", "AE")])
def test_a_field_for_countries_may_hold_other_codes(text: str, code: str) -> None:
    assert nation(text) == code


def test_the_other_codes_are_no_words_of_names() -> None:
    assert country("pan") == "pan"
    assert country("ben") == "ben"
