"""What all our dashboards share: variables, links from one to the next, marks on the time line, rows from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from grafana.panels import RUNBOOKS, SOURCE, Panel, answer

W = "[$__rate_interval]"
MINE = '{tenant=~"$tenant", source=~"$source"}'
TENANT = '{tenant=~"$tenant"}'
RECEIVED = f"rate(leadstream_leads_received_total{MINE}{W}) * 60"
OUTCOMES = f"rate(leadstream_outcomes_total{MINE}{W}) * 60"
_CALM_DAY_S = 86_400
#: Marks on the time line: what changed, so that a turn in a curve has a suspect.
_MARKS = {
    "Deploys": (
        "blue",
        "count by (component, version) (leadstream_build_info) unless count by (component, version) (leadstream_build_info offset 2m)",
    ),
    "Policy changes": (
        "purple",
        "count by (tenant, version) (leadstream_policy_info) unless count by (tenant, version) (leadstream_policy_info offset 2m)",
    ),
}


def quantile(q: float, metric: str, by: str = "") -> str:
    """The q-th quantile of a histogram, per ``by`` when it is given."""
    return f"histogram_quantile({q}, sum by ({f'{by}, ' if by else ''}le) (rate({metric}_bucket{W})))"


def share(part: str, whole: str) -> str:
    """A part of a whole that may be nothing: 0 then, not a gap."""
    return f"({part}) / ({whole} > 0) or {whole} * 0"


def day(counter: str, by: str = "tenant, source") -> str:
    """What came in a day, per ``by``. A source never seen before appears with its whole count, in which ``increase`` sees no step:
    it counts from nothing, as in prometheus/recording.yml."""
    since = f"({counter} - ({counter} offset 1d or {counter} * 0)) >= 0"
    return f"sum by ({by}) ({since} or increase({counter}[1d]))"


def share_by(part: str, by: str = "source", over: str = W) -> str:
    """The rate of a counter as a share of all outcomes, per ``by``: 0 where it never counted."""
    whole = f"sum by ({by}) (rate(leadstream_outcomes_total{MINE}{over}))"
    return f"(sum by ({by}) (rate({part}{over})) or {whole} * 0) / ({whole} > 0)"


def is_it_fine() -> list[Panel]:
    """The first two answers on every board: is it fine, and since when?"""
    firing = 'ALERTS{alertstate="firing"}'
    calm = f"(time() - max(max_over_time(timestamp({firing})[1d:1m]))) or vector({_CALM_DAY_S})"
    waits = ((None, "red"), (300, "orange"), (3600, "green"))
    return [
        answer("Alerts firing", "How many alerts fire now. Zero is fine; else follow the alert's runbook.", f"count({firing}) or vector(0)", steps=((None, "green"), (1, "red")), runbook="README"),
        answer("Quiet for", "How long no alert has fired, up to a day. Short: something has just been mended, or still comes and goes.", calm, "s", waits, runbook="README"),
    ]  # fmt: skip


def board(
    uid: str, title: str, says: str, rows: Mapping[str, Sequence[Panel]], *, span: str = "now-1h", refresh: str = "10s"
) -> dashboard.Dashboard:
    """A dashboard of ``rows`` (title -> panels), the first of which answers whether it is fine."""
    made = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(says)
        .tags(["leadstream"])
        .time(span, "now")
        .refresh(refresh)
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(_variable("tenant", "Tenant", "label_values(leadstream_outcomes_total, tenant)"))
        .with_variable(
            _variable("source", "Source", 'label_values(leadstream_outcomes_total{tenant=~"$tenant"}, source)')
        )
        .link(
            dashboard.DashboardLink("Boards")
            .type(DashboardLinkType.DASHBOARDS)
            .tags(["leadstream"])
            .keep_time(True)
            .include_vars(True)
        )
        .link(
            dashboard.DashboardLink("Runbooks")
            .type(DashboardLinkType.LINK)
            .url(f"{RUNBOOKS}/README.md")
            .target_blank(True)
        )
    )
    for name, (color, expr) in _MARKS.items():
        made.annotation(
            dashboard.AnnotationQuery().name(name).datasource(SOURCE).expr(expr).enable(True).icon_color(color)
        )
    number = 0
    for row, panels in rows.items():
        number += 1
        made.with_row(dashboard.Row(row).id(number))
        for panel in panels:
            number += 1
            made.with_panel(panel.id(number))
    return made


def _variable(name: str, label: str, query: str) -> dashboard.QueryVariable:
    everything = VariableOption(selected=True, text="All", value="$__all")
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(everything)
    )
