"""The four kinds of panel our dashboards are made of. A stranger reads a description on each, and a unit on each axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, Threshold, ThresholdsMode

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
RUNBOOKS = "/public/runbooks"
#: (from this value on, the colour); the first colour holds below the second's value.
Steps = Sequence[tuple[float | None, str]]
CALM: Steps = ((None, "green"),)

Panel = stat.Panel | timeseries.Panel | bargauge.Panel


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def _link(title: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(url).target_blank(True)


def _dress(panel: Panel, title: str, says: str, unit: str, steps: Steps, size: tuple[int, int], runbook: str) -> None:
    panel.title(title).description(says).unit(unit).thresholds(_thresholds(steps)).datasource(SOURCE)
    panel.span(size[0]).height(size[1])
    if runbook:
        panel.links([_link("What to do", f"{RUNBOOKS}/{runbook}.md")])


def answer(
    title: str, says: str, expr: str, unit: str = "short", steps: Steps = CALM, *, runbook: str = "", decimals: int = 0
) -> stat.Panel:
    """One number, coloured by its objective. Eight stand side by side."""
    panel = (
        stat.Panel()
        .with_target(prometheus.Dataquery().expr(expr).legend_format(title).ref_id("A").instant())
        .color_mode(BigValueColorMode.BACKGROUND if len(steps) > 1 else BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .decimals(decimals)
    )
    _dress(panel, title, says, unit, steps, (3, 4), runbook)
    return panel


def lines(
    title: str,
    says: str,
    queries: Mapping[str, str],
    unit: str = "short",
    steps: Steps = CALM,
    *,
    width: int = 8,
    stacked: bool = False,
    signed: bool = False,
    runbook: str = "",
) -> timeseries.Panel:
    """Lines over time; ``queries`` maps a legend to an expression. Thresholds show as dashed lines. ``signed``: may be below 0."""
    panel = timeseries.Panel().fill_opacity(25 if stacked else 5).show_points(VisibilityMode.NEVER)
    if not signed:
        panel.min(0)
    for letter, (legend, expr) in zip("ABCDEF"[: len(queries)], queries.items(), strict=True):
        panel.with_target(prometheus.Dataquery().expr(expr).legend_format(legend).ref_id(letter).range())
    panel.tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    panel.legend(
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    if len(steps) > 1:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.DASHED))
    _dress(panel, title, says, unit, steps, (width, 8), runbook)
    return panel


def bars(
    title: str,
    says: str,
    legend: str,
    expr: str,
    unit: str = "short",
    *,
    width: int = 8,
    signed: bool = False,
    runbook: str = "",
) -> bargauge.Panel:
    """Amounts side by side, the largest first. ``signed``: may be below 0."""
    panel = (
        bargauge.Panel()
        .with_target(prometheus.Dataquery().expr(f"sort_desc({expr})").legend_format(legend).ref_id("A").instant())
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )
    if not signed:
        panel.min(0)
    _dress(panel, title, says, unit, CALM, (width, 8), runbook)
    return panel
