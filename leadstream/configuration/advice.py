"""What is wrong with a setting, in a sentence that says what to write instead. Never repeats a value that may be secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

_PLAIN: dict[str, str] = {
    "missing": "it is required and not there; add it",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number",
    "float_type": "write a number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "string_type": "write text here, not a list or a mapping",
    "tuple_type": "write a list, like [a, b]",
    "dict_type": "write a mapping, 'key: value' lines",
    "model_type": "write a mapping, 'key: value' lines",
    "model_attributes_type": "write a mapping, 'key: value' lines",
    "datetime_from_date_parsing": "write a day or a time, like 2026-05-01 or 2026-05-01T09:00",
    "datetime_parsing": "write a day or a time, like 2026-05-01 or 2026-05-01T09:00",
    "date_from_datetime_parsing": "write a day, like 2026-05-01",
    "date_from_datetime_inexact": "write a day, like 2026-05-01",
    "datetime_type": "write a day or a time, like 2026-05-01 or 2026-05-01T09:00",
}


def advice(root: type[BaseModel], steps: tuple[str | int, ...], fault: Mapping[str, Any]) -> str:
    """The sentence for one error of pydantic at ``steps`` below ``root``."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(steps[-1]), _keys(_type_at(root, steps[:-1])))
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return _choice(str(fault["input"]), [choice for choice in choices if choice])
    if kind == "string_pattern_mismatch":
        if str(steps[-1]).endswith("env"):
            return "write the NAME of an environment variable in capitals, never the secret itself"
        return "use letters, digits, '-', '_' only, 64 characters at most"
    for bound, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if bound in context:
            return f"write a number of {words} {context[bound]}"
    if kind == "value_error":  # our own validators say what to write
        return str(context["error"])
    return _PLAIN.get(kind, "this cannot be read")


def _unknown_key(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, 1, 0.6)
    return f"unknown key; did you mean '{near[0]}'?" if near else f"unknown key; known here: {', '.join(known)}"


def _choice(value: str, choices: list[str]) -> str:
    near = get_close_matches(value, choices, 1, 0.5)
    listed = ", ".join(choices)
    return f"'{value[:40]}' is not known; did you mean '{near[0]}'? ({listed})" if near else f"write one of {listed}"


def _keys(found: Any) -> list[str]:
    if isinstance(found, type) and issubclass(found, BaseModel):
        return sorted(info.alias or name for name, info in found.model_fields.items())
    return []


def _type_at(found: Any, steps: tuple[str | int, ...]) -> Any:
    """The type that the configuration has at ``steps`` below the type ``found``."""
    for step in steps:
        while get_origin(found) is Annotated:
            found = get_args(found)[0]
        if isinstance(found, type) and issubclass(found, BaseModel):
            by_key = {info.alias or name: info.annotation for name, info in found.model_fields.items()}
            found = by_key.get(str(step))
        else:
            arguments = get_args(found)
            found = None if not arguments else arguments[1] if get_origin(found) is dict else arguments[0]
    return found
