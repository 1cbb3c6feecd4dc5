"""*Matching*: is it the same customer? How often, by what evidence, how sure, at what cost, and does it drift?"""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from grafana.layout import MINE, TENANT, W, board, is_it_fine, quantile, share, share_by
from grafana.panels import Panel, answer, lines

ALL = f"sum(rate(leadstream_outcomes_total{MINE}[1h]))"
COLLIDED = '{tenant=~"$tenant", source=~"$source", code=~"merged|contested"}'
UNSURE = '{tenant=~"$tenant", source=~"$source", code="review"}'
#: A histogram with edges below 0 has no count of its own.
EVERY = '{le="+Inf"}'
#: Levels at which one customer's leads disagree: their share among matches is what the weights foretell.
APART = '{level=~".*differs|conflict.*|partial.*|other_.*"}'


def _answers() -> list[Panel]:
    corrected = 'sum(increase(leadstream_moves_total{tenant=~"$tenant", move=~"split|told_apart"}[1d])) or vector(0)'
    return [
        *is_it_fine(),
        answer("Collision share", "Share of leads that are customers we know, the last hour.", f"sum(rate(leadstream_outcomes_total{COLLIDED}[1h])) / ({ALL} > 0)", "percentunit", decimals=1),
        answer("Unsure share", "Share of leads that a person has to look at, the last hour. Above 5 % people do not keep up.", share(f"sum(rate(leadstream_outcomes_total{UNSURE}[1h])) or vector(0)", ALL), "percentunit", ((None, "green"), (0.05, "orange"), (0.2, "red")), runbook="owners_corrected", decimals=1),
        answer("Waiting for review", "Unsure leads that wait for a decision now.", f"sum(max by (tenant) (leadstream_review_waiting_leads{TENANT}))", steps=((None, "green"), (100, "orange"), (1000, "red"))),
        answer("Corrected by people, a day", "Decisions of matching that people took back: customers split, pairs told apart. Objective: under 1 % of merges.", corrected, steps=((None, "green"), (10, "orange"), (100, "red")), runbook="owners_corrected"),
        answer("Candidates a lead, p99", "Earlier leads that 99 of 100 leads are compared with. It sets the cost of matching.", "histogram_quantile(0.99, sum by (le) (rate(leadstream_lead_candidates_bucket[1h])))", steps=((None, "green"), (50, "orange"), (150, "red"))),
        answer("Too large customers", "Customers with more leads than `large_customer`: perhaps not one.", f"sum(max by (tenant) (leadstream_large_customers{TENANT}))", steps=((None, "green"), (1, "orange"))),
    ]  # fmt: skip


def _evidence() -> list[Panel]:
    return [
        lines("Collisions by evidence", "Leads that met a known customer, per minute, by the field that said so most strongly.", {"{{field}}": f"sum by (field) (rate(leadstream_collisions_total{TENANT}{W})) * 60"}, "cpm", stacked=True),
        lines("Collision share by source", "Share of a source's leads that are customers we know. High: the vendor sells the same lead twice, or the campaign reaches our own.", {"{{source}}": share_by(f"leadstream_outcomes_total{COLLIDED}")}, "percentunit"),
        lines("Verdicts", "Leads compared with somebody, per minute, by what came of it.", {"{{verdict}}": f"sum by (verdict) (rate(leadstream_match_weight_bucket{EVERY}{W})) * 60"}, "cpm", stacked=True),
    ]  # fmt: skip


def _score() -> list[Panel]:
    middle = f'sum(rate(leadstream_match_weight_bucket{{le="2.0"}}{W})) - sum(rate(leadstream_match_weight_bucket{{le="-2.0"}}{W}))'
    return [
        lines("Evidence by verdict", "Half of the leads of each verdict have less than this many bits for the likeliest customer; 0 is even odds.", {"{{verdict}}": quantile(0.5, "leadstream_match_weight", "verdict")}, "short", signed=True),
        lines("Near the threshold", "Share of compared leads within 2 bits of even odds: here small changes of the weights change verdicts.", {"within 2 bits": share(middle, f"sum(rate(leadstream_match_weight_bucket{EVERY}{W}))")}, "percentunit"),
        lines("Waiting for review", "Unsure leads that wait for a person, by tenant.", {"{{tenant}}": f"max by (tenant) (leadstream_review_waiting_leads{TENANT})"}),
    ]  # fmt: skip


def _drift() -> list[Panel]:
    met = "sum by (field) (increase(leadstream_evidence_total[1h]))"
    now = f"sum by (field, level) (increase(leadstream_evidence_total{APART}[1h])) / on (field) group_left {met}"
    expected = f"max by (field, level) (leadstream_level_expected_ratio{APART}) and on (field, level) sum by (field, level) (leadstream_evidence_total)"
    return [
        lines("Disagreement within a customer", "Of leads judged the same, the share that disagree in a field, the last hour, beside what the weights expect (m). Far above: the data changed, or customers are merged that are two.", {"{{field}} {{level}}": now, "expected {{field}} {{level}}": expected}, "percentunit", width=12, runbook="owners_corrected"),
        lines("Fields that meet", "Comparisons within customers per minute, by field. A field that falls away stopped coming.", {"{{field}}": f"sum by (field) (rate(leadstream_evidence_total{W})) * 60"}, "cpm", stacked=True, width=12),
    ]  # fmt: skip


def _cost() -> list[Panel]:
    candidates = "leadstream_lead_candidates"
    return [
        lines("Candidates per lead", "Earlier leads a lead was compared with.", {"p50": quantile(0.5, candidates), "p99": quantile(0.99, candidates)}),
        lines("Full buckets met", "Keys per lead that too many customers share to say anything: switchboards, agencies, test@.", {"keys per lead": f"sum(rate(leadstream_full_buckets_total{W})) / sum(rate(leadstream_events_total{W}))"}),
        lines("Demoted values", "Values that are no evidence any more, full or blocked by a person: leadstream demoted list.", {"{{tenant}}": f"max by (tenant) (leadstream_demoted_keys{TENANT})"}),
    ]  # fmt: skip


def matching() -> dashboard.Dashboard:
    """The board, as Grafana reads it."""
    says = "Is it the same customer? How often, by what evidence, how sure, and does it drift?"
    rows = {"Is it fine?": _answers(), "By what evidence": _evidence(), "How sure": _score(), "Does it drift": _drift(), "At what cost": _cost()}  # fmt: skip
    return board("matching", "Matching", says, rows, span="now-6h", refresh="30s")
