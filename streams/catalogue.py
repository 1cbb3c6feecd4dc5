"""The one catalogue of metrics. The code that counts, the tests of dashboards and alerts, and `docs/metrics.md` read it.

Names follow ``leadstream_<subject>_<unit>[_total]`` in base units. Label sets are closed or bounded (see `Guard`), and no
label holds a phone number, a mail address, a name or an event id.
"""

from __future__ import annotations

import re
import sys
from typing import Literal, get_args

import msgspec

from leads.ownership import LAPSES, REFUSALS, What
from leads.records import REASONS, Door
from routing.fairness import HOW

Kind = Literal["counter", "gauge", "histogram"]
Values = tuple[str, ...]

DOORS: Values = get_args(Door)
STAGES: Values = ("prepare", "register", "judge", "plan", "commit", "publish")
ANSWERS: Values = ("free", "in_pool", "shared", "under_way", "cooling", "protected", "wait")
PERMISSIONS: Values = ("do_not_contact", "refused", "hours", "budget", "locked", "ok")
#: What a person or time does after a lead's first disposition; entries of the journal of any other kind show as ``other``.
MOVES: Values = (
    *get_args(What),
    *(
        f"case_{step}"
        for step in ("opened", "joined", "stated", "proposed", "decided", "appealed", "refused", "overdue")
    ),
    *(
        "lapsed",
        "warning",
        "suspended",
        "given",
        "same",
        "told_apart",
        "split",
        "undone",
        "erased",
        "expired",
        "revealed",
    ),
)
MET: Values = ("own", "other", "unknown")
VERDICTS: Values = ("new", "same", "unsure")
#: Why the door refuses, by who acts. Ours: more than can be done at a time, more than the workers keep up with, a dependency away.
#: The sender's: too fast, nobody we know, nothing we can use. Whatever else shows as ``other``.
PROBLEMS: Values = (
    *("pace", "backlog", "unavailable", "not_ready", "internal"),
    *("too_many_requests", "too_many_imports", "too_many_questions"),
    *("bad_signature", "bad_token", "wrong_scope", "wrong_tenant", "unknown_source"),
    *("too_large", "headers_too_large", "content_type", "content_encoding", "malformed", "cut_short", "bad_input"),
)
DEPENDENCIES: Values = ("store", "log", "journal")  # journal: the relay, which needs both

#: Seconds from the door's acceptance to the outcome. Objectives: 0.25 s for one lead (p99), 60 s for any lead.
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)
STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
BATCH_LEADS = (1, 2, 5, 10, 25, 50, 100, 200, 500, 1000, 5000)
BITS = (-20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20, 40)
FIRST_SECONDS = (60, 300, 900, 1800, 3600, 14_400, 28_800, 86_400, 259_200)
CANDIDATES = (0, 1, 2, 5, 10, 20, 50, 100, 200)


class Metric(msgspec.Struct, frozen=True):
    """One entry. ``labels`` maps a label to its closed values; empty values mean an open label, bounded by `Guard`.

    ``across`` tells how to combine processes: ``sum`` (each counts its own part) or ``max`` (each reports the same thing).
    """

    name: str
    kind: Kind
    unit: str
    help: str
    labels: dict[str, Values] = {}
    buckets: tuple[float, ...] = ()
    across: Literal["sum", "max"] = "sum"


_WHO: dict[str, Values] = {"tenant": (), "door": DOORS, "source": ()}
_PLACE: dict[str, Values] = {"topic": (), "partition": ()}
_TENANT: dict[str, Values] = {"tenant": ()}
_TEAM: dict[str, Values] = {"tenant": (), "team": ()}
_LINE: dict[str, Values] = {"tenant": (), "line": ()}
_CODE: dict[str, Values] = {"code": tuple(REASONS), "reason": tuple(sorted({r for rs in REASONS.values() for r in rs}))}

