from __future__ import annotations

import csv
import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gateway.files import RefusedRow, Table, open_table
from gateway.mapping import Mapping, read_mapping
from gateway.refused import escaped
from gateway.settings import Limits
from leads.errors import BadInput
from leads.records import Row

ENCRYPTED = Path(__file__).parent / "data" / "encrypted.xlsx"
PLAIN = "姓名,手机,邮箱,颜色\n王小明,13800138000,a@b.cn,red\n李雷,13900139000,,\n"


def read(content: bytes, name: str = "leads.csv", mapping: Mapping | None = None) -> tuple[list[Row], list[RefusedRow]]:
    with open_table(content, name, mapping) as table:
        rows = list(table.rows(str))
    return [r for r in rows if isinstance(r, Row)], [r for r in rows if isinstance(r, RefusedRow)]


def fields(content: bytes, name: str = "leads.csv", mapping: Mapping | None = None) -> list[dict[str, str]]:
    return [row.fields for row in read(content, name, mapping)[0]]


def workbook(*rows: list[object], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


EXPECTED = [{"name": "王小明", "phone": "13800138000", "email": "a@b.cn"}, {"name": "李雷", "phone": "13900139000"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_usual_encoding_and_line_ending(encoding: str, ending: str) -> None:
    assert fields(PLAIN.replace("\n", ending).encode(encoding)) == EXPECTED


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert fields(PLAIN.replace(",", delimiter).encode(), "leads.txt") == EXPECTED


def test_what_no_field_takes_is_kept() -> None:
    assert read(PLAIN.encode())[0][0].extra == {"颜色": "red"}


def test_a_single_column() -> None:
    assert fields("手机\n13800138000\n".encode()) == [{"phone": "13800138000"}]


def test_quotes_with_delimiters_lines_and_quotes_inside() -> None:
    content = 'name,message\n"Li, Wei","first\nsecond ""so"""\nO\'Neil 5" pipe,x\n'

    assert fields(content.encode()) == [
        {"name": "Li, Wei", "message": 'first\nsecond "so"'},
        {"name": "O'Neil 5\" pipe", "message": "x"},
    ]


def test_titles_and_empty_rows_before_the_header_are_passed_over() -> None:
    content = "2024年客户名单,,\n,,\n姓名,电话,备注\n王,1,x\n,,\n李,2,y\n"

    rows, refused = read(content.encode())

    assert [(row.row, row.fields["name"]) for row in rows] == [(1, "王"), (3, "李")]
    assert not refused


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"Wang,1", "ragged"),
        (b"Wang,1,x,y", "ragged"),
        (b"Wa\x00ng,1,x", "nul"),
        (b"Wa\xffng,1,x", "broken_text"),
        (b'"Wang,1,x', "unclosed_quote"),
    ],
)
def test_a_bad_record_takes_no_neighbour_along(bad: bytes, reason: str) -> None:
    content = b"name,phone,note\n" + "王,1,a\n".encode() + bad + b"\n" + "李,3,b\n".encode()

    rows, refused = read(content)

    assert [row.row for row in rows] == [1, 3]
    assert [(r.row, r.reason) for r in refused] == [(2, reason)]


def test_more_empty_cells_than_columns_are_no_fault() -> None:
    assert fields(b"name,phone\nLi,1,,\n") == [{"name": "Li", "phone": "1"}]


def test_one_broken_byte_does_not_turn_a_utf8_file_into_another_encoding() -> None:
    content = PLAIN.encode() + b"\xe7\x8e,1,,\n" + "赵四,2,,\n".encode()

    rows, refused = read(content)

    assert [row.fields["name"] for row in rows] == ["王小明", "李雷", "赵四"]
    assert [r.reason for r in refused] == ["broken_text"]


def test_a_letter_that_was_lost_before_the_file_was_made_costs_no_lead() -> None:
    rows, refused = read("name,phone,note\nK\ufffdnig,1,x\n".encode())

    assert [row.fields["name"] for row in rows] == ["K\ufffdnig"]
    assert not refused


def test_windows_accents_are_not_taken_for_chinese() -> None:
    content = "name,city\nJérôme,Münster\nZoë,Genève\n".encode("cp1252")

    assert fields(content) == [{"name": "Jérôme", "city": "Münster"}, {"name": "Zoë", "city": "Genève"}]


