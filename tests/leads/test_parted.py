from __future__ import annotations

import pytest

from leads.parted import parted


@pytest.mark.parametrize(
    ("cell", "mail", "who", "firm"),
    [
        ("Karen Walford / Lammas & Tanner", "", "Karen Walford", "Lammas & Tanner"),
        ("Manuel Pujol - Medmark Auto Parts LLP", "", "Manuel Pujol", "Medmark Auto Parts LLP"),
        ("Geraldine Wright, Kerr Freight Ltd", "", "Geraldine Wright", "Kerr Freight Ltd"),
        ("Melissa Mitchell, Owner (Acme Foods)", "", "Melissa Mitchell", "Acme Foods"),
        ("Birgit Hertrampf / Rosenstädter", "info@rosenstaedter.ch", "Birgit Hertrampf", "Rosenstädter"),
        ("Stawnick, Peter, IT Manager", "", "Stawnick, Peter", ""),
        ("Ing. Sami Rosenwald, Lagerleiter", "", "Ing. Sami Rosenwald", ""),
    ],
)
def test_what_stands_behind_a_person_goes_where_it_belongs(cell: str, mail: str, who: str, firm: str) -> None:
    fields, notes = parted({"name": cell, "email": mail})

    assert (fields["name"], fields.get("company", "")) == (who, firm)
    assert notes


@pytest.mark.parametrize(
    "cell",
    ["Wright, Geraldine", "de la Cruz, José", "García López, Maria", "John Smith / Jane Smith", "Robert Smith (Bob)", "Carl Lewis, Jr.",
     "Hans / Maria Müller", "Maria Schmidt (Müller)"],
)  # fmt: skip
def test_one_name_or_two_people_stay_together(cell: str) -> None:
    fields = {"name": cell}

    assert parted(fields)[0] is fields


@pytest.mark.parametrize(
    ("cell", "city", "firm", "where"),
    [
        ("Marquest Printing, IT", "", "Marquest Printing", ""), ("Evernix Solutions, LLC, IT", "", "Evernix Solutions, LLC", ""),
        ("Plamark Sp. z o.o. - Purchasing Dept.", "", "Plamark Sp. z o.o", ""), ("Acme / Mumbai", "", "Acme", "Mumbai"),
        ("Unipact Systems, Sheffield branch", "", "Unipact Systems", "Sheffield"), ("Cornix - Reading", "READING", "Cornix", "READING"),
        ("Medtron Logistics Ltd London", "London", "Medtron Logistics Ltd", "London"),
        ("Shah Construction Co. (Shah Construction Enterprises)", "", "Shah Construction Co.", ""),
        ("Foo Corp, IT (Foo Corp Holdings)", "", "Foo Corp", ""),
    ],
)  # fmt: skip
def test_departments_branches_and_mothers_are_no_part_of_a_company(cell: str, city: str, firm: str, where: str) -> None:
    fields, _ = parted({"name": "Jane Doe", "company": cell, "city": city})

    assert (fields["company"].rstrip("."), fields.get("city", "")) == (firm.rstrip("."), where)


@pytest.mark.parametrize(
    "cell",
    ["Evernix Solutions, LLC", "Smith (Holdings) Ltd", "Hutchinson - Whampoa", "University of London", "A/S Norsk"],
)
def test_what_belongs_to_a_company_stays(cell: str) -> None:
    fields = {"name": "Jane Doe", "company": cell, "city": "London"}

    assert parted(fields)[0] is fields


@pytest.mark.parametrize(
    ("who", "firm", "mail"),
    [
        ("Parker Landscaping", "Ramesh Banerjee", "rbanerjee@parker.com"), ("Lumvance", "Rick Evans", "richard_evans@lumvance.com"),
        ("individual", "Joseph Wiggins", ""), ("Muller Plumbing Ltd", "Price, Samuel", ""),
    ],
)  # fmt: skip
def test_a_name_and_a_company_exchanged(who: str, firm: str, mail: str) -> None:
    fields, _ = parted({"name": who, "company": firm, "email": mail})

    assert (fields["name"], fields["company"]) == (firm, who)


@pytest.mark.parametrize(
    ("who", "firm", "mail"),
    [
        ("Jane Kerr", "Kerr Freight", "jane@kerr.com"),
        ("Grace Foods", "John Deere", ""),
        ("Smith", "Smith Ltd", "smith@smith.com"),
    ],
)
def test_a_person_and_his_company_stay(who: str, firm: str, mail: str) -> None:
    fields = {"name": who, "company": firm, "email": mail}

    assert parted(fields)[0] is fields


@pytest.mark.parametrize(
    ("cell", "code", "city"),
    [
        ("72251 Puebla", "72251", "Puebla"), ("Puebla, 72251", "72251", "Puebla"), ("9794 DL Groningen", "9794 DL", "Groningen"),
        ("s59 9dr Sheffield", "s59 9dr", "Sheffield"), ("01524-950 São Paulo", "01524-950", "São Paulo"), ("'s-Hertogenbosch, 5290 GT", "5290 GT", "'s-Hertogenbosch"),
    ],
)  # fmt: skip
def test_postcode_and_city_in_one_cell(cell: str, code: str, city: str) -> None:
    fields, _ = parted({"name": "Jane Doe", "city": cell})

    assert (fields["postcode"], fields["city"]) == (code, city)


def test_the_city_at_the_end_of_an_address() -> None:
    fields, _ = parted({"address": "Siemensstrasse 135, 8087 Graz"})

    assert fields == {"address": "Siemensstrasse 135", "postcode": "8087", "city": "Graz"}


def test_a_row_that_slipped_by_a_column() -> None:
    row = {
        "company": "Hooper, Jennifer",
        "phone": "Acme Printing Ltd",
        "email": "+61 2 1234 5678",
        "title": "j.hooper@acme.com",
    }

    fields, _ = parted(row | {"company": "Jennifer Hooper"})

    assert fields == {"name": "Jennifer Hooper", "company": "Acme Printing Ltd", "email": "j.hooper@acme.com"}


@pytest.mark.parametrize("blank", [" ", "\u3000", "\x1f", "\t\n"])
def test_a_blank_cell_is_nobody(blank: str) -> None:
    row = {"company": blank, "phone": "+1 415 639 2217"}

    assert parted(row) == (row, ())
