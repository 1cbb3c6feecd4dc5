"""*Pipeline*: lag, batches, stages, store, log, dead letters, restarts. For whoever has to mend it at night."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from grafana.layout import TENANT, W, board, is_it_fine, quantile
from grafana.panels import Panel, answer, lines


def _answers() -> list[Panel]:
    bad = ((None, "green"), (1, "red"))
    mine = "on (job, instance)"
    given = f"(sum by (job, instance) (leadstream_outcomes_total) or {mine} leadstream_events_total * 0)"
    unaccounted = f"sum(abs(leadstream_events_total - {mine} {given} - {mine} leadstream_repeats_total))"
    full = "max(leadstream_store_memory_bytes) / (max(leadstream_store_memory_limit_bytes) > 0) or vector(0)"
    waits = ((None, "green"), (15, "orange"), (60, "red"))
    return [
        *is_it_fine(),
        answer("Oldest unanswered", "How long the oldest lead without an outcome has waited. Objective: under 60 s, always.", "max(leadstream_oldest_unanswered_seconds)", "s", waits, runbook="lead_unanswered_too_long", decimals=1),
        answer("Unanswered now", "Messages in the log that no worker has finished. An import adds chunks of many leads.", "sum(max by (topic, partition) (leadstream_log_lag_messages))", steps=((None, "green"), (1_000, "orange"), (10_000, "red")), runbook="lead_unanswered_too_long"),
        answer("Without an outcome", "Leads that workers finished and gave no outcome, or gave two. Must be zero: anything else is a fault of ours.", unaccounted, steps=((None, "red"), (0, "green"), (1, "red")), runbook="outcomes_do_not_sum"),
        answer("Retries, 5 minutes", "Calls to the store, the log or by the relay that failed and were tried again. Zero is fine; a few heal by themselves.", "sum(increase(leadstream_retries_total[5m])) or vector(0)", steps=((None, "green"), (1, "orange"), (20, "red")), runbook="dependency_unreachable"),
        answer("Store memory", "How full the store is; 0 when it has no limit. At the limit it refuses to write.", full, "percentunit", ((None, "green"), (0.7, "orange"), (0.85, "red")), runbook="store_nearly_full"),
        answer("Not up", "Doors and workers that Prometheus cannot reach.", 'count(up{job=~"worker|gateway"} == 0) or vector(0)', steps=bad, runbook="no_worker_up"),
    ]  # fmt: skip


def _waiting() -> list[Panel]:
    return [
        lines("Oldest unanswered by partition", "One line above the others: that partition's worker is stuck. All rise: workers or a dependency.", {"{{topic}}/{{partition}}": "max by (topic, partition) (leadstream_oldest_unanswered_seconds)"}, "s", ((None, "green"), (60, "red")), runbook="lead_unanswered_too_long"),
        lines("Lag by partition", "Messages nobody has finished, by partition.", {"{{topic}}/{{partition}}": "max by (topic, partition) (leadstream_log_lag_messages)"}, runbook="lead_unanswered_too_long"),
        lines("Journal not yet published", "Entries of the journal that the relay has still to send. They are safe in the store.", {"{{tenant}}": f"max by (tenant) (leadstream_journal_lag_entries{TENANT})"}),
    ]  # fmt: skip


def _speed() -> list[Panel]:
    per_lead = f"sum by (stage) (rate(leadstream_stage_seconds_sum{W})) / scalar(sum(rate(leadstream_events_total{W})))"
    return [
        lines("Time per lead by stage", "Where the workers' time goes. Register and commit are the store, publish is the log, the rest is computing.", {"{{stage}}": per_lead}, "s", stacked=True),
        lines("Slowest batches by stage", "99 of 100 batches spend less than this in a stage. A jump in one stage names what is slow.", {"{{stage}}": quantile(0.99, "leadstream_stage_seconds", "stage")}, "s"),
        lines("Leads per batch", "Large batches are cheap a lead, small ones are quick. Under load they fill up.", {"p50": quantile(0.5, "leadstream_batch_leads"), "p99": quantile(0.99, "leadstream_batch_leads")}),
    ]  # fmt: skip


def _faults() -> list[Panel]:
    return [
        lines("Dead letters by reason", "Per minute. malformed, bad_field: the sender; unknown_tenant: the configuration; killed_worker: us.", {"{{reason}}": f"sum by (reason) (rate(leadstream_dead_letters_total{W})) * 60"}, "cpm", stacked=True, runbook="dead_letters_growing"),
        lines("Work done twice", "Per minute. Stale: an entity changed while a lead was judged. Repeats: delivered again, answered from the record. Set aside: killed a worker twice.", {"stale decisions": f"sum(rate(leadstream_stale_decisions_total{W})) * 60", "repeats": f"sum(rate(leadstream_repeats_total{W})) * 60", "set aside": f"sum(rate(leadstream_set_aside_total{W})) * 60"}, "cpm", runbook="lead_set_aside"),
        lines("Retries", "Calls to the store, the log or by the journal's relay that failed and are tried again, per minute. Short peaks heal by themselves.", {"{{dependency}}": f"sum by (dependency) (rate(leadstream_retries_total{W})) * 60"}, "cpm", runbook="dependency_unreachable"),
    ]  # fmt: skip


def _machines() -> list[Panel]:
    return [
        lines("Processes", "Processes that answer, and of these the ones that take work.", {"up {{job}}": 'sum by (job) (up{job=~"worker|gateway"})', "ready {{job}}": "sum by (job) (leadstream_ready)"}, runbook="no_worker_up"),
        lines("Restarts", "Processes that began anew, by part, in the last hour. A worker that dies again and again has a poisonous message.", {"{{job}}": "sum by (job) (changes(process_start_time_seconds[1h]))"}, runbook="lead_set_aside"),
        lines("What runs", "Processes by version and part: two versions at once only while one is being replaced.", {"{{component}} {{version}}": "sum by (component, version) (leadstream_build_info)"}),
        lines("Store memory", "What the store uses, and its limit when it has one. At the limit it refuses to write.", {"used": "max(leadstream_store_memory_bytes)", "limit": "max(leadstream_store_memory_limit_bytes)"}, "bytes", runbook="store_nearly_full"),
        lines("Leads in the index", "Leads that new ones are compared with; forgotten ones went by retention, per day.", {"{{tenant}}": f"max by (tenant) (leadstream_index_leads{TENANT})", "forgotten a day": "sum(increase(leadstream_expired_leads_total[1d]))"}),
        lines("Memory of processes", "Resident memory by process. A line that only rises is a leak.", {"{{job}} {{instance}}": 'process_resident_memory_bytes{job=~"worker|gateway"}'}, "bytes"),
    ]  # fmt: skip


def pipeline() -> dashboard.Dashboard:
    """The board, as Grafana reads it."""
    says = "What stands in a lead's way? Lag, stages, store, log, dead letters, restarts."
    rows = {"Is it fine?": _answers(), "What waits": _waiting(), "How fast": _speed(), "What goes wrong": _faults(), "Machines": _machines()}  # fmt: skip
    return board("pipeline", "Pipeline", says, rows)
