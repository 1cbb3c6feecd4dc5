from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat as Format

from leads.phones import is_placeholder, phones
from leads.records import Phone

MOBILE = Phone("13912345687", "86", "mobile")


@pytest.mark.parametrize(
    "text",
    [
        "13912345687", "139 1234 5687", "139-1234-5687", "+86 139 1234 5687", "(+86)139 1234 5687", "0086-13912345687",
        "8613912345687", "86-13912345687", "＋８６　１３９１２３４５６８７", "（＋８６）139　1234　5687", "手机:13912345687",
        "电话： 139 1234 5687", "'13912345687", "13912345687.0", "139.1234.5687", "13912345687\u200b", "l39l2345687",
        "1.3912345687E+10", "一三九一二三四五六八七", "13912345687;", "T: 139-1234-5687", "013912345687",
    ],
)  # fmt: skip
def test_every_spelling_of_a_mobile_is_one_number(text: str) -> None:
    assert phones(text) == ((MOBILE,), "")


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("0755-8720-3492", "CN", Phone("75587203492", "86", "landline")),
        ("0755-8720-3492", "", Phone("75587203492", "", "landline")),
        ("755 87203492", "CN", Phone("75587203492", "86", "landline")),
        ("+86 (0)10 5960 0178", "", Phone("1059600178", "86", "landline")),
        ("861059600178", "", Phone("1059600178", "86", "landline")),
        ("６２０７－７６６３", "CN", Phone("62077663", "86", "landline")),
        ("021-69318441转562", "CN", Phone("2169318441", "86", "landline", "562")),
        ("(021)69318441 分机 562", "", Phone("2169318441", "", "landline", "562")),
        ("024-2950-1846-641", "CN", Phone("2429501846", "86", "landline", "641")),
        ("0755-87203492-801", "CN", Phone("75587203492", "86", "landline", "801")),
        ("0755-87203492/93", "CN", Phone("75587203492", "86", "landline")),
        ("400-820-8820", "CN", Phone("4008208820", "86", "service")),
        ("4008208820", "", Phone("4008208820", "", "service")),
        ("95588", "", Phone("95588", "", "service")),
        ("075587203492", "", Phone("75587203492", "", "landline")),
        ("07911123456", "", Phone("7911123456", "", "unknown")),
        ("+1 415 926 5343", "", Phone("4159265343", "1", "unknown")),
        ("+14159265343", "CN", Phone("4159265343", "1", "unknown")),
        ("+13812345678", "", Phone("3812345678", "1", "unknown")),
        ("001 415 926 5343", "", Phone("4159265343", "1", "unknown")),
        ("4159265343", "", Phone("4159265343", "", "unknown")),
        ("(415) 926-5343 x12", "US", Phone("4159265343", "1", "unknown", "12")),
        ("310/246-1501", "", Phone("3102461501", "", "unknown")),
        ("+1800 siX-Flags", "", Phone("80074935247", "1", "unknown")),
        ("386-5286", "", Phone("3865286", "", "unknown")),
        ("0161-821-7056", "", Phone("1618217056", "", "unknown")),
        ("0161-821-7056", "GB", Phone("1618217056", "44", "landline")),
        ("+44 (0)161 821 7056", "", Phone("1618217056", "44", "landline")),
        ("447700900123", "", Phone("7700900123", "44", "mobile")),
        ("33667569295", "", Phone("667569295", "33", "mobile")),
        ("4917142679363", "", Phone("17142679363", "49", "mobile")),
        ("33567569295", "", Phone("33567569295", "", "unknown")),
        ("016 0257 06075", "", Phone("16025706075", "", "unknown")),
        ("852-91234567", "CN", Phone("91234567", "852", "mobile")),
        ("886912345678", "", Phone("912345678", "886", "mobile")),
        ("0085226823447 ext. 689", "", Phone("26823447", "852", "landline", "689")),
        ("+64 3 331-6005", "", Phone("33316005", "64", "landline")),
        ("tel:331-6005;phone-context=+64-3", "US", Phone("33316005", "64", "landline")),
    ],
)  # fmt: skip
def test_one_number(text: str, country: str, phone: Phone) -> None:
    assert phones(text, country) == ((phone,), "")


