import pytest

from leads.errors import Misconfigured
from matchers.weights import DEFAULT, TABLE, load


def test_a_change_of_one_level_changes_the_version_and_nothing_else():
    changed = load({"levels": {"phone.mobile": {"u": 0.1}}})

    assert changed.rows["phone", "mobile"].u == 0.1
    assert changed.version != DEFAULT.version
    assert len(changed.table) == len(TABLE)


def test_no_settings_are_the_defaults():
    assert load({}).version == DEFAULT.version


def test_every_mistake_is_named():
    with pytest.raises(Misconfigured) as caught:
        load({"treshold": 1, "levels": {"phone.fax": {}, "phone.mobile": {"k": 2}, "email.exact": {"u": -1}}})

    assert [path for path, _ in caught.value.faults] == [
        "treshold",
        "levels.phone.fax",
        "levels.phone.mobile.k",
        "levels.email.exact.u",
    ]


def test_the_table_reads_as_one():
    assert len({(row.field, row.level) for row in TABLE}) == len(TABLE)
    assert all(row.origin and row.m > 0 and row.u > 0 for row in TABLE)
    assert all(row.u <= 1 for row in TABLE if row.scale == "pair")
