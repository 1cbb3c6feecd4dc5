"""The topics as declared data: what each holds, how long, and why. ``streams.admin`` brings a real cluster to this."""

from __future__ import annotations

from typing import Literal

import msgspec

RAW = "leads.raw"
OUTCOMES = "leads.outcomes"
DEAD = "leads.dead"
CONTROL = "leads.control"
JOURNAL = "leads.journal"
STATE = "leads.state"
RECORDS = "leads.records"

FOREVER = -1
_HOUR = 3_600_000
_DAY = 24 * _HOUR
#: Kafka's own limit for one message. Doors and importers stay below it.
MESSAGE_BYTES = 1_048_588


class Topic(msgspec.Struct, frozen=True):
    """``retention_ms``: how long Kafka keeps a message; FOREVER is -1. ``compact`` keeps the last message of each key.

    ``embedded_ms``: how long the embedded log keeps what every group has acknowledged: it lives in memory, so 0 where the
    store already holds the result.
    """

    name: str
    partitions: int
    retention_ms: int
    why: str
    compact: bool = False
    max_bytes: int = MESSAGE_BYTES
    embedded_ms: int = 0

    @property
    def cleanup(self) -> Literal["compact", "delete"]:
        return "compact" if self.compact else "delete"

    def settings(self) -> dict[str, str]:
        """The settings of this topic by Kafka's names."""
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_bytes),
        }


def declared(partitions: int = 12) -> tuple[Topic, ...]:
    """All topics. ``partitions`` is that of the raw topic, the most workers that can share it: choose 12 to 24 at the
    start, since adding some later moves keys to other partitions. No key of any topic holds a phone, mail or name.
    """
    return (
        Topic(
            RAW,
            partitions,
            14 * _DAY,
            "What the doors accepted: single leads and chunks of imports. Two weeks is the time to replay after a bug, "
            "and no longer, since it holds what people told us. Never compacted: each message is an event.",
        ),
        Topic(
            OUTCOMES,
            partitions,
            90 * _DAY,
            "One outcome an event, keyed by event, repeated after a crash: readers drop repeats by event. A quarter is "
            "enough to rebuild a reader; the store answers for what is older. Events end, so compaction saves nothing.",
            embedded_ms=_HOUR,
        ),
        Topic(
            DEAD,
            1,
            30 * _DAY,
            "What could not be used, with its original key and bytes. A month to mend and redrive. One partition: few "
            "messages, and a list in order. Larger messages than raw, so that headers never keep one from being set aside.",
            max_bytes=2 * MESSAGE_BYTES,
            embedded_ms=30 * _DAY,
        ),
        Topic(
            CONTROL,
            1,
            FOREVER,
            "Policies and switches, keyed by what they govern. Compacted: the last of each is what counts, for ever.",
            compact=True,
            embedded_ms=FOREVER,
        ),
        Topic(
            JOURNAL,
            partitions,
            FOREVER,
            "Every recorded effect, keyed by tenant and number: readers go by the number. Kept for ever and never "
            "compacted: history and reports read all of it. The embedded log only passes it on; segments on disk keep it.",
        ),
        Topic(
            STATE,
            1,
            FOREVER,
            "Every change of the state as it was written, keyed by tenant: a rebuild repeats it and never judges again. One "
            "partition, since order is all that counts. Names leads by number and people by the ids of the roster.",
            max_bytes=2 * MESSAGE_BYTES,
        ),
        Topic(
            RECORDS,
            partitions,
            FOREVER,
            "What matching knows of each lead, keyed by tenant and number; with the state it rebuilds the index. Compacted: "
            "a lead that is erased, undone or expired leaves an empty message, and its record goes.",
            compact=True,
        ),
    )


def embedded_keep(topics: tuple[Topic, ...]) -> dict[str, int]:
    """Topic -> how long the embedded log keeps what is acknowledged, in milliseconds."""
    return {topic.name: topic.embedded_ms for topic in topics}
