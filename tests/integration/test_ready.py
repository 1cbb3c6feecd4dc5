"""The door on its real parts says whether it would take a lead: what /readyz says is what a sender meets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leads.errors import LeadstreamError
from leadstream.service import await_ready
from tests.chaos.site import Site, answers, until
from tests.parts.kafka import Kafka

OPEN = {"web": {"kind": "form", "tenant": "main", "signature": "none"}}


class Doorstep:
    """Somebody before a real door."""

    def __init__(self, site: Site) -> None:
        self._site = site
        site.gateway()

    async def ready(self) -> None:
        await until(lambda: answers(f"{self._site.url}/readyz"), 30, self._site.last_words)
        assert self.hands_in() == 202

    async def refused(self, *words: str) -> None:
        """Both the sender and whoever asks are told so, and the metrics."""
        await until(lambda: not answers(f"{self._site.url}/readyz"), 30, self._site.last_words)
        said = self.asks("readyz")
        assert (said.status_code, said.json()["code"]) == (503, "not_ready")
        assert all(word in said.json()["detail"] for word in words), said.json()
        assert not any(secret in said.text for secret in ("unix:", "127.0.0.1", "store.sock"))
        assert self.hands_in() == 503
        assert "\nleadstream_ready 0.0" in self.asks("metrics").text

    def asks(self, page: str) -> httpx.Response:
        return httpx.get(f"{self._site.url}/{page}", timeout=5)

    def hands_in(self) -> int:
        form: dict[str, Any] = {"phone": "13800138000"}
        return httpx.post(f"{self._site.url}/v1/forms/web", json=form, timeout=20).status_code


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "site", sources=OPEN) as site:
        yield site


async def test_a_full_store(site: Site) -> None:
    door = Doorstep(site)
    await door.ready()
    with site.raw() as store:
        store.config_set("maxmemory", 1_000_000)
        await door.refused("store", "memory", "OOM")
        with pytest.raises(LeadstreamError, match=r"the door is not ready after 0 s: .* \(OOM\); see"):
            await_ready({"the door": (f"{site.url}/readyz", "ready")}, site.home, 0.1)
        store.config_set("maxmemory", 0)
    await door.ready()


async def test_a_store_that_is_gone(site: Site) -> None:
    door = Doorstep(site)
    await door.ready()
    site.kill_store()
    await door.refused("store")
    site.start_store()
    await door.ready()


@pytest.mark.kafka
async def test_a_log_that_hangs_and_one_that_is_killed(fresh_kafka: Kafka, tmp_path: Path) -> None:
    with Site(tmp_path / "site", fresh_kafka, sources=OPEN) as site:
        door = Doorstep(site)
        await door.ready()
        fresh_kafka.pause()
        await door.refused("log")
        fresh_kafka.resume()
        await door.ready()
        fresh_kafka.kill()
        await door.refused("log")
        fresh_kafka.start()
        await door.ready()
