"""People change while a real worker and a real door run: who left gets nothing more, who is given a lead is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import yaml

from leadstream.runtime import clock
from tests.chaos.site import TENANT, Site
from tests.leadstream.test_notices import SECRET, Receiver

OFFICE = {
    "country": "CN",
    "members": {"amy": {"contact": "amy-wx"}, "bo": {}},
    "teams": {"all": {"members": ["amy", "bo"]}},
    "rules": [{"id": "all", "team": "all"}],
    "notify": {"url_env": "SITE_HOOK", "secret_env": "SITE_HOOK_KEY", "hosts": ["127.0.0.1"], "private": True},
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def until(found: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def test_who_left_gets_nothing_more_and_who_is_given_a_lead_is_told(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> None:
    site = Site(tmp_path_factory.mktemp("people"))
    settings = yaml.safe_load(site.config.read_text(encoding="utf-8"))
    settings["tenants"][TENANT] = OFFICE | {"key_env": "SITE_MATCH_KEY"}
    site.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    site.env |= {"SITE_HOOK": receiver.url, "SITE_HOOK_KEY": SECRET}
    with site:
        site.worker()
        site.gateway()
        admin = site.run("token", "issue", "--role", "admin").stdout.split()[0]
        with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=20) as door:

            def answers() -> bool:
                try:
                    return door.get("/readyz").status_code == 200
                except httpx.TransportError:
                    return False

            assert until(answers)
            before = door.get("/v1/policy").json()["version"]
            left = {"changes": [{"what": "left", "member": "bo", "reason": "moved away"}]}
            assert door.post("/v1/roster/changes", json=left).status_code == 200
            assert until(lambda: door.get("/v1/policy").json()["version"] != before)
            time.sleep(2.5)  # what the page promises: workers follow within two seconds
            sent = [door.post("/v1/forms/web", json={"phone": f"139123400{n:02d}"}).json()["receipt"] for n in range(6)]
            assert until(lambda: all(door.get(f"/v1/receipts/{one}").status_code == 200 for one in sent))
            outcomes = [door.get(f"/v1/receipts/{one}").json()["outcome"] for one in sent]
            shown = door.get("/v1/customers?member=amy").json()["customers"]
        assert {outcome["owner"] for outcome in outcomes} == {"amy"}
        assert {outcome["policy"] for outcome in outcomes}.isdisjoint({before})
        assert len(shown) == 6
        assert until(lambda: len({headers["webhook-id"] for headers, _ in receiver.heard}) == 6)
        said = [json.loads(body)["data"] for _, body in receiver.heard]
        assert {(one["kind"], one["member"], one["contact"]) for one in said} == {("new_lead", "amy", "amy-wx")}
        assert not any("1391234" in body.decode() for _, body in receiver.heard)
        assert all(one["at_ms"] <= clock() for one in said)
