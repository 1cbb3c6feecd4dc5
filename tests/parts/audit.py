"""``python -m tests.parts.audit``: what we are built of (an SBOM in build/sbom.json), whether the lock says it, what is known against it.

The first two fail without a network. Advisories come from a service: where it is not reached this says so and how many
packages were not looked at, and CI on a machine that reaches it fails on any advisory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK, SBOM = ROOT / "requirements.lock", ROOT / "build" / "sbom.json"
#: Ours, and what every environment brings.
NOT_LOCKED = {"leadstream", "pip", "setuptools", "wheel"}


def locked() -> dict[str, str]:
    """Package -> version, as the lock says."""
    lines = [line.split("==") for line in LOCK.read_text("utf-8").split() if "==" in line]
    return {_name(name): version for name, version in lines}


def unlocked() -> list[str]:
    """What is installed otherwise than the lock says."""
    lock = locked()
    installed = {_name(d.metadata["Name"]): d.version for d in distributions()}
    return sorted(
        f"{n} {v} (lock: {lock.get(n, 'not in it')})"
        for n, v in installed.items()
        if n not in NOT_LOCKED and lock.get(n) != v
    )


def sbom() -> int:
    """Write it; gives how many components are in it."""
    SBOM.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCK), "--of", "JSON", "-o", str(SBOM)]
    subprocess.run(command, check=True, capture_output=True)
    return len(json.loads(SBOM.read_bytes())["components"])


def advisories() -> tuple[list[str], int]:
    """(advisories against locked packages, packages that could not be looked at)."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip", "-f", "json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout.strip():
        return [], len(locked())
    found = json.loads(done.stdout)["dependencies"]
    known = [f"{d['name']} {d['version']}: {v['id']}" for d in found for v in d.get("vulns", [])]
    return known, sum("skip_reason" in d for d in found)


def main() -> None:
    wrong = unlocked()
    components = sbom()
    known, unknown = advisories()
    print(f"{SBOM.relative_to(ROOT)}: {components} components")
    if unknown:
        print(f"NOT AUDITED: {unknown} of {len(locked())} packages, the advisory service was not reached")
    for line in (*(f"not locked: {one}" for one in wrong), *(f"advisory: {one}" for one in known)):
        print(line)
    sys.exit(1 if wrong or known or components != len(locked()) else 0)


def _name(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    main()
