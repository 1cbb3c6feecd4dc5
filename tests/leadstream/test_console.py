"""The console as people use it: a real Chromium at the real door on a real store."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from leadstream.runtime import Runtime
from leadstream.service import store_home
from stores.embedded import stop
from tests.leadstream.office import POLICY, Office, settings
from tests.parts import chromium
from tests.parts.kafka import free_port

WANG = {"name": "王伟", "phone": "13912340001"}


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        doubtful = POLICY.replace("    country: CN\n", "    country: CN\n    matching: {same: 60, unsure: -60}\n")
        runtime = Runtime(settings(Path(home), doubtful))
        yield Office(runtime)
        await runtime.close()
        stop(store_home(Path(home)))


@pytest.fixture
async def url(office: Office) -> AsyncIterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(office.app, port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}/console"
    server.should_exit = True
    await serving


@pytest.fixture(scope="module")
def page() -> Iterator[chromium.Page]:
    with chromium.page() as made:
        yield made


Do = Callable[..., Awaitable[Any]]


async def entered(page: chromium.Page, url: str, token: str) -> Do:
    """Opens the console with a token. Gives a way to call the page without holding up the door."""

    async def do(what: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.to_thread(what, *arguments)

    page.complaints.clear()
    await do(page.open, url)
    await do(page.type, "#token", token)
    await do(page.click, "#login button")
    await do(page.wait, "!document.getElementById('main').hidden")
    return do


async def test_an_agent_claims_from_the_pool_and_finds_the_customer_among_his_own(
    office: Office, url: str, page: chromium.Page
) -> None:
    await office.lead(**WANG)
    do = await entered(page, url, await office.token("amy"))
    await do(page.wait, "document.querySelector('#waiting').innerText.includes('139****0001')")
    assert "王伟" not in await do(page.text)
    assert "Amy Archer" in await do(page.text)
    assert await do(page.run, "document.querySelector('[data-tab=reviews]').hidden")

    await do(page.click, "#waiting button[data-do=claim]")
    await do(page.wait, "document.getElementById('told').innerText === 'It is yours.'")
    await do(page.click, "[data-tab=mine]")
    await do(page.wait, "document.querySelector('#owned').innerText.includes('13912340001')")
    assert "follow up by" in await do(page.text)
    await do(page.click, "#owned button[data-do=release]")
    await do(page.wait, "document.getElementById('told').innerText.includes('back to the pool')")
    await do(page.click, "[data-tab=pool]")
    await do(page.click, "#waiting button[data-do=claim]")
    await do(page.wait, "document.getElementById('told').innerText.includes('yours a short while ago')")
    assert page.complaints == ["Failed to load resource: the server responded with a status of 409 (Conflict)"]


async def test_the_token_is_nowhere_but_in_the_page(office: Office, url: str, page: chromium.Page) -> None:
    token = await office.token("amy")
    do = await entered(page, url, token)

    kept = await do(page.run, "JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])")
    assert token not in kept
    assert token not in await do(page.run, "document.documentElement.outerHTML")
    assert await do(page.run, "document.getElementById('token').value") == ""
    await do(page.open, url)
    assert not await do(page.run, "document.getElementById('login').hidden")
    await do(page.type, "#token", "lst_nobody's")
    await do(page.click, "#login button")
    await do(page.wait, "document.getElementById('told').innerText.includes('valid token')")


async def test_what_a_customer_wrote_is_text_and_never_runs(office: Office, url: str, page: chromium.Page) -> None:
    await office.lead("amy", company="<img src=x onerror='window.hit=1'>Acme", phone="13912340003")
    do = await entered(page, url, await office.token("amy"))
    await do(page.click, "[data-tab=mine]")
    await do(page.wait, "document.querySelector('#owned').innerText.includes('13912340003')")

    assert await do(page.run, "document.querySelectorAll('img').length") == 0
    inline = "(() => { const s = document.createElement('script'); s.textContent = 'window.hit=1'; document.body.append(s) })()"
    await do(page.run, inline)
    assert await do(page.run, "window.hit === undefined")
    away = "fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'kept')"
    assert await do(page.run, away) == "kept"
    assert any("Content Security Policy" in said for said in page.complaints)


async def test_is_it_taken_says_so_and_never_whose(office: Office, url: str, page: chromium.Page) -> None:
    await office.lead("amy", **WANG)
    do = await entered(page, url, await office.token("bo"))
    await do(page.click, "[data-tab=check]")
    await do(page.type, "#value", "139 1234 0001")
    await do(page.click, "#ask button")
    await do(page.wait, "document.getElementById('answer').dataset.state")

    assert (await do(page.text)).count("Taken") == 1
    assert "amy" not in (await do(page.text)).lower()


async def test_a_leader_decides_a_review_in_chinese(office: Office, url: str, page: chromium.Page) -> None:
    for _ in range(2):
        await office.lead("amy", name="王建国", phone="13751234567")
    do = await entered(page, url, await office.token("lena"))
    await do(page.click, "#lang")
    await do(page.wait, "document.documentElement.lang === 'zh'")
    assert "公海" in await do(page.text)
    await do(page.click, "[data-tab=reviews]")
    await do(page.wait, "document.querySelector('#queue').innerText.includes('137****4567')")
    await do(page.run, "window.prompt = () => 'rang him'")
    await do(page.click, "#queue button[data-do=same]")
    await do(page.wait, "document.getElementById('told').innerText === '已判定。'")
    assert "暂无" in await do(page.text)