CATALOGUE: tuple[Metric, ...] = (
    # the door
    Metric("leadstream_leads_received_total", "counter", "leads", "Leads a door accepted, counted once the log confirmed them.", _WHO),
    Metric("leadstream_http_requests_total", "counter", "requests", "HTTP requests by route template and status.", {"route": (), "status": ()}),
    Metric("leadstream_http_request_seconds", "histogram", "seconds", "Time to answer an HTTP request.", {"route": ()}, ANSWER_SECONDS),
    Metric("leadstream_door_refusals_total", "counter", "requests", "Requests the door refused, by why.", {"problem": PROBLEMS}),
    Metric("leadstream_door_pace_requests", "gauge", "requests", "Requests a door works on at a time at most, as of now: fewer while the log is slow."),
    Metric("leadstream_door_inside_requests", "gauge", "requests", "Requests a door works on now."),
    # the flow
    Metric("leadstream_events_total", "counter", "leads", "Leads in messages this worker finished; equals outcomes plus repeats, always."),
    Metric("leadstream_outcomes_total", "counter", "leads", "First outcomes of leads, published and confirmed.", _WHO | _CODE),
    Metric("leadstream_repeats_total", "counter", "leads", "Leads delivered again whose outcome was on record already."),
    Metric("leadstream_collisions_total", "counter", "leads", "Leads that met a known customer, by the field of the strongest evidence.", {"tenant": (), "field": ()}),
    Metric("leadstream_answer_seconds", "histogram", "seconds", "From the door's acceptance to the published outcome; without redriven leads, which had theirs when they came.", {"door": DOORS}, ANSWER_SECONDS),
    Metric("leadstream_stage_seconds", "histogram", "seconds", "Time one batch spent in a stage.", {"stage": STAGES}, STAGE_SECONDS),
    Metric("leadstream_batch_leads", "histogram", "leads", "Leads in one batch.", {}, BATCH_LEADS),
    Metric("leadstream_lead_candidates", "histogram", "leads", "Earlier leads one lead was compared with.", {}, CANDIDATES),
    Metric("leadstream_stale_decisions_total", "counter", "decisions", "Decisions sent back because an entity changed meanwhile; judged again."),
    Metric("leadstream_full_buckets_total", "counter", "keys", "Keys met that too many customers share: no evidence any more."),
    Metric("leadstream_dead_letters_total", "counter", "leads", "Leads sent to the dead letters.", {"reason": REASONS["rejected"]}),
    Metric("leadstream_set_aside_total", "counter", "messages", "Messages set aside because they killed a worker twice."),
    Metric("leadstream_retries_total", "counter", "retries", "Calls repeated in place because a dependency did not answer.", {"dependency": DEPENDENCIES}),
    Metric("leadstream_expired_leads_total", "counter", "leads", "Leads forgotten because their customer had no owner and was silent for too long."),
    Metric("leadstream_due_total", "counter", "customers", "Customers for whom time has come: lapsed to a pool, or their owner warned of it.", {"tenant": (), "what": ("lapsed", "warning")}),
    # questions about customers
    Metric("leadstream_conflict_queries_total", "counter", "questions", "Conflict queries, by what was answered; wait: the asker has used up his turns.", {"tenant": (), "answer": ANSWERS}),
    Metric("leadstream_conflict_fishing_total", "counter", "questions", "Conflict queries of somebody who asks much and finds little: he is slowed down."),
    Metric("leadstream_contact_checks_total", "counter", "questions", "Whether a customer may be called, by the reason given.", {"tenant": (), "permission": PERMISSIONS}),
    # matching
    Metric("leadstream_match_weight", "histogram", "bits", "Evidence for the likeliest customer a lead was compared with, by verdict; 0 is even odds.", {"verdict": VERDICTS}, BITS),
    Metric("leadstream_evidence_total", "counter", "comparisons", "Fields that met in leads judged the same customer, by comparison level.", {"field": (), "level": ()}),
    Metric("leadstream_level_expected_ratio", "gauge", "ratio", "How often two leads of one customer show this level, as the weights have it.", {"field": (), "level": ()}, (), "max"),
    # sources
    Metric("leadstream_duplicates_total", "counter", "leads", "Leads of a known customer, by who had brought him: the same source, another, or unknown (before this worker began).", {"tenant": (), "source": (), "met": MET}),
    Metric("leadstream_timed_leads_total", "counter", "leads", "Leads that say when the customer left his details.", {"tenant": (), "source": ()}),
    Metric("leadstream_late_leads_total", "counter", "leads", "Of these, leads that came more than an hour later.", {"tenant": (), "source": ()}),
    # ownership, counted by whoever relays the journal
    Metric("leadstream_moves_total", "counter", "moves", "What people and time did after first dispositions, as the journal has it.", {"tenant": (), "move": MOVES}),
    Metric("leadstream_refusals_total", "counter", "moves", "What was asked for and refused, by reason.", {"tenant": (), "refusal": tuple(REFUSALS)}),
    Metric("leadstream_lapses_total", "counter", "customers", "Customers that went to a pool, by why.", {"tenant": (), "lapse": LAPSES}),
    Metric("leadstream_gifts_total", "counter", "customers", "Customers that came to a member, in turn or exempt.", _TEAM | {"how": HOW}),
    Metric("leadstream_first_contact_seconds", "histogram", "seconds", "From a customer coming to a member to that member's first evidenced follow-up.", {"tenant": ()}, FIRST_SECONDS),
    # fairness, of the week so far in the tenant's time zone
    Metric("leadstream_turns_given_leads", "gauge", "leads", "Leads given in turn to a member this week.", _TEAM | {"member": ()}, (), "max"),
    Metric("leadstream_turns_due_leads", "gauge", "leads", "Leads a member was due this week.", _TEAM | {"member": ()}, (), "max"),
    Metric("leadstream_fairness_gini_ratio", "gauge", "ratio", "How unevenly this week's turns are spread over what was due: 0 everybody has his part.", _TEAM, (), "max"),
    Metric("leadstream_fairness_deviation_ratio", "gauge", "ratio", "The largest difference of a member's share of this week's turns from his due share.", _TEAM, (), "max"),
    Metric("leadstream_hotline_calls", "gauge", "customers", "New customers who rang this week.", _LINE, (), "max"),
    Metric("leadstream_hotline_share_ratio", "gauge", "ratio", "Share of a line's new customers that the one or two busiest people have, this week.", _LINE, (), "max"),
    Metric("leadstream_hotline_even_ratio", "gauge", "ratio", "What these would have in an even spread.", _LINE, (), "max"),
    Metric("leadstream_hotline_chance_ratio", "gauge", "ratio", "The chance that an even spread gives somebody so much or more.", _LINE, (), "max"),
    # what waits
    Metric("leadstream_oldest_unanswered_seconds", "gauge", "seconds", "Age of the oldest lead without an outcome; 0 when none waits.", _PLACE, (), "max"),
    Metric("leadstream_log_lag_messages", "gauge", "messages", "Messages in the log that no worker has acknowledged.", _PLACE, (), "max"),
    Metric("leadstream_journal_lag_entries", "gauge", "entries", "Journal entries the relay has not published yet.", _TENANT, (), "max"),
    Metric("leadstream_review_waiting_leads", "gauge", "leads", "Unsure leads that wait for a person's decision.", _TENANT, (), "max"),
    Metric("leadstream_cases_open_cases", "gauge", "cases", "Disputes that somebody has to decide.", _TENANT, (), "max"),
    Metric("leadstream_cases_overdue_cases", "gauge", "cases", "Of these, past their deadline.", _TENANT, (), "max"),
    Metric("leadstream_pool_oldest_seconds", "gauge", "seconds", "How long the customer that has waited longest in a pool has been there.", {"tenant": (), "pool": ()}, (), "max"),
    # who has what
    Metric("leadstream_pool_customers", "gauge", "customers", "Customers in a pool.", {"tenant": (), "pool": ()}, (), "max"),
    Metric("leadstream_owner_customers", "gauge", "customers", "Open customers of an owner (internal member id).", {"tenant": (), "owner": ()}, (), "max"),
    Metric("leadstream_large_customers", "gauge", "customers", "Customers with more leads than stated: perhaps not one.", _TENANT, (), "max"),
    Metric("leadstream_demoted_keys", "gauge", "keys", "Keys that are no evidence any more: full or blocked.", _TENANT, (), "max"),
    # health
    Metric("leadstream_ready", "gauge", "bool", "1 when this process takes work."),
    Metric("leadstream_ready_since_seconds", "gauge", "seconds", "Unix time since which this process takes work, or since which it does not.", {}, (), "max"),
    Metric("leadstream_store_memory_bytes", "gauge", "bytes", "Memory the store uses.", {}, (), "max"),
    Metric("leadstream_store_memory_limit_bytes", "gauge", "bytes", "Memory the store may use; 0 when it has no limit.", {}, (), "max"),
    Metric("leadstream_index_leads", "gauge", "leads", "Leads in the index.", _TENANT, (), "max"),
    Metric("leadstream_scrape_faults_total", "counter", "faults", "Times a value could not be measured when this page was asked for."),
    Metric("leadstream_policy_info", "gauge", "info", "Always 1; the label says which policy routes.", {"tenant": (), "version": ()}, (), "max"),
    Metric("leadstream_build_info", "gauge", "info", "Always 1; the labels say what runs.", {"version": (), "component": ()}),
)  # fmt: skip
BY_NAME = {metric.name: metric for metric in CATALOGUE}


