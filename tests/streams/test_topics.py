from __future__ import annotations

import uuid

import msgspec
import pytest

from leads.errors import LogDown
from streams.admin import Difference, Found, apply, check, differences
from streams.topics import CONTROL, DEAD, FOREVER, RAW, RECORDS, Topic, declared, embedded_keep
from tests.parts.kafka import KAFKA_SETTINGS, free_port

TOPIC = Topic("t", 4, 1_000, "a test")
SAME = Found(4, 3, {**TOPIC.settings(), "segment.bytes": "1"})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"t": SAME}, []),
        ({}, [Difference("t", "missing", "4 partitions", "")]),
        ({"t": msgspec.structs.replace(SAME, partitions=2)}, [Difference("t", "partitions", "4", "2")]),
        ({"t": msgspec.structs.replace(SAME, partitions=9)}, [Difference("t", "partitions", "4", "9", False)]),
        ({"t": msgspec.structs.replace(SAME, replication=1)}, [Difference("t", "replication", "3", "1", False)]),
        (
            {"t": msgspec.structs.replace(SAME, settings={**TOPIC.settings(), "retention.ms": "5"})},
            [Difference("t", "retention.ms", "1000", "5")],
        ),
    ],
)
def test_differences(found: dict[str, Found], expected: list[Difference]) -> None:
    assert differences([TOPIC], found, replication=3) == expected


def test_a_difference_says_what_apply_cannot_do() -> None:
    assert "needs a person" in str(Difference("t", "partitions", "4", "9", False))


def test_every_topic_says_why_and_has_a_name_of_its_own() -> None:
    topics = declared()
    assert all(len(topic.why) > 40 for topic in topics)
    assert len({topic.name for topic in topics}) == len(topics) == 7


def test_only_the_last_of_each_key_counts_for_control_and_records_and_raw_grows_with_workers() -> None:
    by_name = {topic.name: topic for topic in declared(24)}
    assert [name for name, topic in by_name.items() if topic.compact] == [CONTROL, RECORDS]
    assert by_name[RAW].partitions == 24


def test_a_dead_letter_has_room_for_the_largest_lead_and_its_headers() -> None:
    by_name = {topic.name: topic for topic in declared()}
    assert by_name[DEAD].max_bytes >= by_name[RAW].max_bytes + 64 * 1024


def test_the_embedded_log_drops_raw_leads_once_they_are_acknowledged() -> None:
    keep = embedded_keep(declared())
    assert keep[RAW] == 0
    assert keep[CONTROL] == FOREVER


def test_the_broker_creates_no_topic_by_itself() -> None:
    assert KAFKA_SETTINGS["auto.create.topics.enable"] == "false"


def test_no_kafka_is_an_error_that_says_so() -> None:
    with pytest.raises(LogDown, match="no Kafka answers"):
        check(f"127.0.0.1:{free_port()}", [TOPIC], within_s=0.5)


@pytest.mark.kafka
def test_apply_brings_a_real_cluster_to_the_declaration(kafka: str) -> None:
    topic = Topic(f"t{uuid.uuid4().hex}", 1, 60_000, "a test")
    grown = msgspec.structs.replace(topic, partitions=3, retention_ms=120_000, compact=True)
    assert [d.what for d in check(kafka, [topic])] == ["missing"]
    apply(kafka, [topic])
    assert check(kafka, [topic]) == []
    assert {d.what for d in apply(kafka, [grown])} == {"partitions", "retention.ms", "cleanup.policy"}
    assert check(kafka, [grown]) == []
    assert [d.mendable for d in apply(kafka, [msgspec.structs.replace(grown, partitions=2)])] == [False]


@pytest.mark.kafka
def test_the_declared_topics_are_accepted(kafka: str) -> None:
    apply(kafka, declared(2))
    assert check(kafka, declared(2)) == []
