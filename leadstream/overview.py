"""``leadstream status``: what is on record, in a few lines."""

from __future__ import annotations

from leads.errors import Unavailable
from leadstream.configuration.settings import Settings
from leadstream.runtime import ARCHIVISTS, WORKERS, Runtime
from stores.lookup import memory
from streams.topics import OUTCOMES, RAW


async def overview(settings: Settings, tenant: str) -> list[str]:
    """Lines for a person: leads, customers, what waits. Raises StoreDown."""
    runtime = Runtime(settings)
    try:
        stats = await runtime.index.stats(tenant)
        lines = [
            f"tenant {tenant}: {stats.leads} leads, {stats.leads - stats.joined} customers",
            f"store: {(await memory(runtime.client))[0] / 1e6:.1f} MB",
        ]
        if runtime.embedded_log:
            for group, topic in ((WORKERS, RAW), (ARCHIVISTS, OUTCOMES)):
                reader = runtime.consumer(group, "status")
                try:
                    lines.append(f"waiting in {topic} for {group}: {await reader.backlog(topic)} messages")
                except Unavailable:
                    lines.append(f"{topic}: nobody has read it yet")
                finally:
                    await reader.stop()
        return lines
    finally:
        await runtime.close()
