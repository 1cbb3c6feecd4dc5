"""The whole service as a person meets it: up, leads through every door, what became of them, down, up again."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import openpyxl  # type: ignore[import-untyped]
import pytest

from gateway.delivery import Digester
from gateway.signatures import twilio_signature
from leads.errors import LeadstreamError
from leadstream.service import Service, await_ready, store_home
from stores import embedded
from tests.chaos.site import SECRETS, TENANT, Site
from tests.parts import valkey
from tests.parts.kafka import free_port

TOKEN = {"Authorization": f"Bearer {SECRETS['SITE_TOKEN']}"}
#: Everybody who comes to this door. None of it may be found where it does not belong.
PHONES = ["13912340001", "13912340002", "2025550143", "13912340004", "13912340005", "13912340006", "13912340007"]
MAILS = ["ann.archer@northwind.example", "wang.wei@hualong.example", "broken.body@leaky.example"]


class Told(msgspec.Struct):
    """What the service answered, to be looked at by the tests."""

    outcomes: dict[str, dict[str, Any]] = {}
    receipts: dict[str, str] = {}
    errors: dict[str, httpx.Response] = {}
    pages: dict[str, str] = {}  # what a person reads: output of commands, metrics, logs
    again: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("service")
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    site = Site(
        home,
        sources={"twilio": {"kind": "twilio", "tenant": TENANT, "secret_env": "SITE_TWILIO"}},
        gateway={
            "port": port,
            "public_url": public,
            "tokens": {"people": {"env": "SITE_TOKEN", "tenant": TENANT, "scopes": ["calls", "imports", "receipts"]}},
        },
    )
    site.port = port
    try:
        yield story(site)
    finally:
        end(site)


def end(site: Site) -> None:
    """Whatever happened, nothing of it goes on running."""
    site.run("down")
    if pid := Service(site.data).pid():
        os.killpg(pid, signal.SIGKILL)
    embedded.stop(store_home(site.data))


def story(site: Site) -> Told:
    told, metrics = Told(), free_port()
    told.pages["up"] = done(site, "up", "--metrics-port", str(metrics))
    with httpx.Client(base_url=site.url, headers=TOKEN, timeout=20) as door:
        forms_and_calls(door, told)
        told.receipts |= imported(site, told)
        bad_input(door, told)
        told.outcomes = {name: decided(door, receipt) for name, receipt in told.receipts.items()}
        everything_asked(door, told, done(site, "token", "issue", "--role", "admin", "--member", "amy").split()[0])
        told.pages["explain"] = done(site, "explain", told.receipts["form"])
        told.pages["status"] = done(site, "status")
        told.pages["metrics of the door"] = httpx.get(f"{site.url}/metrics").text
        told.pages["metrics of the worker"] = httpx.get(f"http://127.0.0.1:{metrics}/metrics").text
    told.pages["down"] = done(site, "down")
    told.pages["status, down"] = site.run("status").stdout
    done(site, "up", "--metrics-port", str(metrics))
    with httpx.Client(base_url=site.url, headers=TOKEN, timeout=20) as door:
        told.again = {name: decided(door, receipt) for name, receipt in told.receipts.items()}
        valkey.kill(store_home(site.data))
        told.receipts["late"] = insisting(door, {"name": "王伟", "mobile": f"+86 {PHONES[1]}"})
        told.again["late"] = decided(door, told.receipts["late"])
    done(site, "down")
    for log in (*site.data.rglob("*.log"), *site.home.glob("*.log")):
        told.pages[log.name] = log.read_text(errors="replace")
    return told


def forms_and_calls(door: httpx.Client, told: Told) -> None:
    form = {"name": "Ann Archer", "phone": PHONES[0], "email": MAILS[0], "company": "Northwind Ltd", "city": "上海"}
    told.receipts["form"] = taken(door.post("/v1/forms/web", json=form))
    for status in ("ringing", "answered", "ended"):
        call = {"call_id": "c-1", "status": status, "caller": PHONES[1], "line": "4008001234"}
        told.receipts[status] = taken(door.post("/v1/calls", json=call))
    url, callback = f"{door.base_url}/v1/calls/twilio".replace("//v1", "/v1"), {
        "CallSid": "CA0001", "CallStatus": "ringing", "From": f"+1{PHONES[2]}", "To": "+14155550100", "Direction": "inbound",
    }  # fmt: skip
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": twilio_signature(SECRETS["SITE_TWILIO"], url, list(callback.items())),
    }
    told.receipts["twilio"] = taken(door.post("/v1/calls/twilio", content=urlencode(callback), headers=headers))
    headers["X-Twilio-Signature"] = "forged"
    told.errors["forged"] = door.post("/v1/calls/twilio", content=urlencode(callback), headers=headers)


def imported(site: Site, told: Told) -> dict[str, str]:
    """A workbook as people make them: a title above the header, numbers as numbers, empty rows, two who claim one customer."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["三月展会线索"])
    sheet.merge_cells("A1:E1")
    sheet.append([])
    sheet.append([" 姓 名 ", "手机号码", "电子邮箱", "公司名称", "业务员"])
    sheet.append(["王伟", float(PHONES[3]), MAILS[1], "上海华龙贸易有限公司", "amy"])
    sheet.append([])
    sheet.append(["王伟先生", "１３９　１２３４　０００４", None, "华龙贸易", "bo"])
    sheet.append(["李雷", int(PHONES[4]), None, None, None])
    sheet.append([None, None, None, None, None, "多出来的一格"])
    sheet.append(["Ann ARCHER", f"+86-{PHONES[0]}", MAILS[0].upper(), "northwind", None])
    file = site.home / "展会 leads.xlsx"
    book.save(file)
    told.pages["import"] = done(site, "import", str(file))
    told.pages["import again"] = done(site, "import", str(file))
    batch = re.search(r"batch ([0-9a-f]{32})", told.pages["import"])
    assert batch, told.pages["import"]
    rows = {"claimed": 1, "claimed too": 3, "plain row": 4, "nobody": 5, "ann again": 6}
    digester = Digester(SECRETS["SITE_ID_KEY"].encode().hex())
    return {name: digester.row(batch[1], row) for name, row in rows.items()}


