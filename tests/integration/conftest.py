"""Parts shared with the chaos tests."""

from tests.chaos.conftest import fresh_kafka

__all__ = ["fresh_kafka"]
