"""Dashboards as code: ``python -m grafana.build`` writes the JSON that Grafana provisions. A test holds it current."""

from __future__ import annotations

from pathlib import Path

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from grafana.panels import RUNBOOKS, SOURCE, Panel, answer, bars, lines

FOLDER = Path(__file__).parent / "dashboards"
W = "[$__rate_interval]"
MINE = '{tenant=~"$tenant", source=~"$source"}'
TENANT = '{tenant=~"$tenant"}'
RECEIVED = f"rate(leadstream_leads_received_total{MINE}{W}) * 60"
OUTCOMES = f"rate(leadstream_outcomes_total{MINE}{W}) * 60"
COLLIDED = '{tenant=~"$tenant", source=~"$source", code=~"merged|contested"}'


def quantile(q: float, metric: str, by: str = "") -> str:
    """The q-th quantile of a histogram, per ``by`` when it is given."""
    return f"histogram_quantile({q}, sum by ({f'{by}, ' if by else ''}le) (rate({metric}_bucket{W})))"


def answers() -> list[Panel]:
    """Is it fine? Read from left to right, act on the first that is not green."""
    bad = ((None, "green"), (1, "red"))
    waits = ((None, "green"), (15, "orange"), (60, "red"))
    in_time = (
        'sum(rate(leadstream_answer_seconds_bucket{le="1.0"}[5m])) / sum(rate(leadstream_answer_seconds_count[5m]))'
    )
    mine = "on (job, instance)"
    given = f"(sum by (job, instance) (leadstream_outcomes_total) or {mine} leadstream_events_total * 0)"
    unaccounted = f"sum(abs(leadstream_events_total - {mine} {given} - {mine} leadstream_repeats_total))"
    return [
        answer("Alerts firing", "How many alerts fire now. Zero is fine; else follow the alert's runbook.", 'count(ALERTS{alertstate="firing"}) or vector(0)', steps=bad, runbook="README"),
        answer("In per minute", "Leads the doors accepted, the log having confirmed them. Zero in working hours: ask the doors.", f"sum({RECEIVED})", runbook="no_door_up"),
        answer("Out per minute", "First outcomes published. It follows what comes in; if it does not, leads wait.", f"sum({OUTCOMES})", runbook="lead_unanswered_too_long"),
        answer("Oldest unanswered", "How long the oldest lead without an outcome has waited. Objective: under 60 s, always.", "max(leadstream_oldest_unanswered_seconds)", "s", waits, runbook="lead_unanswered_too_long", decimals=1),
        answer("Unanswered now", "Messages in the log that no worker has finished. An import adds chunks of many leads.", "sum(max by (topic, partition) (leadstream_log_lag_messages))", steps=((None, "green"), (1_000, "orange"), (10_000, "red")), runbook="lead_unanswered_too_long"),
        answer("Answered within 1 s", "Share of leads whose outcome was published within a second of the door accepting them.", in_time, "percentunit", ((None, "red"), (0.95, "orange"), (0.99, "green")), runbook="lead_unanswered_too_long", decimals=1),
        answer("Dead letters, last hour", "Leads that could not be read or used. Kept with their reason until they are mended and redriven.", "sum(increase(leadstream_dead_letters_total[1h]))", steps=((None, "green"), (1, "orange"), (20, "red")), runbook="dead_letters_growing"),
        answer("Without an outcome", "Leads that workers finished and gave no outcome, or gave two. Must be zero: anything else is a fault of ours.", unaccounted, steps=((None, "red"), (0, "green"), (1, "red")), runbook="outcomes_do_not_sum"),
    ]  # fmt: skip


def where() -> list[Panel]:
    reasons = f"sum by (code, reason) (increase(leadstream_outcomes_total{MINE}[$__range]))"
    return [
        lines("Outcomes by code", "What became of leads, per minute. Assigned: to an owner. Merged: a duplicate, to its owner. Contested: someone else claims what has an owner. Review: unsure, a person decides.", {"{{code}}": f"sum by (code) ({OUTCOMES})"}, "cpm", stacked=True, width=12),
        bars("Outcomes by reason", "Each outcome with its reason, over the time shown. Much 'unmatched' means that no rule fits.", "{{code}}: {{reason}}", reasons, width=12),
    ]  # fmt: skip