def bad_input(door: httpx.Client, told: Told) -> None:
    broken = f'{{"phone": "{PHONES[5]}", "email": "{MAILS[2]}", '
    json = {"Content-Type": "application/json"}
    told.errors["malformed"] = door.post("/v1/forms/web", content=broken, headers=json)
    told.errors["unknown source"] = door.post("/v1/forms/nobody", json={"phone": PHONES[6]})
    told.errors["no call id"] = door.post("/v1/calls", json={"caller": PHONES[6], "status": "ringing"})
    told.errors["bad status"] = door.post("/v1/calls", json={"call_id": "1", "caller": PHONES[6], "status": PHONES[6]})
    told.errors["a phone as receipt"] = door.get(f"/v1/receipts/{PHONES[6]}")


def everything_asked(door: httpx.Client, told: Told, token: str) -> None:
    """Every operation that the door describes, with a phone or a mail wherever something may stand; then questions that are right;
    only an owner's own customers are left out, whom he sees in full."""
    fields = (
        "email",
        "member",
        "actor",
        "reason",
        "why",
        "to",
        "receipt",
        "name",
        "note",
        "statement",
        "decision",
        "scope",
    )
    said = dict.fromkeys(fields, MAILS[0]) | {"phone": PHONES[0]}
    right = {"phone": PHONES[0], "email": MAILS[0], "name": "Ann Archer"}
    asked = [
        (method, re.sub(r"{\w+}", PHONES[0], path), said)
        for path, methods in door.get("/openapi.json").json()["paths"].items()
        for method in methods
    ]
    asked += [
        ("post", "/v1/conflicts", right | {"actor": "amy"}),
        ("post", "/v1/contacts/check", right | {"member": "amy"}),
        ("post", "/v1/contacts", right | {"actor": "amy"}),
        ("post", "/v1/reports", right),
        ("post", "/v1/cases", {"receipt": told.receipts["form"], "reason": "mine", "member": "bo"}),
        *(("get", page, {}) for page in ("/v1/cases", "/v1/pools/public", "/v1/reviews", "/console")),
    ]
    headers = {"Authorization": f"Bearer {token}"}
    for number, (method, path, body) in enumerate(asked):
        query = {"member": PHONES[0], "pool": MAILS[0]} if body is said else {}
        answer = door.request(method, path, params=query, json=body if method == "post" else None, headers=headers)
        assert answer.status_code < 500, (method, path, answer.text)
        told.pages[f"{number} {method} {path} {answer.status_code}"] = answer.text
    told.pages["a phone for a token"] = door.get("/v1/me", headers={"Authorization": f"Bearer {PHONES[0]}"}).text


def taken(answer: httpx.Response) -> str:
    assert answer.status_code == 202, answer.text
    return str(answer.json()["receipt"])


def insisting(door: httpx.Client, form: dict[str, str], seconds: float = 30.0) -> str:
    """Sent again, as the door asks for, until it takes it."""
    deadline = time.monotonic() + seconds
    while (answer := door.post("/v1/forms/web", json=form)).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.1)
    return taken(answer)


def decided(door: httpx.Client, receipt: str, seconds: float = 30.0) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while (answer := door.get(f"/v1/receipts/{receipt}")).status_code in (202, 503) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()["outcome"]
    return outcome


def done(site: Site, *command: str) -> str:
    ran = site.run(*command)
    assert ran.returncode == 0, f"{command}: {ran.stdout} {ran.stderr}"
    return ran.stdout + ran.stderr


