"""docs/api.md is true: every example runs, in order, against the real door on a real store."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import httpx

from leadstream.runtime import Runtime
from leadstream.service import store_home
from stores.embedded import stop
from tests.leadstream.office import Office, settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = [
    match.groups()
    for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    for match in re.finditer(r"^(\w+)> (GET|POST) (\S+)(?: (\{.*\}))?\n(\d{3}) (\{.*\})$", block, re.MULTILINE)
]


def holds(is_: Any, said: Any) -> bool:
    """Whether an answer says all that the page says: objects may say more, lists begin so."""
    if isinstance(said, dict):
        return (
            isinstance(is_, dict)
            and all(name in is_ and holds(is_[name], value) for name, value in said.items())
            and (bool(said) or not is_)
        )
    if isinstance(said, list):
        return len(is_) >= len(said) and all(holds(one, other) for one, other in zip(is_, said, strict=False))
    return bool(is_ == said)


def receipt_in(answer: Any) -> str:
    """What the next example calls {receipt}: of the customer or of the first of a list."""
    customers = answer.get("customers") or [answer]
    return str(customers[0].get("receipt", ""))


async def test_every_example_answers_as_the_page_says() -> None:
    requests = PAGE.count("> GET ") + PAGE.count("> POST ")
    assert len(EXAMPLES) == requests >= 30
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        runtime = Runtime(settings(Path(home)))
        try:
            await run(Office(runtime))
        finally:
            await runtime.close()
            stop(store_home(Path(home)))


async def run(office: Office) -> None:
    for n in range(2):
        await office.lead(name=f"王{'伟芳'[n]}", phone=f"1391234000{n}")
    clients: dict[str, httpx.AsyncClient] = {}
    receipt = ""
    for who, method, path, body, status, said in EXAMPLES:
        if who not in clients:
            clients[who] = await office.as_("" if who == "admin" else who)
        content = {"json": json.loads(body)} if body else {}
        answer = await clients[who].request(method, path.replace("{receipt}", receipt), **content)
        assert (answer.status_code, holds(answer.json(), json.loads(said))) == (int(status), True), (
            f"{who}> {method} {path}: {answer.status_code} {answer.text}"
        )
        if not path.startswith(("/v1/roster", "/v1/people")) and answer.is_success:
            receipt = receipt_in(answer.json()) or receipt


def test_every_route_for_people_is_on_the_page() -> None:
    named = set(re.findall(r"/v1/\w[\w/-]*", PAGE))
    doors = "".join(
        (ROOT / "gateway" / f"{name}.py").read_text(encoding="utf-8") for name in ("people", "pools", "policies")
    )

    assert set(re.findall(r'"(/v1/[\w/-]+)"', doors)) <= named
