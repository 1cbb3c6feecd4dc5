"""Dashboards as code: ``python -m grafana.build`` writes the JSON that Grafana provisions. A test holds it current."""

from __future__ import annotations

from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import live, matching, ownership, pipeline, sources

FOLDER = Path(__file__).parent / "dashboards"
BOARDS = {
    "leads_live": live.leads_live,
    "matching": matching.matching,
    "ownership": ownership.ownership,
    "sources": sources.sources,
    "pipeline": pipeline.pipeline,
}


def rendered() -> dict[Path, str]:
    """Every dashboard's file and what stands in it."""
    encoder = JSONEncoder(sort_keys=True, indent=2)
    return {FOLDER / f"{name}.json": encoder.encode(make().build()) + "\n" for name, make in BOARDS.items()}


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text)
