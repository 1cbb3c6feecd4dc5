"""The files in examples/ are read by the doors they are meant for, and every row becomes what its README says."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.files import RefusedRow, open_table
from gateway.mapping import assign
from gateway.payload import flatten, read_json
from gateway.settings import Limits
from leads.prepare import prepare
from leads.records import Envelope, Lead, Refused, Row
from leadstream.configuration.config import load

EXAMPLES = Path(__file__).parents[2] / "examples"
MAIN = load(None, {}).tenants["main"]


def understood(*rows: Row) -> list[Lead | Refused]:
    envelope = Envelope(tenant="main", source="files", door="import", at_ms=0, rows=rows)
    return [prepare(row, envelope, MAIN.preparation()) for row in rows]


def table(name: str) -> list[Row | RefusedRow]:
    with open_table(EXAMPLES / name) as opened:
        return list(opened.rows(lambda n: f"{n:032x}"))


def test_the_sheet_of_leads() -> None:
    rows = [row for row in table("leads.csv") if isinstance(row, Row)]
    leads = understood(*rows)

    assert len(rows) == 10
    assert [lead.reason for lead in leads if isinstance(lead, Refused)] == ["no_identity"]
    good = [lead for lead in leads if isinstance(lead, Lead)]
    assert [lead.claimant for lead in good][3:5] == ["amy", "bo"]
    assert good[0].facts.phones[0].digits == "13855123456"
    assert good[2].facts.phones[0].kind == "landline"
    assert good[7].facts.phones[0].mask
    assert len(good[8].facts.phones) == 2


def test_the_sheet_of_customers_names_owners_who_exist() -> None:
    leads = [
        lead
        for lead in understood(*(row for row in table("customers.csv") if isinstance(row, Row)))
        if isinstance(lead, Lead)
    ]

    assert len(leads) == 4
    assert {lead.claimant for lead in leads} <= set(MAIN.members)
    assert all(lead.facts.name and lead.facts.company for lead in leads)


def test_the_form() -> None:
    fields, extra = assign(flatten(read_json((EXAMPLES / "form.json").read_bytes()), Limits()), {})
    (lead,) = understood(Row(event="0" * 32, fields=fields, extra=extra))

    assert isinstance(lead, Lead)
    assert lead.facts.phones[0].digits == "13855123456"
    assert extra == {}


def test_the_call() -> None:
    call = json.loads((EXAMPLES / "call.json").read_text(encoding="utf-8"))

    assert {"call_id", "status", "caller", "line"} <= set(call)
    assert call["status"] == "ended"
