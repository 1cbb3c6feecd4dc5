"""Parts that a chaos test has for itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.kafka import Kafka


@pytest.fixture
def fresh_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka without topics, which a test may stop, pause and fill as it likes."""
    broker = Kafka(tmp_path / "kafka")
    try:
        broker.start()
        yield broker
    finally:
        if broker.process is not None:
            broker.resume()
        broker.stop()
