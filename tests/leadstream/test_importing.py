"""Whose a row of a file is: somebody who is there, or whoever the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import BadInput
from leadstream.configuration import config
from leadstream.importing import import_file
from leadstream.service import store_home
from stores.embedded import stop

FILE = """姓名,电话,跟进人
王建国,13800138001,AMY
李晓梅,13800138002,博远
陈晨,13800138003,不存在的人
赵敏,13800138004,华章
孙丽,13800138005,
"""


async def taken_in(tmp_path: Path, capsys: pytest.CaptureFixture[str], *, customers: bool) -> str:
    file = tmp_path / "leads.csv"
    file.write_text(FILE)
    settings = config.load(config.DEFAULT, {"LEADSTREAM_DATA": str(tmp_path / "data")})
    try:
        await import_file(settings, "main", file, None, "fair", False, customers=customers)
    finally:
        stop(store_home(tmp_path / "data"))
    return capsys.readouterr().out


async def test_a_row_of_nobody_who_is_there_goes_where_the_rules_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Amy and 博远 have theirs, by id and by name; 华章 has left, and a customer of 不存在的人 would wait for ever."""
    told = await taken_in(tmp_path, capsys, customers=False)

    assert "not members of main: 不存在的人, 华章; the rules give these 2 rows to somebody" in told
    assert "2  assigned (claimed)" in told
    assert "3  pooled (unmatched)" in told


async def test_customers_must_have_an_owner_who_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="不存在的人, 华章; add them, or correct the file"):
        await taken_in(tmp_path, capsys, customers=True)