def test_a_line_without_end_is_refused_and_bounded() -> None:
    content = b"name,phone\n" + b"x" * 3_000_000 + b"\nLi,1\n"

    rows, refused = read(content)

    assert rows[-1].fields == {"name": "Li", "phone": "1"}
    assert {r.reason for r in refused} <= {"too_large", "ragged"}
    assert refused[0].reason == "too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty_file"),
        (b"a,b\n1,2\n", "no_header"),
        (b"\x7fELF\x02\x01" + bytes(500), "not_text"),
        (b"PK\x03\x04 not a zip", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "not_a_workbook"),
        (b"%PDF-1.7 \x00\x00", "no_header"),
    ],
)
def test_a_file_that_is_none_is_named(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(content)

    assert refused.value.code == code


def test_a_json_array_is_told_from_lines() -> None:
    with pytest.raises(BadInput) as refused:
        read(b'[{"name": "Li"}]', "leads.json")

    assert refused.value.code == "json_array"


def test_a_first_row_of_people_never_gets_into_the_error() -> None:
    with pytest.raises(BadInput) as refused:
        read(b"13800138000,a@b.cn\n13900139000,c@d.cn\n")

    assert "138" not in str(refused.value)
    assert "@" not in str(refused.value)


def test_a_missing_file_is_named_without_its_path() -> None:
    with pytest.raises(BadInput, match="Check its path"):
        open_table(Path("/nowhere/leads.csv"))


def test_a_mapping_decides_alone() -> None:
    mapping = read_mapping('{"fields": {"name": ["first", "last"], "birth": "b"}, "kinds": {"birth": "date"}, "x": 1}')

    rows, _ = read(b"first,last,b,phone\nLi,Wei,1990-01-02,138\n", mapping=mapping)

    assert rows[0].fields == {"name": "Li Wei", "birth": "1990-01-02"}
    assert rows[0].extra == {"phone": "138"}


def test_a_mapped_column_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(BadInput, match=r"“telephone”.*“phone”, “name”") as refused:
        read(b"phone,name\n1,Li\n", mapping=read_mapping('{"fields": {"phone": "telephone", "name": "name"}}'))

    assert refused.value.code == "missing_column"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "{}",
        '{"fields": {}}',
        '{"fields": {"name": 1}}',
        '{"fields": {"name": []}}',
        '{"fields": {"a": "b"}, "kinds": {"a": "x"}}',
        "[" * 9_999,
    ],
)
def test_a_mapping_that_is_none(raw: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_mapping(raw)

    assert refused.value.code == "bad_mapping"


def test_several_columns_of_one_field_and_repeated_names() -> None:
    content = "姓,名,手机,电话,备注,备注\n王,小明,138,010-1,x,y\n"

    rows, _ = read(content.encode())

    assert rows[0].fields == {"surname": "王", "given_name": "小明", "phone": "138; 010-1", "message": "x"}
    assert rows[0].extra == {"备注 (2)": "y"}


def test_json_lines_one_bad_line_is_one_refused_row() -> None:
    lines = [
        '{"name": "王", "contact": {"phone": 13800138000}}',
        "{bad",
        "[1]",
        '{"name": "a\\u0000"}',
        "",
        '{"email": "a@b.cn"}',
    ]

    rows, refused = read("\n".join(lines).encode(), "leads.jsonl")

    assert [(row.row, row.fields) for row in rows] == [
        (1, {"name": "王", "phone": "13800138000"}),
        (6, {"email": "a@b.cn"}),
    ]
    assert [(r.row, r.reason) for r in refused] == [(2, "not_json"), (3, "not_json"), (4, "nul")]


def test_refused_rows_can_be_mended_and_read_again() -> None:
    content = "姓名,电话,备注\n王,=1+1,x,y\n李,+8613900139000,ok\n".encode()
    with open_table(content, "leads.csv") as table:
        refused = [row for row in table.rows(str) if isinstance(row, RefusedRow)]
        out = io.StringIO()
        assert table.write_refused(out, refused) == 1

    written = list(csv.reader(io.StringIO(out.getvalue())))
    assert written[0] == ["姓名", "电话", "备注", "refused_reason", "refused_overflow"]
    assert written[1][:3] == ["王", "'=1+1", "x"]
    assert read(out.getvalue().encode("utf-8-sig"))[1][0].reason == "ragged"  # not mended yet
    mended = out.getvalue().replace(",y\r\n", ",\r\n").replace("'=1+1", "'+8613800138000")
    (row,) = read(mended.encode("utf-8-sig"))[0]
    assert row.fields == {"name": "王", "phone": "+8613800138000", "message": "x"}
    assert row.extra == {}


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x"])
def test_formulas_are_escaped(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"


def test_an_ugly_workbook() -> None:
    content = workbook(
        ["2024年客户名单", None, None, None, None],
        [],
        ["公司", "姓 名", "手机号码（必填）", "E-mail", "登记日期"],
        ["润佳", "王小明", 13800138000, "a@b.cn", datetime.datetime(2024, 1, 2)],
        [None, "李雷", "１３９ ００１３", None, datetime.datetime(2024, 1, 2, 3, 4)],
        [None, None, None, None, None],
        ["中锐", "赵", 1.38e10, True, 1.5],
        merge="A4:A5",
    )

    rows, refused = read(content, "leads.xlsx")

    assert not refused
    assert [row.row for row in rows] == [1, 2, 4]
    assert rows[0].fields == {"company": "润佳", "name": "王小明", "phone": "13800138000", "email": "a@b.cn"}
    assert rows[0].extra == {"登记日期": "2024-01-02"}
    assert rows[1].fields == {"company": "润佳", "name": "李雷", "phone": "１３９ ００１３"}
    assert rows[2].fields["phone"] == "13800000000"


def test_the_sheet_with_the_leads_is_found_and_the_others_said() -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明", "请勿修改"])
    sheet = book.create_sheet("名单")
    sheet["C4"], sheet["D4"], sheet["C5"], sheet["D5"] = "姓名", "电话", "王", 1

    with open_table(saved(book), "leads.xlsx") as table:
        preview = table.preview()

    assert preview.about["sheet"] == "名单"
    assert preview.notes == ("1 other sheet(s) were not read",)
    assert preview.rows[0].fields == {"name": "王", "phone": "1"}
    assert preview.fields == {"name": ("姓名",), "phone": ("电话",)}


def test_an_encrypted_workbook_is_named_as_such() -> None:
    with pytest.raises(BadInput, match="password") as refused:
        open_table(ENCRYPTED)

    assert refused.value.code == "encrypted"


def package(**members: bytes) -> bytes:
    """The workbook with members replaced."""
    out = io.BytesIO()
    names = {name.replace("__", "/") + ".xml": content for name, content in members.items()}
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["name"], ["Li"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, names.get(info.filename, old.read(info.filename)))
    return out.getvalue()


def test_a_zip_bomb_is_not_opened() -> None:
    bomb = package(xl__worksheets__sheet1=b"<worksheet>" + b" " * 300_000_000)

    with pytest.raises(BadInput) as refused:
        read(bomb, "leads.xlsx")

    assert len(bomb) < 1_000_000
    assert refused.value.code == "zip_bomb"


def test_a_zip_that_lies_about_its_size_is_not_read_through() -> None:
    honest = package(xl__worksheets__sheet1=b"<worksheet>" + b" " * 2_000_000 + b"</worksheet>")
    lying = honest.replace((2_000_023).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lying != honest

    with pytest.raises(BadInput) as refused:
        read(lying, "leads.xlsx")

    assert refused.value.code == "not_a_workbook"


def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        b'<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    with pytest.raises(BadInput) as refused:
        read(package(xl__worksheets__sheet1=sheet), "leads.xlsx")

    assert refused.value.code == "too_large"


def test_another_zip_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        other.writestr("readme.txt", "hello")

    with pytest.raises(BadInput) as refused:
        read(out.getvalue(), "leads.xlsx")

    assert refused.value.code == "not_a_workbook"


def test_too_many_columns() -> None:
    with pytest.raises(BadInput) as refused:
        open_table(("name," * 600).encode() + b"\n", "leads.csv", None, Limits(columns=500))

    assert refused.value.code == "too_many_columns"


def test_rows_can_be_read_again_from_the_top() -> None:
    with open_table(PLAIN.encode(), "leads.csv") as table:
        assert isinstance(table, Table)
        assert list(table.rows(str)) == list(table.rows(str))


def test_an_old_workbook() -> None:
    rows, _ = read((ENCRYPTED.parent / "plain.xls").read_bytes(), "名单.xls")

    assert [row.fields for row in rows] == [
        {"name": "王小明", "phone": "13800138000", "received_at": "2024-01-02"},
        {"name": "李雷", "phone": "13900139000", "received_at": "2024-01-02"},
    ]


def test_nuls_in_a_short_file_do_not_make_it_utf16() -> None:
    rows, refused = read(b"name,phone\n\x001\x00\nLi,2\n")

    assert [(row.row, row.fields) for row in rows] == [(2, {"name": "Li", "phone": "2"})]
    assert [(row.row, row.reason) for row in refused] == [(1, "nul")]
