"""*Leads, live*: the board for everyone. In, out, where to, and how old the oldest unanswered lead is."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from grafana.layout import MINE, OUTCOMES, RECEIVED, TENANT, W, board, is_it_fine, quantile, share, share_by
from grafana.panels import Panel, answer, bars, lines

#: Who only looks whether the door is there is no sender.
SENDERS = 'route!~"/(metrics|healthz|readyz)"'
ERRORS = f'sum(rate(leadstream_http_requests_total{{{SENDERS}, status=~"5.."}}{W})) or vector(0)'
REFUSED = 'leadstream_outcomes_total{tenant=~"$tenant", source=~"$source", code=~"rejected|suppressed"}'


def _answers() -> list[Panel]:
    waits = ((None, "green"), (15, "orange"), (60, "red"))
    in_time = "1 - leadstream:answers_late:ratio_rate5m"
    return [
        *is_it_fine(),
        answer("In per minute", "Leads the doors accepted, the log having confirmed them. Zero in working hours: ask the doors.", f"sum({RECEIVED})", runbook="no_door_up"),
        answer("Out per minute", "First outcomes published. It follows what comes in; if it does not, leads wait.", f"sum({OUTCOMES})", runbook="lead_unanswered_too_long"),
        answer("Oldest unanswered", "How long the oldest lead without an outcome has waited. Objective: under 60 s, always.", "max(leadstream_oldest_unanswered_seconds)", "s", waits, runbook="lead_unanswered_too_long", decimals=1),
        answer("Answered within 5 s", "Share of calls and forms whose outcome was published within 5 s. Objective: 99.9 % over 30 days.", in_time, "percentunit", ((None, "red"), (0.99, "orange"), (0.999, "green")), runbook="answers_burning", decimals=2),
        answer("Door errors", "Share of requests answered with a server error, five minutes. Objective: under 0.1 % over 30 days.", "leadstream:door_errors:ratio_rate5m", "percentunit", ((None, "green"), (0.001, "orange"), (0.05, "red")), runbook="door_failing", decimals=2),
        answer("Dead letters, last hour", "Leads that could not be read or used. Kept with their reason until they are mended and redriven.", "sum(increase(leadstream_dead_letters_total[1h]))", steps=((None, "green"), (1, "orange"), (20, "red")), runbook="dead_letters_growing"),
    ]  # fmt: skip


def _where() -> list[Panel]:
    reasons = f"sum by (code, reason) (increase(leadstream_outcomes_total{MINE}[$__range]))"
    return [
        lines("Outcomes by code", "What became of leads, per minute. Assigned: to an owner. Merged: a duplicate, to its owner. Contested: someone else claims what has an owner. Review: unsure, a person decides.", {"{{code}}": f"sum by (code) ({OUTCOMES})"}, "cpm", stacked=True, width=12),
        bars("Outcomes by reason", "Each outcome with its reason, over the time shown. Much 'unmatched' means that no rule fits.", "{{code}}: {{reason}}", reasons, width=12),
    ]  # fmt: skip


def _doors() -> list[Panel]:
    return [
        lines("Leads in by door", "Leads accepted per minute: calls, forms, imports.", {"{{door}}": f"sum by (door) ({RECEIVED})"}, "cpm", stacked=True),
        lines("Leads in by source", "Leads accepted per minute, the ten busiest sources. A source that falls silent shows here first.", {"{{source}}": f"topk(10, sum by (source) ({RECEIVED}))"}, "cpm"),
        lines("Refused share by source", "Share of a source's leads that were rejected (unreadable, no identity) or suppressed (withheld, internal, test).", {"{{source}}": share_by(REFUSED)}, "percentunit"),
        lines("Requests by status", "HTTP answers per minute. 202 accepted, 4xx the caller must mend, 429 slow down, 5xx ours.", {"{{status}}": f"sum by (status) (rate(leadstream_http_requests_total{W})) * 60"}, "cpm", stacked=True),
        lines("Refused at the door", "Requests refused, per minute, by why. pace, backlog: more than we can do, they are told to come again. unavailable: the store or the log. too_many_*: one source's own bound. bad_signature, bad_token: nobody we know. The rest: what was sent.", {"{{problem}}": f"sum by (problem) (rate(leadstream_door_refusals_total{W})) * 60 > 0 or on () vector(0)"}, "cpm", stacked=True, runbook="door_failing"),
        lines("Pace of the door", "Requests the doors work on at a time: at most, which is less while the log is slow, and now. Where they meet, the next is refused (pace).", {"at most": "sum(leadstream_door_pace_requests)", "now": "sum(leadstream_door_inside_requests)"}, runbook="door_failing"),
        lines("Not ready for", "How long a door or a worker has been up and has not been able to take leads. Zero is fine; a restart shows for seconds.", {"{{job}} {{instance}}": "(time() - leadstream_ready_since_seconds) * (leadstream_ready == bool 0)"}, "s", ((None, "green"), (60, "red")), runbook="dependency_unreachable"),
        lines("Server errors", "Share of requests answered with 5xx. Above 5 % for two minutes somebody is woken.", {"share of 5xx": share(ERRORS, f"sum(rate(leadstream_http_requests_total{{{SENDERS}}}{W}))")}, "percentunit", ((None, "green"), (0.05, "red")), runbook="door_failing"),
        lines("Time to answer a request", "Half (p50) and 99 of 100 (p99) requests are answered within this time; 202 waits for the log.", {"p50": quantile(0.5, "leadstream_http_request_seconds"), "p99": quantile(0.99, "leadstream_http_request_seconds")}, "s", ((None, "green"), (0.25, "red")), runbook="door_failing"),
    ]  # fmt: skip


def _waiting() -> list[Panel]:
    return [
        lines("From door to outcome", "Half (p50) and 99 of 100 (p99) leads have their outcome within this time. Imports queue behind each other.", {"p50 {{door}}": quantile(0.5, "leadstream_answer_seconds", "door"), "p99 {{door}}": quantile(0.99, "leadstream_answer_seconds", "door")}, "s", ((None, "green"), (5, "red")), runbook="answers_burning"),
        lines("Unanswered now", "Messages in the log that no worker has finished. An import adds chunks of many leads.", {"messages": "sum(max by (topic, partition) (leadstream_log_lag_messages))"}, runbook="lead_unanswered_too_long"),
        lines("Waiting for a person", "Leads in review, and customers in pools. The first have a provisional owner, the second have none.", {"review {{tenant}}": f"max by (tenant) (leadstream_review_waiting_leads{TENANT})", "pools {{tenant}}": f"sum by (tenant) (max by (tenant, pool) (leadstream_pool_customers{TENANT}))"}),
    ]  # fmt: skip


def leads_live() -> dashboard.Dashboard:
    """The board, as Grafana reads it."""
    says = "Is it fine? Where do leads go, and does anybody wait?"
    rows = {"Is it fine?": _answers(), "Where leads go": _where(), "Doors": _doors(), "Who waits": _waiting()}
    return board("leads-live", "Leads, live", says, rows)
