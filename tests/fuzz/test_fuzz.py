"""Whatever arrives, whoever reads it answers with what it gives or with an error of its contract, soon, and keeps nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gateway.providers import typeform
from gateway.settings import Limits
from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, IndexStats, Lead, Neighbour, Row
from matchers.keys import keys_of
from matchers.verdict import judge
from matchers.weights import DEFAULT
from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS

#: Of each target; FUZZ_INPUTS=40000 is a million in all.
INPUTS = int(os.environ.get("FUZZ_INPUTS", "100"))


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_raises_what_it_does_not_promise(name: str) -> None:
    assert fuzz(name, INPUTS).faults == {}


@pytest.mark.slow
def test_a_million_inputs_find_no_error_no_hang_and_no_growth() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.fuzz"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]


def test_two_firms_with_a_word_of_hundreds_of_letters_are_compared() -> None:
    firms = []
    for name in ("x" * 150 + " Trading", "Acme Tooling"):
        prepared = prepare(Row("ab" * 16, {"company": name}), Envelope("t", "s", "form", 0, ()), Preparation())
        assert isinstance(prepared, Lead)
        firms.append(prepared.facts)
    mine, other = firms
    counts = [0] * len(keys_of(mine, b"secret"))
    verdict = judge(mine, counts, [Neighbour(1, (1,), (other,), 1, 1)], IndexStats(2, 0), DEFAULT)
    assert verdict.kind in ("new", "unsure", "same")


def test_a_question_whose_id_is_no_text_is_no_fault_of_ours() -> None:
    asked = {"id": ["a"], "title": "Phone"}
    answer = {"field": {"id": ["a"]}, "type": "phone_number", "phone_number": "13800138000"}
    body = {"form_response": {"definition": {"fields": [asked]}, "answers": [answer]}}
    assert typeform(body, Limits()).flat["Phone"] == "13800138000"
