"""Brings the topics of a real cluster to what ``streams.topics`` declares, or says what differs. Never deletes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import KafkaError

from leads.errors import LogDown
from streams.topics import Topic


class Found(msgspec.Struct, frozen=True):
    """A topic as the cluster has it; ``settings`` holds at least those that a declared topic names."""

    partitions: int
    replication: int
    settings: Mapping[str, str]


class Difference(msgspec.Struct, frozen=True):
    """``what`` is "missing", "partitions", "replication" or the name of a setting. ``mendable``: apply can put it right."""

    topic: str
    what: str
    wanted: str
    found: str
    mendable: bool = True

    def __str__(self) -> str:
        hint = "" if self.mendable else " (apply cannot change this: it needs a person)"
        return f"{self.topic}: {self.what} should be {self.wanted}, is {self.found or 'not there'}{hint}"


def differences(
    topics: Sequence[Topic], found: Mapping[str, Found], *, replication: int | None = None
) -> list[Difference]:
    """What separates a cluster from the declaration. Pure. ``replication`` None accepts what the cluster chose."""
    result = []
    for topic in topics:
        there = found.get(topic.name)
        if there is None:
            result.append(Difference(topic.name, "missing", f"{topic.partitions} partitions", ""))
            continue
        if there.partitions != topic.partitions:
            more = there.partitions < topic.partitions
            result.append(Difference(topic.name, "partitions", str(topic.partitions), str(there.partitions), more))
        if replication is not None and there.replication != replication:
            result.append(Difference(topic.name, "replication", str(replication), str(there.replication), False))
        for name, wanted in topic.settings().items():
            is_ = there.settings.get(name, "")
            if is_ != wanted:
                result.append(Difference(topic.name, name, wanted, is_))
    return result


def check(
    bootstrap: str, topics: Sequence[Topic], *, replication: int | None = None, within_s: float = 30.0
) -> list[Difference]:
    """What separates the cluster from ``topics``; empty when nothing does. Raises LogDown when none answers in time."""
    with _Admin(bootstrap, within_s) as admin:
        return differences(topics, _found(admin, topics), replication=replication)


def apply(
    bootstrap: str, topics: Sequence[Topic], *, replication: int | None = None, within_s: float = 30.0
) -> list[Difference]:
    """Create missing topics, add partitions, set settings. Returns what was done or could not be: see ``mendable``.

    Raises LogDown; safe to repeat and to run twice at once.
    """
    with _Admin(bootstrap, within_s) as admin:
        todo = differences(topics, _found(admin, topics), replication=replication)
        by_name = {topic.name: topic for topic in topics}
        new = {d.topic: _creation(by_name[d.topic], replication) for d in todo if d.what == "missing"}
        if new:
            answer = admin.create_topics(new, raise_errors=False)
            failed = [t["name"] for t in answer["topics"] if t["error_code"] not in (0, _ALREADY_EXISTS)]
            if failed:
                raise LogDown(f"the cluster did not create {', '.join(failed)}; check its replicas and rights")
            admin.wait_for_topics(list(new))
        more = {d.topic: int(d.wanted) for d in todo if d.what == "partitions" and d.mendable}
        if more:
            admin.create_partitions(more)
        changed = {d.topic: by_name[d.topic].settings() for d in todo if d.what in by_name[d.topic].settings()}
        if changed:
            admin.alter_configs([ConfigResource("topic", name, settings) for name, settings in changed.items()])
        return todo


_ALREADY_EXISTS = 36


def _creation(topic: Topic, replication: int | None) -> dict[str, Any]:
    return {
        "num_partitions": topic.partitions,
        "replication_factor": -1 if replication is None else replication,
        "configs": topic.settings(),
    }


def _found(admin: Any, topics: Sequence[Topic]) -> dict[str, Found]:
    names = [topic.name for topic in topics]
    there = {t["name"]: t["partitions"] for t in admin.describe_topics(names) if t["error_code"] == 0}
    if not there:
        return {}
    answer = admin.describe_configs([ConfigResource("topic", name) for name in there], config_filter="all")
    return {
        name: Found(
            len(partitions),
            len(partitions[0]["replica_nodes"]),
            {setting: value["value"] for setting, value in answer["topic"][name].items()},
        )
        for name, partitions in there.items()
    }


class _Admin:
    """A connected admin client; what its driver raises becomes LogDown."""

    def __init__(self, bootstrap: str, within_s: float) -> None:
        self._bootstrap, self._within_s = bootstrap, within_s

    def __enter__(self) -> Any:
        try:
            self._client = KafkaAdminClient(
                bootstrap_servers=self._bootstrap,
                client_id="leadstream-admin",
                bootstrap_timeout_ms=int(self._within_s * 1000),
            )
        except (KafkaError, OSError, ValueError) as error:
            raise LogDown(f"no Kafka answers at {self._bootstrap} ({type(error).__name__})") from error
        return self._client

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._client.close()
        if isinstance(error, KafkaError):
            raise LogDown(f"Kafka at {self._bootstrap} refused ({type(error).__name__})") from error
