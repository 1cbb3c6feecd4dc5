"""Parts that a chaos test has for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.parts.kafka import FarKafka, Kafka

K = TypeVar("K", bound=Kafka)


@pytest.fixture
def fresh_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka without topics, which a test may stop, pause and fill as it likes."""
    with _running(Kafka(tmp_path / "kafka")) as broker:
        yield broker


@pytest.fixture
def far_kafka(tmp_path: Path) -> Iterator[FarKafka]:
    """One of these at the other end of a line."""
    with _running(FarKafka(tmp_path / "kafka")) as broker:
        yield broker
    broker.line.close()


@contextmanager
def _running(broker: K) -> Iterator[K]:
    try:
        broker.start()
        yield broker
    finally:
        if broker.process is not None:
            broker.resume()
        broker.stop()