def doors() -> list[Panel]:
    errors = (
        'sum(rate(leadstream_http_requests_total{status=~"5.."}'
        + W
        + ")) / sum(rate(leadstream_http_requests_total"
        + W
        + "))"
    )
    errors_all = f"({errors}) or sum(rate(leadstream_http_requests_total{W})) * 0"
    refused = f'sum by (source) (rate(leadstream_outcomes_total{{tenant=~"$tenant", source=~"$source", code=~"rejected|suppressed"}}{W}))'
    return [
        lines("Leads in by door", "Leads accepted per minute: calls, forms, imports.", {"{{door}}": f"sum by (door) ({RECEIVED})"}, "cpm", stacked=True),
        lines("Leads in by source", "Leads accepted per minute, the ten busiest sources. A source that falls silent shows here first.", {"{{source}}": f"topk(10, sum by (source) ({RECEIVED}))"}, "cpm"),
        lines("Refused share by source", "Share of a source's leads that were rejected (unreadable, no identity) or suppressed (withheld, internal, test).", {"{{source}}": f"{refused} / sum by (source) (rate(leadstream_outcomes_total{MINE}{W}))"}, "percentunit"),
        lines("Requests by status", "HTTP answers per minute. 202 accepted, 4xx the caller must mend, 429 slow down, 5xx ours.", {"{{status}}": f"sum by (status) (rate(leadstream_http_requests_total{W})) * 60"}, "cpm", stacked=True),
        lines("Server errors", "Share of requests answered with 5xx. Above 5 % for two minutes somebody is woken.", {"share of 5xx": errors_all}, "percentunit", ((None, "green"), (0.05, "red")), runbook="door_failing"),
        lines("Time to answer a request", "Half (p50) and 99 of 100 (p99) requests are answered within this time; 202 waits for the log.", {"p50": quantile(0.5, "leadstream_http_request_seconds"), "p99": quantile(0.99, "leadstream_http_request_seconds")}, "s", ((None, "green"), (0.25, "red")), runbook="door_failing"),
    ]  # fmt: skip


def speed() -> list[Panel]:
    per_lead = f"sum by (stage) (rate(leadstream_stage_seconds_sum{W})) / scalar(sum(rate(leadstream_events_total{W})))"
    return [
        lines("From door to outcome", "Half (p50) and 99 of 100 (p99) leads have their outcome within this time. Objective: p99 under 0.25 s for calls and forms; imports queue behind each other.", {"p50 {{door}}": quantile(0.5, "leadstream_answer_seconds", "door"), "p99 {{door}}": quantile(0.99, "leadstream_answer_seconds", "door")}, "s", ((None, "green"), (0.25, "red")), runbook="lead_unanswered_too_long"),
        lines("Time per lead by stage", "Where the workers' time goes. Register and commit are the store, publish is the log, the rest is computing.", {"{{stage}}": per_lead}, "s", stacked=True),
        lines("Slowest batches by stage", "99 of 100 batches spend less than this in a stage. A jump in one stage names what is slow.", {"{{stage}}": quantile(0.99, "leadstream_stage_seconds", "stage")}, "s"),
    ]  # fmt: skip


def collisions() -> list[Panel]:
    share = f"sum by (source) (rate(leadstream_outcomes_total{COLLIDED}{W})) / sum by (source) (rate(leadstream_outcomes_total{MINE}{W}))"
    return [
        lines("Collisions by evidence", "Leads that met a known customer, per minute, by the field that said so most strongly.", {"{{field}}": f"sum by (field) (rate(leadstream_collisions_total{TENANT}{W})) * 60"}, "cpm", stacked=True),
        lines("Collision share by source", "Share of a source's leads that are customers we know. High: the vendor sells the same lead twice, or the campaign reaches our own.", {"{{source}}": share}, "percentunit"),
        lines("Unsure, waiting for a person", "Leads in the review queue. They have a provisional owner; a person says same or different.", {"{{tenant}}": f"max by (tenant) (leadstream_review_waiting_leads{TENANT})"}),
    ]  # fmt: skip


def people() -> list[Panel]:
    owned = f"max by (tenant, owner) (leadstream_owner_customers{TENANT})"
    total = f"sum by (tenant) ({owned})"
    return [
        lines("Pools", "Customers without an owner. A pool that only grows is not worked.", {"{{tenant}} {{pool}}": f"max by (tenant, pool) (leadstream_pool_customers{TENANT})"}),
        bars("Share per owner", "Each owner's share of all open customers of the tenant. Compare with the weights in the policy.", "{{owner}}", f"{owned} / on (tenant) group_left {total}", "percentunit"),
        lines("Most against average", "Open customers of the busiest owner over the average. 1 is even; 3 means that one person has three times his part.", {"{{tenant}}": f"max by (tenant) ({owned}) / avg by (tenant) ({owned})"}, steps=((None, "green"), (3, "red"))),
    ]  # fmt: skip


