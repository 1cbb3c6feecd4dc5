"""Conditions as a configuration says them: a field and what its value must be. Rules and scopes have them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from leads.policy import Condition, Op
from leadstream.configuration.section import Names, Section


class Test(Section):
    """One field's conditions, all of which must hold. A bare value or list means ``in``."""

    in_: Names = Field(default=(), alias="in")
    not_in: Names = ()
    at_least: Names = ()
    at_most: Names = ()
    prefix: Names = ()
    exists: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"in": value} if isinstance(value, str | list) else value


def conditions(when: dict[str, Test]) -> tuple[Condition, ...]:
    """The conditions of ``when``, in order."""
    return tuple(condition for field, test in when.items() for condition in _conditions(field, test))


def _conditions(field: str, test: Test) -> list[Condition]:
    said = dict(test)
    listed: tuple[Op, ...] = ("not_in", "at_least", "at_most", "prefix")
    made = [Condition(field=field, op=op, values=said[op]) for op in listed if op in test.model_fields_set]
    if "in_" in test.model_fields_set:
        made.append(Condition(field=field, op="in", values=test.in_))
    if test.exists:
        made.append(Condition(field=field, op="exists"))
    return made
