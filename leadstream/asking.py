"""``leadstream conflict`` and ``leadstream bar``: the questions of ``questions.py`` with a runtime of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.customers import Verdict
from leads.errors import BadInput
from leadstream.configuration.settings import Settings
from leadstream.questions import Questions
from leadstream.runtime import Runtime, clock
from streams.metrics import Metrics, new_registry


async def asking(settings: Settings, tenant: str, fields: dict[str, str], actor: str, scope: str) -> Verdict:
    """Whether it is taken. Raises BadInput, StoreDown."""
    async with _questions(settings, actor) as questions:
        return await questions.conflict(tenant, fields, actor, scope)


async def barring(settings: Settings, tenant: str, fields: dict[str, str], actor: str, off: bool) -> int:
    """Put values on the do-not-contact list, or take them off; how many that changed. Raises BadInput, StoreDown."""
    async with _questions(settings, actor) as questions:
        return await questions.bar(tenant, fields, actor, off=off)


@asynccontextmanager
async def _questions(settings: Settings, actor: str) -> AsyncIterator[Questions]:
    if not actor.strip():
        raise BadInput("no_actor", "say who asks with --actor: it goes on record")
    runtime = Runtime(settings)
    try:
        yield Questions(runtime.index, settings, runtime.tenants(), runtime.policies, clock, Metrics(new_registry()))
    finally:
        await runtime.close()
