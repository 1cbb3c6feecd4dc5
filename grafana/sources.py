"""*Sources*: the truth report, live. By campaign, and for any time back: leadstream sources."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from grafana.layout import MINE, RECEIVED, W, board, day, is_it_fine, share, share_by
from grafana.panels import Panel, answer, bars, lines


def _of(codes: str, reasons: str = ".*") -> str:
    return f'{{tenant=~"$tenant", source=~"$source", code=~"{codes}", reason=~"{reasons}"}}'


DUPLICATES = f"leadstream_outcomes_total{_of('merged|contested', 'same_contact|in_pool|owned_by_other|two_owners')}"
INVALID = f"leadstream_outcomes_total{_of('rejected')}"
WITHHELD = f"leadstream_outcomes_total{_of('suppressed')}"


def _own() -> str:
    return 'leadstream_duplicates_total{tenant=~"$tenant", source=~"$source", met="own"}'


def _answers() -> list[Panel]:
    every = day(f"leadstream_outcomes_total{MINE}")

    def worst(part: str) -> str:
        return f"max({day(part)} / ({every} > 0)) or vector(0)"

    late = f"sum(rate(leadstream_late_leads_total{MINE}[1d])) or vector(0)"
    timed = f"sum(rate(leadstream_timed_leads_total{MINE}[1d])) or vector(0)"
    steps = ((None, "green"), (0.1, "orange"), (0.5, "red"))
    return [
        *is_it_fine(),
        answer("Sources that bring leads", "How many sources brought a lead within a day.", f"count({every} > 0) or vector(0)"),
        answer("Duplicates, a day", "Share of all leads that were customers we knew.", share(f"sum({day(DUPLICATES)}) or vector(0)", f"sum({every})"), "percentunit", decimals=1),
        answer("Worst own twice", "The highest share of a source's leads that this same source had brought before: paid for twice.", worst(_own()), "percentunit", ((None, "green"), (0.05, "orange"), (0.2, "red")), decimals=1, runbook="source_brings_rubbish"),
        answer("Worst invalid", "The highest share of a source's leads that could not be used.", worst(INVALID), "percentunit", steps, decimals=1, runbook="source_brings_rubbish"),
        answer("Late, a day", "Of leads that say when the customer left his details, the share that came over an hour later.", share(late, timed), "percentunit", ((None, "green"), (0.1, "orange"), (0.5, "red")), decimals=1, runbook="source_brings_rubbish"),
        answer("Dead letters, last hour", "Leads that could not be read or used. Kept with their reason until they are mended and redriven.", "sum(increase(leadstream_dead_letters_total[1h]))", steps=((None, "green"), (1, "orange"), (20, "red")), runbook="dead_letters_growing"),
    ]  # fmt: skip


def _truth() -> list[Panel]:
    late = f"sum by (source) (rate(leadstream_late_leads_total{MINE}{W})) / (sum by (source) (rate(leadstream_timed_leads_total{MINE}{W})) > 0)"
    return [
        lines("Duplicate share", "Share of a source's leads that are customers we know. High: it sells what we have, or the campaign reaches our own.", {"{{source}}": share_by(DUPLICATES)}, "percentunit"),
        lines("Brought twice by itself", "Share of a source's leads whose customer this source had brought before: self-collision.", {"{{source}}": share_by(_own())}, "percentunit", runbook="source_brings_rubbish"),
        lines("Invalid share", "Share of a source's leads that were rejected: unreadable, or without anything to reach the person by.", {"{{source}}": share_by(INVALID)}, "percentunit", runbook="source_brings_rubbish"),
        lines("Withheld share", "Share that was suppressed: withheld numbers, our own lines, do not contact, tests.", {"{{source}}": share_by(WITHHELD)}, "percentunit"),
        lines("Late share", "Of leads that say when the customer left his details, the share that came over an hour later.", {"{{source}}": late}, "percentunit", runbook="source_brings_rubbish"),
        lines("Unsure share", "Share of a source's leads that a person has to look at.", {"{{source}}": share_by(f"leadstream_outcomes_total{_of('review')}")}, "percentunit"),
    ]  # fmt: skip


def _volume() -> list[Panel]:
    met = f"sum by (source, met) (increase(leadstream_duplicates_total{MINE}[$__range]))"
    return [
        lines("Leads in by source", "Leads accepted per minute, the ten busiest sources. A source that falls silent shows here first.", {"{{source}}": f"topk(10, sum by (source) ({RECEIVED}))"}, "cpm", stacked=True),
        bars("Duplicates by who had brought them", "Over the time shown: the same source, another one, or unknown (before the worker began).", "{{source}}: {{met}}", met),
        bars("Why leads were refused", "Rejected and suppressed leads over the time shown, by source and reason.", "{{source}}: {{reason}}", f"sum by (source, reason) (increase(leadstream_outcomes_total{_of('rejected|suppressed')}[$__range])) or sum by (source) (increase(leadstream_outcomes_total{MINE}[$__range])) * 0"),
    ]  # fmt: skip


def sources() -> dashboard.Dashboard:
    """The board, as Grafana reads it."""
    says = "Which source is worth its money? What it brought twice, unusable, or late."
    rows = {"Is it fine?": _answers(), "What sources really bring": _truth(), "How much, and why not": _volume()}
    return board("sources", "Sources", says, rows, span="now-24h", refresh="1m")