def came_to(told: Told, name: str) -> tuple[str, str]:
    return told.outcomes[name]["code"], told.outcomes[name]["reason"]


def test_a_form_reaches_its_owner_by_its_rule(told: Told) -> None:
    assert (*came_to(told, "form"), told.outcomes["form"]["rule"]) == ("assigned", "rule", "east")
    assert told.outcomes["form"]["owner"] in ("amy", "bo", "chen", "erin")


def test_the_statuses_of_a_call_are_one_lead(told: Told) -> None:
    assert came_to(told, "ringing")[0] == "assigned"
    assert [came_to(told, status) for status in ("answered", "ended")] == [("merged", "call_update")] * 2
    assert len({told.outcomes[status]["entity"] for status in ("ringing", "answered", "ended")}) == 1


def test_a_signed_callback_is_a_lead_and_a_forged_one_is_not(told: Told) -> None:
    assert came_to(told, "twilio") == ("pooled", "unmatched")
    assert told.errors["forged"].status_code == 401


def test_two_claims_of_one_customer_are_a_collision_and_the_first_keeps_him(told: Told) -> None:
    assert (*came_to(told, "claimed"), told.outcomes["claimed"]["owner"]) == ("assigned", "claimed", "amy")
    assert (*came_to(told, "claimed too"), told.outcomes["claimed too"]["owner"]) == (
        "contested",
        "owned_by_other",
        "amy",
    )
    assert told.outcomes["claimed too"]["entity"] == told.outcomes["claimed"]["entity"]


def test_a_row_of_a_file_meets_the_customer_of_a_form(told: Told) -> None:
    assert came_to(told, "ann again") == ("merged", "same_contact")
    assert told.outcomes["ann again"]["owner"] == told.outcomes["form"]["owner"]


def test_a_row_that_says_nothing_of_anybody_is_refused_with_its_reason(told: Told) -> None:
    assert came_to(told, "nobody") == ("rejected", "no_identity")
    assert "1 rows were refused" in told.pages["import"]


def test_the_same_file_again_says_the_same_and_adds_nothing(told: Told) -> None:
    def counted(page: str) -> list[str]:
        return re.findall(r"^ *[\d,]+  .*$", page, re.MULTILINE)

    assert counted(told.pages["import"])
    assert counted(told.pages["import"]) == counted(told.pages["import again"])
    assert told.outcomes["plain row"]["seq"] > 0


def test_explain_and_status_say_what_is_there(told: Told) -> None:
    assert told.receipts["form"] in told.pages["explain"]
    assert "east" in told.pages["explain"]
    assert "service: up" in told.pages["status"]
    assert re.search(r"waiting in leads\.raw for \S+: 0 messages", told.pages["status"])
    assert "not up" in told.pages["status, down"]


def test_both_processes_show_metrics(told: Told) -> None:
    for page in ("metrics of the door", "metrics of the worker"):
        assert re.search(r"^leadstream_\w+(\{.*\})? [\d.e+]+$", told.pages[page], re.MULTILINE), page


def test_after_down_and_up_and_a_killed_store_everything_is_there_and_known(told: Told) -> None:
    assert {name: told.again[name] for name in told.outcomes} == told.outcomes
    assert told.again["late"]["entity"] == told.outcomes["ringing"]["entity"]
    assert told.again["late"]["owner"] == told.outcomes["ringing"]["owner"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("malformed", 400),
        ("unknown source", 404),
        ("no call id", 422),
        ("bad status", 422),
        ("a phone as receipt", 404),
    ],
)
def test_bad_input_is_answered_plainly(told: Told, name: str, status: int) -> None:
    answer = told.errors[name]
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_no_phone_and_no_mail_where_they_do_not_belong(told: Told) -> None:
    pages = told.pages | {f"error: {name}": answer.text for name, answer in told.errors.items()}
    assert {"service.log", "store.log", "metrics of the door", "metrics of the worker"} <= pages.keys()
    leaks = [(page, said) for page, text in pages.items() for said in (*PHONES, *MAILS) if said in text.lower()]
    assert leaks == []


def test_up_names_the_port_that_is_taken_and_what_to_set(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(tmp_path_factory.mktemp("taken"), gateway={"port": free_port()})
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        try:
            done = site.run("up", "--metrics-port", str(taken))
            assert done.returncode != 0
            assert "up: http" not in done.stdout
            assert f"port {taken} of the worker's /metrics" in done.stderr
            assert "--metrics-port" in done.stderr
            assert Service(site.data).pid() is None
        finally:
            end(site)


def test_up_is_not_said_of_a_worker_that_never_becomes_ready(tmp_path: Path) -> None:
    with pytest.raises(LeadstreamError, match="the worker is not ready"):
        await_ready({"the worker": (f"http://127.0.0.1:{free_port()}/metrics", "leadstream_ready 1.0")}, tmp_path, 0.3)
