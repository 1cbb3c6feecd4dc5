"""*Ownership and fairness*: who has what, does everybody get his part, who holds the phones, who waits in the pools, what is disputed."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from grafana.layout import TENANT, W, board, is_it_fine, quantile
from grafana.panels import Panel, answer, bars, lines

HELD = f"max by (tenant, line) (leadstream_hotline_share_ratio{TENANT}) / max by (tenant, line) (leadstream_hotline_even_ratio{TENANT})"
UNLIKELY = f"max by (tenant, line) (leadstream_hotline_chance_ratio{TENANT}) < 0.01"
GIVEN = f"max by (tenant, team, member) (leadstream_turns_given_leads{TENANT})"
DUE = f"max by (tenant, team, member) (leadstream_turns_due_leads{TENANT})"


def _answers() -> list[Panel]:
    bad = ((None, "green"), (1, "red"))
    off = f"max(max by (tenant, team) (leadstream_fairness_deviation_ratio{TENANT})) or vector(0)"
    in_8h = f'sum(rate(leadstream_first_contact_seconds_bucket{{tenant=~"$tenant", le="28800.0"}}[1d])) / (sum(rate(leadstream_first_contact_seconds_count{TENANT}[1d])) > 0) or vector(1)'
    return [
        *is_it_fine(),
        answer("Furthest from his part", "The largest difference of a member's share of this week's turns from his due share. Few turns make it large by themselves.", off, "percentunit", ((None, "green"), (0.1, "orange"), (0.25, "red")), runbook="turns_unfair", decimals=1),
        answer("Lines held by one or two", "Hotlines on which one or two people have much more than an even spread would give them, this week.", f"count(({HELD} > 1.5) and ({UNLIKELY})) or vector(0)", steps=bad, runbook="hotline_held"),
        answer("In pools", "Customers that nobody owns. A pool that only grows is not worked.", f"sum(max by (tenant, pool) (leadstream_pool_customers{TENANT})) or vector(0)"),
        answer("Longest in a pool", "How long the customer that has waited longest in a pool has been there.", f"max(leadstream_pool_oldest_seconds{TENANT}) or vector(0)", "s", ((None, "green"), (604_800, "orange"), (2_592_000, "red"))),
        answer("First contact within 8 h", "Share of customers whose member was in touch with evidence within 8 hours of getting them, a day.", in_8h, "percentunit", ((None, "red"), (0.8, "orange"), (0.95, "green")), decimals=1),
        answer("Cases overdue", "Disputes past their deadline. Every day more makes the quarrel worse.", f"sum(max by (tenant) (leadstream_cases_overdue_cases{TENANT})) or vector(0)", steps=bad, runbook="cases_overdue"),
    ]  # fmt: skip


def _fair() -> list[Panel]:
    return [
        bars("Given against due, this week", "Leads given in turn to each member minus what he was due. Within one lead of 0 is as fair as whole leads allow.", "{{team}} {{member}}", f"{GIVEN} - {DUE}", signed=True, runbook="turns_unfair"),
        lines("Gini of the turns", "How unevenly this week's turns are spread over what was due, by team: 0 everybody has his part, 1 one has all. It begins high each Monday.", {"{{team}}": f"max by (tenant, team) (leadstream_fairness_gini_ratio{TENANT})"}, runbook="turns_unfair"),
        lines("How customers come", "Customers that came to members per minute: in turn, or exempt from it (their own customer, an account of theirs, a claim, a transfer).", {"{{how}}": f"sum by (how) (rate(leadstream_gifts_total{TENANT}{W})) * 60"}, "cpm", stacked=True),
    ]  # fmt: skip


def _phones() -> list[Panel]:
    return [
        lines("Who holds the phones", "Share of a line's new customers that the one or two busiest people have this week, beside an even spread.", {"{{line}} busiest": f"max by (tenant, line) (leadstream_hotline_share_ratio{TENANT})", "{{line}} even": f"max by (tenant, line) (leadstream_hotline_even_ratio{TENANT})"}, "percentunit", runbook="hotline_held"),
        lines("By chance?", "The chance that an even spread gives somebody so much or more. Under 1 %, with half as much again as his part, it is an alert.", {"{{line}}": f"max by (tenant, line) (leadstream_hotline_chance_ratio{TENANT})"}, "percentunit", ((None, "green"), (0.01, "red")), runbook="hotline_held"),
        lines("New customers who rang", "Counted for the week so far, by line. Values and numbers dialled: leadstream hotline.", {"{{line}}": f"max by (tenant, line) (leadstream_hotline_calls{TENANT})"}),
    ]  # fmt: skip


def _holdings() -> list[Panel]:
    owned = f"max by (tenant, owner) (leadstream_owner_customers{TENANT})"
    total = f"sum by (tenant) ({owned})"
    return [
        lines("Pools", "Customers without an owner. A pool that only grows is not worked.", {"{{tenant}} {{pool}}": f"max by (tenant, pool) (leadstream_pool_customers{TENANT})"}),
        lines("Longest wait in a pool", "How long the customer that has waited longest has been there.", {"{{tenant}} {{pool}}": f"max by (tenant, pool) (leadstream_pool_oldest_seconds{TENANT})"}, "s"),
        bars("Share per owner", "Each owner's share of all open customers of the tenant.", "{{owner}}", f"{owned} / on (tenant) group_left {total}", "percentunit"),
        lines("Moves", "What people and time did, per minute: claims, releases, transfers, follow-ups, lapses.", {"{{move}}": f"sum by (move) (rate(leadstream_moves_total{TENANT}{W})) * 60 > 0"}, "cpm", stacked=True),
        lines("Refused", "What was asked for and refused, per minute, by reason. Many day_cap or cooling: somebody tries to get round the rules.", {"{{refusal}}": f"sum by (refusal) (rate(leadstream_refusals_total{TENANT}{W})) * 60 > 0"}, "cpm", stacked=True),
        lines("Lapsed", "Customers that went to a pool, per minute, by why: no evidence, silence, not closed, released, left.", {"{{lapse}}": f"sum by (lapse) (rate(leadstream_lapses_total{TENANT}{W})) * 60 > 0"}, "cpm", stacked=True),
    ]  # fmt: skip


def _questions() -> list[Panel]:
    asked = "leadstream_http_request_seconds"
    slow = f'histogram_quantile(0.99, sum by (le) (rate({asked}_bucket{{route="/v1/conflicts"}}{W})))'
    return [
        lines("First contact", "From a customer coming to a member to the first evidenced follow-up: half and 90 of 100.", {"p50": quantile(0.5, "leadstream_first_contact_seconds"), "p90": quantile(0.9, "leadstream_first_contact_seconds")}, "s"),
        lines("Conflict queries", "Is this customer taken? By answer, per minute; wait: the asker has used up his turns.", {"{{answer}}": f"sum by (answer) (rate(leadstream_conflict_queries_total{TENANT}{W})) * 60 > 0"}, "cpm", stacked=True),
        lines("Time of a conflict query", "99 of 100 are answered within this time. Objective: 0.1 s; it is padded, so that time tells nothing.", {"p99": slow}, "s", ((None, "green"), (0.1, "red")), runbook="conflict_queries_slow"),
        lines("Cases", "Disputes that somebody has to decide, and those past their deadline.", {"open {{tenant}}": f"max by (tenant) (leadstream_cases_open_cases{TENANT})", "overdue {{tenant}}": f"max by (tenant) (leadstream_cases_overdue_cases{TENANT})"}, runbook="cases_overdue"),
        lines("Contested", "Leads per minute on which two have a claim, by reason. Each opens a case.", {"{{reason}}": f'sum by (reason) (rate(leadstream_outcomes_total{{tenant=~"$tenant", code="contested"}}{W})) * 60 or vector(0)'}, "cpm", runbook="cases_overdue"),
        lines("May I call?", "Checks of diallers per minute, by what was answered.", {"{{permission}}": f"sum by (permission) (rate(leadstream_contact_checks_total{TENANT}{W})) * 60 > 0"}, "cpm", stacked=True),
    ]  # fmt: skip


def ownership() -> dashboard.Dashboard:
    """The board, as Grafana reads it."""
    says = "Does everybody get his part? Who holds the phones, who waits, what is disputed?"
    rows = {"Is it fine?": _answers(), "Does everybody get his part": _fair(), "Who holds the phones": _phones(), "Who has what": _holdings(), "Questions and disputes": _questions()}  # fmt: skip
    return board("ownership", "Ownership and fairness", says, rows, span="now-7d", refresh="1m")