@pytest.mark.parametrize(
    "text", ["13912345687/18621340000", "13912345687、186 2134 0000", "13912345687 或 18621340000",
             "13912345687\n18621340000", "13912345687；+8618621340000", "13912345687 18621340000", "13912345687 or 18621340000"],
)  # fmt: skip
def test_two_numbers_in_one_cell(text: str) -> None:
    assert phones(text) == ((MOBILE, Phone("18621340000", "86", "mobile")), "")


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("1.38E+10", "13800000000~3"),
        ("1.30103e+10", "13010300000~6"),
        ("1.30E+10", "13000000000~3"),
        ("8.61381E+12", "13810000000~4"),
        ("138****5678", "138****5678"),
        ("138 xxxx 5678", "138****5678"),
        ("+86 138****5678", "138****5678"),
        ("138＊＊＊＊5678", "138****5678"),
        ("手机:138****5678", "138****5678"),
    ],
)
def test_damaged_and_masked_numbers_are_partial_evidence(text: str, mask: str) -> None:
    found, reason = phones(text)

    assert reason == "partial"
    assert [(phone.digits, phone.mask) for phone in found] == [("", mask)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), ("  ", "empty"), ("无", "no_number"), ("n/a", "no_number"), ("12", "too_short"), ("801", "too_short"),
        ("00000000", "placeholder"), ("12345678", "placeholder"), ("11111111", "placeholder"), ("123456789", "placeholder"),
        ("13800000000", "placeholder"), ("13800138000", "placeholder"), ("+86 138 0000 0000", "placeholder"),
        ("1234567890123456789", "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_number_has_a_reason(text: str, reason: str) -> None:
    assert phones(text) == ((), reason)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0782 799 1007 02078591080", ["7827991007", "2078591080"]),
        ("(646) 785-3922 415.236.8234", ["6467853922", "4152368234"]),
        ("+44 (0)770 415 2423 +44 1615565480", ["7704152423", "1615565480"]),
        ("07744 691599 0161 691 5126 x200", ["7744691599", "1616915126"]),
        ("+34 67 6333 354 932-001488", ["676333354", "932001488"]),
        ("0755 65161357 18785657803", ["75565161357", "18785657803"]),
        ("+86 755 8720 3492 ext 8021", ["75587203492"]),
        ("011 49 1512 345 6789", ["15123456789"]),
    ],
)
def test_two_numbers_of_a_cell_part_where_both_can_be_numbers(text: str, numbers: list[str]) -> None:
    assert [phone.digits for phone in phones(text)[0]] == numbers


@pytest.mark.parametrize(
    ("text", "country", "digits", "ext"),
    [
        ("312/881/2415 (ext 307)", "", "3128812415", "307"), ("021/991/0423-245", "IE", "219910423", "245"),
        ("(615) 507-1987-906", "", "6155071987", "906"), ("+541170137194-67", "", "1170137194", "67"),
        ("04 25 12 24 31-96", "", "425122431", "96"), ("+49 30 3893960-40", "", "303893960", "40"),
        ("+41226216049 DW 585", "CH", "226216049", "585"), ("+86 21 69318441 內線 562", "", "2169318441", "562"),
        ("+61230091650-834", "AU", "230091650", "834"), ("(0443) 488174-873", "CH", "443488174", "873"),
        ("+61263284450 ext 944 wa", "", "263284450", "944"), ("0171-1200455", "DE", "1711200455", ""),
        ("089-1234567", "DE", "891234567", ""), ("020-7946-0958", "GB", "2079460958", ""),
    ],
)  # fmt: skip
def test_an_extension_follows_a_whole_number_only(text: str, country: str, digits: str, ext: str) -> None:
    assert [(phone.digits, phone.ext) for phone in phones(text, country)[0]] == [(digits, ext)]


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("2177270896 after 5pm", "US", "2177270896"), ("+31 709179076 nach 17 Uhr", "", "709179076"), ("020 7946 0958 (mob) !!", "GB", "2079460958"),
        ("+1 07923704367", "GB", "7923704367"), ("+1 939794507", "ES", "939794507"), ("+1 076781210 ask for me", "", "76781210"),
        ("1-770-706-1021 -", "", "7707061021"), ("00 49 172 4411858", "", "1724411858"), ("+6208123456789", "", "8123456789"),
        ("911243974610", "IN", "1243974610"), ("552134265381", "", "2134265381"), ("4989917450", "DE", "89917450"),
        ("+54 9 261 463-2873", "", "2614632873"), ("+52 1 55 2898 5288", "", "5528985288"),
    ],
)  # fmt: skip
def test_what_stands_around_a_number_is_no_part_of_it(text: str, country: str, digits: str) -> None:
    assert [phone.digits for phone in phones(text, country)[0]] == [digits]


@pytest.mark.parametrize(
    ("text", "country", "masks"),
    [
        ("1.61543E+10", "US", ["6154300000~5"]), ("1.61543E+10", "", ["6154300000~5"]), ("4,35125E+12,", "AT", ["51250000000~4"]),
        ("6.58270E+9 .", "SG", ["6582700000~6"]), ("4,92219E+11 ***", "", ["2219000000~4"]), ("5,42617E+11, 011 4444-5555", "AR", ["2617000000~4", ""]),
    ],
)  # fmt: skip
def test_a_rounded_number_loses_its_country_code(text: str, country: str, masks: list[str]) -> None:
    assert [phone.mask for phone in phones(text, country)[0]] == masks


def test_a_real_number_beside_a_placeholder_is_kept() -> None:
    assert phones("13912345687; 00000000") == ((MOBILE,), "placeholder")


def _examples() -> list[tuple[str, str, str]]:
    """(text, region, national number): every region's example mobile as the library itself writes it."""
    out = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if number is None or is_placeholder(str(number.national_number)):
            continue
        national = str(number.national_number)
        out += [
            (phonenumbers.format_number(number, form), region, national)
            for form in (Format.E164, Format.INTERNATIONAL, Format.NATIONAL, Format.RFC3966)
        ]
        out.append((phonenumbers.format_out_of_country_calling_number(number, "CN"), "CN", national))
        out.append((phonenumbers.format_out_of_country_calling_number(number, "US"), "US", national))
    return out


def test_the_numbers_of_all_regions_agree_in_every_format() -> None:
    examples = _examples()
    wrong = [(text, region) for text, region, want in examples if [p.digits for p in phones(text, region)[0]] != [want]]

    assert len(examples) > 1_000
    assert len(wrong) <= 0.005 * len(examples), wrong
