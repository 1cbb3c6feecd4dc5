"""Owners are told: from the journal of a real store to a real receiver, signed, masked, once by its id."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.server
import json
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.notify import Notice, Refused, Target, Undelivered, body_of, send
from leadstream.handles import handles
from leadstream.notices import Notices, targets
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from leadstream.worker import end_all
from stores import notices as waiting
from stores.embedded import stop
from stores.journal import ValkeyJournal
from tests.leadstream.office import Office, settings

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
NOTICE = Notice("main-7", "new_lead", "amy", 1_000, "amy-wx", "Amy", "王*, 139****0001", "ab" * 16)


class Receiver:
    """Takes webhooks; answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?key=secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def target(url: str, **changes: Any) -> Target:
    return msgspec.structs.replace(
        Target(url, SECRET, hosts=frozenset({"127.0.0.1"}), private=True, link="https://x/console"), **changes
    )


async def test_a_notice_is_signed_as_standard_webhooks_are(receiver: Receiver) -> None:
    await send(NOTICE, target(receiver.url), 5_000)

    ((headers, body),) = receiver.heard
    signed = f"main-7.5.{body.decode()}".encode()
    expected = base64.b64encode(hmac.new(b"a secret of thirty-two bytes....", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("main-7", "5")
    assert json.loads(body)["data"]["link"] == f"https://x/console#{'ab' * 16}"


@pytest.mark.parametrize(
    ("format_", "chinese", "says"),
    [("wecom", True, "Amy 有新线索"), ("slack", False, "New lead for Amy"), ("slack", True, "Amy 有新线索")],
)
def test_what_chat_rooms_are_told(format_: str, chinese: bool, says: str) -> None:
    said = json.loads(body_of(NOTICE, target("", format=format_, chinese=chinese)))
    text = said["text"]["content"] if format_ == "wecom" else said["text"]

    assert text.splitlines() == [says, "王*, 139****0001", "https://x/console"]
    if format_ == "wecom":
        assert said["text"]["mentioned_list"] == ["amy-wx"]


@pytest.mark.parametrize(
    ("changes", "addresses"),
    [
        ({"hosts": frozenset({"elsewhere.example"})}, ["93.184.215.14"]),
        ({"private": False}, ["93.184.215.14"]),  # http
        ({"private": False, "url": "https://hooks.example/x", "hosts": frozenset({"hooks.example"})}, ["10.0.0.8"]),
        ({"private": False, "url": "https://hooks.example/x", "hosts": frozenset({"hooks.example"})}, ["::1"]),
        (
            {"private": False, "url": "https://hooks.example/x", "hosts": frozenset({"hooks.example"})},
            ["93.184.215.14", "169.254.169.254"],
        ),
    ],
)
async def test_nothing_is_sent_where_it_must_not_go(
    receiver: Receiver, changes: dict[str, Any], addresses: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await send(NOTICE, target(**{"url": receiver.url} | changes), 0, lookup=lambda host, port: addresses)

    assert receiver.heard == []
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_receiver_that_does_not_take_it_and_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(Undelivered, match=str(status)):
        await send(NOTICE, target(receiver.url), 0)


async def test_nobody_there() -> None:
    with pytest.raises(Undelivered):
        await send(NOTICE, target("http://127.0.0.1:9/"), 0)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        runtime = Runtime(settings(Path(home)))
        yield Office(runtime)
        await runtime.close()
        stop(store_home(Path(home)))


def telling(office: Office, receiver: Receiver, clock_: Any = clock) -> Notices:
    runtime = office.runtime
    return Notices(runtime.index, runtime.policies, {"main": target(receiver.url)}, handles(runtime), clock_)


async def journal(office: Office) -> Any:
    return await ValkeyJournal(office.runtime.client).read("main", 0, 1_000)


async def test_an_owner_hears_of_his_lead_once_however_often_the_journal_is_shown(
    office: Office, receiver: Receiver
) -> None:
    lead = await office.lead("amy", name="王伟", phone="13912340001")
    await office.lead("amy", name="王伟", phone="13912340001")
    waits = await office.lead(phone="13912340002")
    told = telling(office, receiver)
    for _ in range(2):
        await told.witness("main", await journal(office))

    bodies = [body for _, body in await waiting.waiting(office.runtime.client, "main", 10)]
    assert await told.send("main", bodies) == 2
    said = [json.loads(body)["data"] for _, body in receiver.heard]
    assert [(one["kind"], one["member"], one["name"]) for one in said] == [
        ("new_lead", "amy", "Amy Archer"),
        ("again", "amy", "Amy Archer"),
    ]
    assert "139****0001" in said[0]["about"]
    everything = b"".join(body for _, body in receiver.heard)
    assert b"13912340001" not in everything
    assert "王伟".encode() not in everything
    seen = (await (await office.as_("amy")).get(f"/v1/customers/{said[0]['receipt']}")).json()
    assert seen["mine"]
    assert await waiting.waiting(office.runtime.client, "main", 10) == []
    assert (lead.owner, waits.owner) == ("amy", "")


async def test_who_is_given_a_customer_hears_of_it_and_who_takes_one_does_not(
    office: Office, receiver: Receiver
) -> None:
    lead = await office.lead(phone="13912340002")
    amy, lena, told = await office.as_("amy"), await office.as_("lena"), telling(office, receiver)
    await amy.post(f"/v1/customers/{lead.event}/claims", json={})
    await lena.post(f"/v1/customers/{lead.event}/transfers", json={"member": "bo"})
    await told.witness("main", await journal(office))

    await told.send("main", [body for _, body in await waiting.waiting(office.runtime.client, "main", 10)])
    assert [(json.loads(body)["data"]["kind"], json.loads(body)["data"]["member"]) for _, body in receiver.heard] == [
        ("given", "bo")
    ]


async def test_what_is_not_taken_waits_and_what_is_too_old_is_dropped(office: Office, receiver: Receiver) -> None:
    await office.lead("amy", phone="13912340001")
    await telling(office, receiver).witness("main", await journal(office))
    bodies = [body for _, body in await waiting.waiting(office.runtime.client, "main", 10)]
    receiver.status = 503

    assert await telling(office, receiver).send("main", bodies) == 0
    assert len(await waiting.waiting(office.runtime.client, "main", 10)) == 1
    assert await telling(office, receiver, lambda: clock() + 86_400_000).send("main", bodies) == 1
    assert len(receiver.heard) == 1
    assert await waiting.waiting(office.runtime.client, "main", 10) == []


async def test_one_of_two_workers_sends_and_delivers_what_waits(office: Office, receiver: Receiver) -> None:
    await office.lead("amy", phone="13912340001")
    told = telling(office, receiver)
    assert await waiting.my_turn(office.runtime.client, "main", "another", 60_000)
    assert not await waiting.my_turn(office.runtime.client, "main", "one", 60_000)
    await office.runtime.client.delete("{main}ul")
    await told.witness("main", await journal(office))
    delivering = asyncio.create_task(told.deliver("one", idle_s=0.01))
    async with asyncio.timeout(10):
        while await waiting.waiting(office.runtime.client, "main", 1):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    await end_all([delivering])

    assert len(receiver.heard) == 1


def test_where_notices_go_is_configured_and_the_address_is_a_secret(tmp_path: Path) -> None:
    text = (
        "tenants: {main: {notify: {url_env: HOOK, secret_env: KEY, format: wecom, hosts: qyapi.weixin.qq.com}}, b: {}}"
    )
    made = settings(tmp_path, f"gateway: {{public_url: 'https://x'}}\n{text}")

    assert targets(made, {}) == {}
    assert targets(made, {"HOOK": "https://qyapi.weixin.qq.com/k", "KEY": SECRET}) == {
        "main": Target(
            "https://qyapi.weixin.qq.com/k",
            SECRET,
            "wecom",
            frozenset({"qyapi.weixin.qq.com"}),
            link="https://x/console",
            chinese=True,
        )
    }