class Guard:
    """Keeps open labels bounded and free of personal data: a value that looks like anything else becomes ``other``.

    A source is named by whoever imports a file, so it can be anything. Allowed are short identifiers and route
    templates (Han is fine) with fewer than seven digits, at most ``most`` different values a label.
    """

    _SHAPE = re.compile(r"(?!(?:.*\d){7})[\w./{}:+-]{0,64}")

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._seen: dict[str, set[str]] = {}

    def __call__(self, label: str, value: str) -> str:
        seen = self._seen.setdefault(label, set())
        if value in seen:
            return value
        if len(seen) >= self._most or not self._SHAPE.fullmatch(value):
            return "other"
        seen.add(value)
        return value


def as_markdown() -> str:
    """The catalogue as a page for people: ``python -m streams.catalogue > docs/metrics.md``."""
    rows = []
    for metric in CATALOGUE:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        rows.append(f"| `{metric.name}` | {metric.kind} | {metric.unit} | {labels} | {metric.across} | {metric.help} |")
    closed = {label: values for metric in CATALOGUE for label, values in metric.labels.items() if values}
    closed |= _CODE  # dead letters use a part of the reasons, outcomes all of them
    return "\n".join(
        (
            "# Metrics",
            "",
            "Written from `streams/catalogue.py` by `python -m streams.catalogue > docs/metrics.md`.",
            "Worker on port 9464, gateway on its own port, both at `/metrics`. *Across* tells how to combine processes: `sum` when",
            "each counts its own part, `max` when all report the same thing.",
            "",
            "| name | kind | unit | labels | across | what it says |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "Closed labels. Any other value shows as `other`:",
            "",
            *(f"- `{label}`: {', '.join(values)}" for label, values in closed.items()),
            "",
            "Open labels (`tenant`, `source`, `owner`, `member`, `team`, `pool`, `line`, `field`, `level`, `topic`, `partition`, `route`,",
            "`status`, `version`, `component`) hold short identifiers, at most 200 different ones each; what looks like anything else,",
            "such as a mail address or seven digits, shows as `other`. No label holds a phone number, a mail address, a name or an event id.",
            "",
            "`member` and `owner` are the ids of the configuration, not names: fairness cannot be seen without them. Who may look at the",
            "dashboards may see who was given how much; where that is a matter for a works council, choose ids that name nobody. `line` is the",
            "source of the calls, not the number dialled; lines by number, value and campaigns are in `leadstream hotline` and `sources`.",
            "",
        )
    )


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
