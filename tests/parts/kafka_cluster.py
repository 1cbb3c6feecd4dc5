"""Three brokers on this machine, as production has them: replication 3, two in step before anything is confirmed."""

from __future__ import annotations

from pathlib import Path

from kafka import KafkaAdminClient

from tests.parts.kafka import Kafka

_SHARED = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "offsets.topic.num.partitions": "2",
    "broker.session.timeout.ms": "6000",
}


class Cluster:
    """``bootstrap`` names all of them. What a ``Site`` needs of a Kafka."""

    def __init__(self, home: Path) -> None:
        self.brokers = [Kafka(home / f"broker{node}", node, dict(_SHARED)) for node in (1, 2, 3)]
        voters = ",".join(f"{b.node}@127.0.0.1:{b.controller}" for b in self.brokers)
        for broker in self.brokers:
            broker.more = {**_SHARED, "controller.quorum.voters": voters}
        self.bootstrap = ",".join(b.bootstrap for b in self.brokers)

    def start(self) -> None:
        """All at once: none is ready before two are there."""
        for broker in self.brokers:
            broker.launch()
        for broker in self.brokers:
            broker.wait(60)

    def stop(self) -> None:
        for broker in self.brokers:
            broker.stop()

    def leader(self, topic: str, partition: int = 0) -> Kafka:
        """The broker that leads this partition now."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap.split(","))
        try:
            (found,) = admin.describe_topics([topic])
        finally:
            admin.close()
        node = next(p["leader_id"] for p in found["partitions"] if p["partition_index"] == partition)
        return next(broker for broker in self.brokers if broker.node == node)
