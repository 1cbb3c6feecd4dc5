"""The real parts that tests share, each started once a run and only when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.parts.kafka import Kafka, free_port


@pytest.fixture(scope="session")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A Kafka of this run alone: a test may stop and pause it."""
    broker = Kafka(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """Address of a real Kafka: that of KAFKA_BOOTSTRAP, else the one of this run."""
    broker: str | None = os.environ.get("KAFKA_BOOTSTRAP")
    return broker or request.getfixturevalue("own_kafka").bootstrap


@pytest.fixture
def unused_port() -> Callable[[], int]:
    """Gives a port of 127.0.0.1 that nobody listens on."""
    return free_port