def pipeline() -> list[Panel]:
    candidates = "leadstream_lead_candidates"
    return [
        lines("Oldest unanswered by partition", "One line above the others: that partition's worker is stuck. All rise: workers or a dependency.", {"{{topic}}/{{partition}}": "max by (topic, partition) (leadstream_oldest_unanswered_seconds)"}, "s", ((None, "green"), (60, "red")), runbook="lead_unanswered_too_long"),
        lines("Lag by partition", "Messages nobody has finished, by partition.", {"{{topic}}/{{partition}}": "max by (topic, partition) (leadstream_log_lag_messages)"}, runbook="lead_unanswered_too_long"),
        lines("Dead letters by reason", "Per minute. malformed, bad_field: the sender; unknown_tenant: the configuration; killed_worker: us.", {"{{reason}}": f"sum by (reason) (rate(leadstream_dead_letters_total{W})) * 60"}, "cpm", stacked=True, runbook="dead_letters_growing"),
        lines("Work done twice", "Per minute. Stale: an entity changed while a lead was judged. Repeats: delivered again, answered from the record. Set aside: killed a worker twice.", {"stale decisions": f"sum(rate(leadstream_stale_decisions_total{W})) * 60", "repeats": f"sum(rate(leadstream_repeats_total{W})) * 60", "set aside": f"sum(rate(leadstream_set_aside_total{W})) * 60"}, "cpm", runbook="lead_set_aside"),
        lines("Retries", "Calls to the store, the log or by the journal's relay that failed and are tried again, per minute. Short peaks heal by themselves.", {"{{dependency}}": f"sum by (dependency) (rate(leadstream_retries_total{W})) * 60"}, "cpm", runbook="dependency_unreachable"),
        lines("Processes", "Processes that answer, and of these the ones that take work.", {"up {{job}}": 'sum by (job) (up{job=~"worker|gateway"})', "ready {{job}}": "sum by (job) (leadstream_ready)"}, runbook="no_worker_up"),
        lines("Leads per batch", "Large batches are cheap a lead, small ones are quick. Under load they fill up.", {"p50": quantile(0.5, "leadstream_batch_leads"), "p99": quantile(0.99, "leadstream_batch_leads")}),
        lines("Candidates per lead", "Earlier leads a lead was compared with, and keys per lead that too many customers share to say anything.", {"p50": quantile(0.5, candidates), "p99": quantile(0.99, candidates), "full buckets per lead": f"sum(rate(leadstream_full_buckets_total{W})) / sum(rate(leadstream_events_total{W}))"}),
        lines("Journal not yet published", "Entries of the journal that the relay has still to send. They are safe in the store.", {"{{tenant}}": f"max by (tenant) (leadstream_journal_lag_entries{TENANT})"}),
        lines("Store memory", "What the store uses, and its limit when it has one. At the limit it refuses to write.", {"used": "max(leadstream_store_memory_bytes)", "limit": "max(leadstream_store_memory_limit_bytes)"}, "bytes", runbook="store_nearly_full"),
        lines("Leads in the index", "Leads that new ones are compared with.", {"{{tenant}}": f"max by (tenant) (leadstream_index_leads{TENANT})"}),
        lines("What runs", "Processes by version and part: two versions at once only while one is being replaced.", {"{{component}} {{version}}": "sum by (component, version) (leadstream_build_info)"}),
    ]  # fmt: skip


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


def leads_live() -> dashboard.Dashboard:
    """*Leads, live*: the dashboard to keep open. Answers on top, then causes."""
    board = (
        dashboard.Dashboard("Leads, live")
        .uid("leads-live")
        .description("Is it fine? Where do leads go, how fast, and what stands in their way?")
        .tags(["leadstream"])
        .time("now-1h", "now")
        .refresh("10s")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(_variable("tenant", "Tenant", "label_values(leadstream_outcomes_total, tenant)"))
        .with_variable(
            _variable("source", "Source", 'label_values(leadstream_outcomes_total{tenant=~"$tenant"}, source)')
        )
        .link(
            dashboard.DashboardLink("Runbooks")
            .type(DashboardLinkType.LINK)
            .url(f"{RUNBOOKS}/README.md")
            .target_blank(True)
        )
    )
    rows = {"Is it fine?": answers, "Where leads go": where, "Doors and sources": doors, "How fast": speed}
    rows |= {"Collisions": collisions, "Pools and owners": people, "Pipeline": pipeline}
    number = 0
    for title, panels in rows.items():
        number += 1
        board.with_row(dashboard.Row(title).id(number))
        for panel in panels():
            number += 1
            board.with_panel(panel.id(number))
    return board


def rendered() -> dict[Path, str]:
    """Every dashboard's file and what stands in it."""
    return {FOLDER / "leads_live.json": JSONEncoder(sort_keys=True, indent=2).encode(leads_live().build()) + "\n"}


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text)
