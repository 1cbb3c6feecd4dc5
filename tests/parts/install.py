"""``python -m tests.parts.install``: what the tests talk to and pip does not bring. Installs what is missing, where it may.

Debian packages by apt-get when we are root, Kafka's jars through Maven into .parts/. Nothing to do takes no time. What
could not be had is named, with the command that brings it; the tests that need it then fail and say the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.parts import kafka

#: Program -> Debian package that brings it.
PACKAGES = {
    "redis-server": "redis-server",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "chromium": "chromium",
    "mvn": "maven",
    "java": "default-jre-headless",
    "cc": "build-essential",
}


def missing() -> list[str]:
    """Packages whose programs are not there."""
    return sorted({package for program, package in PACKAGES.items() if not _present(program)})


def _present(program: str) -> bool:
    if program == "java":
        return kafka.java() is not None
    if program == "mvn" and kafka.JARS.is_dir():
        return True  # Maven is only needed to fetch them
    return shutil.which(program) is not None


def install(packages: list[str]) -> None:
    """Ask apt-get for them. The services they bring are not started: tests start their own."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, stdout=sys.stderr)
    subprocess.run(command, env=environment, check=False, stdout=sys.stderr)


def main() -> None:
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing()
    if packages:
        print(f"parts: missing for some tests; as root: apt-get install {' '.join(packages)}", file=sys.stderr)
    if not os.environ.get("KAFKA_BOOTSTRAP") and not kafka.fetch_jars():
        print(f"parts: no Kafka. {kafka.HINT}", file=sys.stderr)


if __name__ == "__main__":
    main()
