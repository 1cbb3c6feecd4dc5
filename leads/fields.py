"""The lead fields, and what people call them: headers of sheets, keys of forms, in Chinese and English."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from leads.text import fold, knowledge


def _aliases() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in knowledge("fields.tsv"):
        field, headers = line.split("\t")
        for header in (field, field.replace("_", ""), *headers.split(",")):
            if table.setdefault(header, field) != field:
                raise ValueError(f"{header} is listed under {table[header]} and {field}")
    return table


#: Folded header without spaces and signs -> lead field. The field names themselves are among the headers.
ALIASES: Final[dict[str, str]] = _aliases()
#: The lead fields a Row may name, in the order of the table.
FIELDS: Final[tuple[str, ...]] = tuple(dict.fromkeys(ALIASES.values()))


@lru_cache(maxsize=4096)
def field_of(header: str) -> str:
    """The lead field that a header means ("Phone No.", "手机号码*", "E-Mail"), "" when it is none."""
    if header in ALIASES:
        return ALIASES[header]
    key = fold(header)
    return ALIASES.get(key) or ALIASES.get("".join(filter(str.isalnum, key.partition("(")[0]))) or ""
