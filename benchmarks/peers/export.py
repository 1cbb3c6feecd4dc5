"""A data set as the table every peer gets: our preparation, so that only matching is compared."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.accuracy import facts_of, rows_of
from benchmarks.peers.table import FIELDS, Record
from leads.preparation import Preparation
from leads.records import Facts


def export(folder: Path, kinds: dict[str, str], target: Path) -> list[str]:
    """Write the table of a data folder; gives the ids of all its rows. What preparation refuses is in no table."""
    rows = list(rows_of(folder, None, kinds))
    found, _, _ = facts_of(rows, Preparation(kinds=kinds))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("id", *FIELDS))
        writer.writeheader()
        writer.writerows({"id": name, **record(facts)} for name, facts in found)
    return [name for name, _ in rows]


def record(facts: Facts) -> Record:
    """Facts as flat text. A name is its pinyin, given and surname in one order, so that scripts and orders agree."""
    name, company, at = facts.name, facts.company, facts.address
    customs = {kind: [c.value for c in facts.custom if c.kind == kind] for kind in ("id", "date")}
    return {
        "name": " ".join(sorted(name.latin)) if name and name.kind in ("full", "given") else "",
        "surname": name.surname if name else "",
        "given": name.given if name else "",
        "company": (company.core or company.full) if company else "",
        "company_full": company.full if company else "",
        "phone": facts.phones[0].digits if facts.phones else "",
        "email": f"{facts.emails[0].local}@{facts.emails[0].domain}" if facts.emails else "",
        "wechat": facts.handles[0].value if facts.handles else "",
        "address": at.text if at else "",
        "road": at.road if at else "",
        "number": at.number if at else "",
        "city": facts.city,
        "region": facts.region,
        "postcode": facts.postcode,
        "custom_id": customs["id"][0] if customs["id"] else "",
        "custom_date": customs["date"][0] if customs["date"] else "",
    }
