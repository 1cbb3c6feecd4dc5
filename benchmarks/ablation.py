"""``python -m benchmarks ablation``: what each normaliser, key and comparison adds, on each set: the same run without it.

A part is taken out by putting something that does nothing, or that leaves the text as it was written, in its place.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import benchmarks.accuracy as accuracy
import leads.facts
import leads.pinyin
import leads.prepare
import leads.text
import matchers.keys
import matchers.verdict
from benchmarks import data, other_leads, own_leads
from leads.preparation import Preparation
from leads.records import Address, Company, Email, Facts, Name, Phone
from matchers import compare

SETS = (
    *("leads10k", "febrl3", "febrl3, birth date and id", "fake_1000", "fodors_zagats", "chicago_early_childhood"),
    *("cn_company_brands", "patstat_applicants", "ror_chinese_orgs", "ror_affiliations"),
)
_READINGS = leads.pinyin.table()


def _raw_name(text: str) -> tuple[Name, str]:
    words = text.lower().split()
    han = not text.isascii()
    latin = tuple(text) if han else tuple(words)
    surname, given = (text[:1], text[1:]) if han else (words[-1], " ".join(words[:-1]))
    return Name(text, "full" if given else "surname", "han" if han else "latin", surname, given, latin), ""


def _raw_company(text: str) -> tuple[Company, str]:
    folded = text.lower()
    return Company(text, folded, folded, "", "", "", "", tuple(folded.split())), ""


def _raw_email(text: str) -> tuple[tuple[Email, ...], str]:
    local, _, domain = text.lower().partition("@")
    return ((Email(local, domain, domain, "company", text),), "") if domain else ((), "no_address")


def _raw_address(text: str, known: tuple[str, str, str] = ("", "", "")) -> tuple[Address, str]:
    return Address(text.lower(), *known, text.lower(), "", "", ""), ""


#: Normaliser -> what is put in whose place: (module, name, replacement).
NORMALISERS: dict[str, tuple[tuple[Any, str, Any], ...]] = {
    "phones": ((leads.facts, "phones", lambda text, home="": ((Phone(text, "", "unknown"),), "")),),
    "emails": ((leads.facts, "emails", _raw_email),),
    "names": ((leads.facts, "name", _raw_name),),
    "companies": ((leads.facts, "company", _raw_company),),
    "addresses": ((leads.facts, "address", _raw_address),),
    "places": ((leads.facts, "place", lambda text: ("", text, "")), (leads.facts, "region", lambda text: text)),
    "pinyin": ((leads.pinyin, "table", lambda: {char: char for char in _READINGS}),),
    "traditional script": ((leads.text, "_script", lambda: ({}, frozenset())),),
    "cells out of place": ((leads.prepare, "rehome", lambda fields: (fields, ())),),
}
#: Comparison -> the function that finds nothing in its place.
COMPARISONS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "name": (compare.name, "compare", lambda *_: None),
    "phone": (compare.phone, "compare", lambda *_: []),
    "email": (compare.email, "compare", lambda *_: []),
    "custom": (compare.custom, "compare", lambda *_: []),
    "handle": (compare.handle, "compare", lambda *_: []),
    "handle by mailbox": (compare.handle, "by_mailbox", lambda *_: None),
    "mailbox spells the name": (compare.email, "spells", lambda *_: 0),
    "company": (compare.company, "compare", lambda *_: None),
    "company by domain": (compare.company, "by_domain", lambda *_: None),
    "address": (compare.address, "compare", lambda *_: []),
    "city": (compare.place, "city", lambda *_: None),
    "postcode": (compare.place, "postcode", lambda *_: None),
}


#: (name, folder, column -> kind of a declared field)
Set = tuple[str, Path, dict[str, str]]
Prepared = list[tuple[str, Path, list[str], list[tuple[str, Facts]]]]


def _patches(part: str, kind: str) -> list[Any]:
    if part == "normaliser":
        return [patch.object(*place) for place in NORMALISERS[kind]]
    if part == "comparison":
        return [patch.object(*COMPARISONS[kind])]
    whole = matchers.keys.plan

    def fewer(facts: Facts) -> matchers.keys.Plan:
        return tuple(key for key in whole(facts) if key[0] != kind)

    return [patch.object(module, "plan", fewer) for module in (matchers.keys, matchers.verdict)]


@contextmanager
def without(part: str, kind: str) -> Iterator[None]:
    """Without one part, for as long as the block runs."""
    with ExitStack() as taken:
        for one in _patches(part, kind):
            taken.enter_context(one)
        yield


def prepared(sets: list[Set]) -> Prepared:
    """The sets, prepared."""
    found: Prepared = []
    for name, folder, kinds in sets:
        rows = list(accuracy.rows_of(folder, None, kinds))
        facts, _, _ = accuracy.facts_of(rows, Preparation(kinds=kinds))
        found.append((name, folder, [row for row, _ in rows], facts))
    return found


def scores(sets: Prepared) -> dict[str, dict[str, float]]:
    """Set -> its figures."""
    found = {}
    for name, folder, ids, facts in sets:
        _, report = accuracy.measure(facts, folder, ids)
        found[name] = {"f1": round(report.cluster_pairs.f1, 4), "keys": round(report.keys, 2)}
        found[name]["candidates"] = round(report.candidates, 2)
    return found


def normalised(kind: str, sets: list[Set]) -> dict[str, dict[str, float]]:
    """Without a normaliser, in a fresh process: what it found is remembered in many places."""
    with without("normaliser", kind):
        return scores(prepared(sets))


def run(*, full: bool) -> dict[str, Any]:
    """Every part, one after the other; ``full`` takes leads100k too."""
    names = (*SETS, "leads100k") if full else SETS
    with tempfile.TemporaryDirectory() as home:
        own_leads.make(Path(home) / "own_leads", 10_000, 1, [])
        other_leads.make(Path(home) / "other_leads", 10_000, 1, [], [])
        made = [(name, Path(home) / name, dict[str, str]()) for name in ("own_leads", "other_leads")]
        given = [*data.known(names), *made]
        sets = prepared(given)
        found: dict[str, Any] = {"whole": scores(sets)}
        for kind in matchers.keys.KINDS:
            if kind not in "CFJ":  # calls and bare texts: no set has them
                with without("key", kind):
                    found[f"key {kind}"] = scores(sets)
        for kind in COMPARISONS:
            with without("comparison", kind):
                found[f"comparison {kind}"] = scores(sets)
        fresh = multiprocessing.get_context("spawn")
        for kind in NORMALISERS:
            with fresh.Pool(1) as pool:
                found[f"normaliser {kind}"] = pool.apply(normalised, (kind, given))
    return found
