"""``leadstream policy check``: what is wrong in a policy, and what is allowed and hardly meant, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leadstream.configuration import config
from leadstream.configuration.yamlfile import read
from routing.doubts import doubts


def doubtful(path: Path, env: Mapping[str, str], year: int) -> list[str]:
    """Every doubt about the tenants' policies of a configuration file. Raises Misconfigured for what cannot work at all."""
    settings = config.load(path, env)
    document = read(path.read_text(encoding="utf-8-sig"))
    found = []
    for name, tenant in settings.tenants.items():
        for steps, what in doubts(tenant.policy(), year):
            place = ("tenants", name, *steps)
            found.append((document.line(place), f"{'.'.join(map(str, place))}: {what} (line {document.line(place)})"))
    return [text for _, text in sorted(found)]
