"""``python -m benchmarks.report``: the tables of docs/benchmarks.md from results/*.json, between the marks in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.results import kept

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Figures = dict[str, Any]


def table(head: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    """A Markdown table."""
    heads = list(head)
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)], *([str(cell) for cell in line] for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def about(known: Figures) -> str:
    """One line under a table: when and on what."""
    times = known.get("sync_ms")
    synced = f", a sync of the disk {times[0]} ms (p99 {times[1]})" if times else ""
    rooms = ", pure rooms compiled" if known.get("compiled") else ""
    return (
        f"\n\n*{known['date'][:10]}, commit {known['commit']}, {known['machine']}, {known['python']}{rooms}, "
        f"load average {known['load'][0]} at the start{synced}.*\n"
    )


def _per_s(value: float) -> str:
    return f"{value:,.0f}"


def embedded(found: Figures) -> str:
    alone, deduped = found["alone_ms"], found["dedupe"] or {}
    lines = [
        (f"{found['data']}, {name}", _per_s(one["leads_per_s"]), f"{one['worker_us']:.0f}", f"{one['store_us']:.0f}")
        for name, one in found.items()
        if isinstance(one, dict) and "worker_us" in one
    ]
    text = table(
        ("one worker, log and store embedded", "leads/s", "worker CPU us a lead", "store CPU us a lead"), lines
    )
    text += f"\n\nOne lead at a time, from before its publication to its outcome: p50 {alone['p50']} ms, p99 {alone['p99']} ms."
    if deduped:
        waits = deduped["latency_ms"]
        text += (
            f"\n`leadstream dedupe` on the same file: {_per_s(deduped['leads_per_s'])} leads/s, one lead alone p50 {waits['p50']} ms "
            f"and p99 {waits['p99']} ms, {deduped['store_bytes_per_lead']:.0f} bytes of store a lead (outcomes included)."
        )
    return text


def distributed(found: Figures) -> str:
    rates = {name: one["leads_per_s"] if isinstance(one, dict) else one for name, one in found.items()}
    plain = [(name, _per_s(rate)) for name, rate in rates.items() if not isinstance(rate, str) and " / " not in name]
    ratios = [(f"**{name}**", f"**{rates[name]:.0%}**") for name in rates if " / " in name]
    return table(("one process, one broker, one partition", "events or leads a second"), [*plain, *ratios])


def growth(found: Figures) -> str:
    heads = (
        "leads in the index",
        "leads/s",
        "worker us",
        "store us",
        "judge us",
        "alone p50 ms",
        "p99 ms",
        "bytes a lead",
        "candidates",
    )
    lines = [
        (
            f"{p['leads']:,}",
            _per_s(p["leads_per_s"]),
            f"{p['worker_us']:.0f}",
            f"{p['store_us']:.0f}",
            f"{p['judge_us']:.0f}",
            p["alone_p50_ms"],
            p["alone_p99_ms"],
            f"{p['store_bytes_per_lead']:.0f}",
            p["candidates_per_lead"],
        )
        for p in found["points"]
    ]
    told = table(heads, lines)
    if not (turns := found.get("by_turns")):
        return told
    small, large = turns
    beside = [
        (f"{p['leads']:,}", _per_s(p["leads_per_s"]), _per_s(p["quietest_leads_per_s"]), f"{p['worker_us']:.0f}")
        for p in turns
    ]
    ratio = f"{large['leads_per_s'] / small['leads_per_s']:.0%}"
    by_turns = table(("by turns, take by take", "leads/s", "best take", "worker us"), beside)
    return f"{told}\n\n{by_turns}\n\nSide by side the larger does {ratio} of the smaller."


def profile(found: Figures) -> str:
    steps = table(("step", "worker CPU us a lead"), found["worker_us"].items())
    parts = table(("normaliser", "us a lead"), ((name, us) for name, us in found["normalisers_us"].items() if us))
    store = f"{steps}\n\nThe store adds {found['store_us']} us of its own."
    return f"{store} Of `prepare`:\n\n{parts}" if any(found["normalisers_us"].values()) else store


def life(found: Figures) -> str:
    heads = (
        f"an index of {found['leads']:,} leads",
        "leads",
        "worker us a lead",
        "store us a lead",
        "bytes freed a lead",
    )
    lines = [
        (name, f"{c['leads']:,}", c["worker_us"], c["store_us"], f"{c['bytes_freed']:.0f}")
        for name, c in found["costs"].items()
    ]
    return table(heads, lines)


def metering(found: Figures) -> str:
    lead = found["uncounted_us"]["median"]

    def line(
        what: str, us: dict[str, float], keys: tuple[str, str, str] = ("least", "median", "most")
    ) -> tuple[str, ...]:
        low, mid, high = (us[key] for key in keys)
        return (what, f"{mid:.2f} us", f"{low:.2f} to {high:.2f}", f"{mid / lead:.1%}")

    share = found["all_share"]
    side_by_side = line("counting, side by side (median, 95 %)", found["side_by_side_us"], ("low", "median", "high"))
    lines = [
        ("a lead, counting nothing", f"{lead:.1f} us", "{least:.1f} to {most:.1f}".format(**found["uncounted_us"]), ""),
        line("counting it, by the clock", found["counting_us"]),
        line("its entry of the journal, folded", found["fold_us"]),
        (
            "both, of a lead of the same round",
            "",
            f"{share['least']:.1%} to {share['most']:.1%}",
            f"{share['median']:.1%}",
        ),
        side_by_side,
        ("one page", f"{found['page_ms']:.1f} ms", "", ""),
    ]
    return table(("CPU of a worker", f"median of {found['rounds']}", "least to most", "of a lead"), lines)


def recovery(found: Figures) -> str:
    first, lost = found["first processing"], found["rebuild"]
    starts = {name: found[name] for name in ("killed", "stopped", "rebuilt and started")}
    lines = [
        (
            "first processing, from the file to the last outcome",
            first["seconds"],
            "",
            first["worker_cpu_s"],
            first["store_cpu_s"],
        ),
        *(
            (
                f"{name}: start" + (f" ({one['commands_mb']} MB of commands)" if "commands_mb" in one else ""),
                one["ready_s"],
                one["decided_s"],
                "",
                one["store_cpu_s"],
            )
            for name, one in starts.items()
        ),
        ("clean stop", found["stopped"]["end_s"], "", "", ""),
        (
            f"backup, {found['saved']['backup']['mb']:,} MB",
            found["saved"]["backup"]["seconds"],
            "",
            found["saved"]["backup"]["cpu_s"],
            "",
        ),
        ("restore", found["saved"]["restore"]["seconds"], "", found["saved"]["restore"]["cpu_s"], ""),
        (
            f"rebuild, {lost['tables_that_differ']} of {lost['tables']} tables differ",
            lost["seconds"],
            "",
            lost["cpu_s"],
            lost["store_cpu_s"],
        ),
    ]
    heads = (
        f"{found['leads']:,} leads",
        "seconds",
        "first lead decided, s",
        "CPU of the process, s",
        "CPU of the store, s",
    )
    return table(heads, lines) + f"\n\nAfterwards `leadstream doctor` says: {found['doctor']['says']}."


def workers(found: Figures) -> str:
    lines = [
        (
            number,
            f"{one['leads_per_s']:.0f}",
            one["worker_us"],
            one["store_us"],
            f"{one['store_busy']:.1%}",
            f"{one['quota_used']:.0%}",
        )
        for number, phases in found["phases"].items()
        for one in phases
    ]
    heads = ("workers", "leads/s", "worker us a lead", "store us a lead", "store busy", "of their quota")
    return table(heads, lines) + f"\n\nTwo give {found['two / one']} times one, four {found['four / one']} times."


def ownership(found: Figures) -> str:
    heads = (
        f"beside {found['entities']:,} entities",
        *("a second, 50 at a time", "store us", "client us", "one at a time p50 ms", "p99 ms"),
    )
    lines = [
        (name, _per_s(c["per_s"]), c["store_us"], c["client_us"], c["p50_ms"], c["p99_ms"])
        for name, c in found["operations"].items()
    ]
    return (
        f"{table(heads, lines)}\n\n{found['lapsed']:,} protections that ended at once went to the pool in "
        f"{found['lapse_seconds']} s, {found['lapse_store_us']} us of the store each, the longest step {found['longest_step_ms']} ms."
    )


def hostile(found: Figures) -> str:
    heads = (
        *(f"{found['leads']:,} leads", "worker us", "store us", "both, last fifth", "against ordinary"),
        *("bytes a lead", "worker MB grown", "largest customer", "flagged", "full keys"),
    )
    lines = [
        (
            *(name, f"{f['worker_us']:.0f}", f"{f['store_us']:.0f}", f"{f['last_us']:.0f}", f"{f['slower']:.2f}"),
            *(f"{f['bytes_per_lead']:.0f}", f"{f['worker_grew_mb']:.0f}"),
            *(f"{f['largest']:,}", f["flagged"], f["demoted"]),
        )
        for name, f in found["streams"].items()
    ]
    return table(heads, lines)


def peers(found: Figures) -> str:
    sets = found["sets"]
    names = next(iter(sets.values()))
    lines = [(name, *(_f1(one[name]) for one in sets.values())) for name in names]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return f"{table(('cluster-pair F1', *sets), lines)}\n\nPrecision / recall and seconds:\n\n" + (
        table(("", *sets), ((name, *(_detail(one[name]) for one in sets.values())) for name in names))
        + f"\n\n{_failures(sets)}Versions: {versions}. {found.get('note', '')}".rstrip()
    )


def _failures(sets: Figures) -> str:
    """Why a cell says failed."""
    return (
        "".join(
            f"- {matcher} on {name}: {score['failed']}\n"
            for name, scores in sets.items()
            for matcher, score in scores.items()
            if "failed" in score
        )
        + "\n"
    )


def _f1(score: Figures) -> str:
    if "failed" in score:
        return "failed"
    best = score.get("best_f1", 0.0)
    return f"{score['f1']:.3f}" + (f" ({best:.3f})" if best > score["f1"] + 0.0005 else "")


def _detail(score: Figures) -> str:
    return (
        "failed" if "failed" in score else f"{score['precision']:.3f} / {score['recall']:.3f}, {score['seconds']:.0f} s"
    )


def ablation(found: Figures) -> str:
    """The whole in cluster-pair F1, then by how much it changes without each part; a point is no change."""
    whole = found["whole"]
    lines = [("*as it is*", *(f"{one['f1']:.4f}" for one in whole.values()))]
    for part, sets in found.items():
        if part != "whole":
            changes = [one["f1"] - whole[name]["f1"] for name, one in sets.items()]
            lines.append((part, *(f"{change:+.4f}" if abs(change) >= 0.00005 else "." for change in changes)))
    return table(("cluster-pair F1 without", *whole), lines)


TABLES: dict[str, Callable[[Figures], str]] = {
    "embedded": embedded,
    "distributed": distributed,
    "workers": workers,
    "growth": growth,
    "profile": profile,
    "metering": metering,
    "life": life,
    "recovery": recovery,
    "ownership": ownership,
    "hostile": hostile,
    "peers": peers,
    "ablation": ablation,
}


def rendered(page: str) -> str:
    """The page with its tables as the result files have them; a benchmark that never ran leaves a sentence."""

    def fill(match: re.Match[str]) -> str:
        result = kept(match[2])
        text = TABLES[match[2]](result["figures"]) + about(result["about"]) if result else "Not measured yet.\n"
        return f"{match[1]}{text}{match[3]}"

    return _MARKED.sub(fill, page)


def main() -> None:
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE.name} has the figures of results/")


if __name__ == "__main__":
    main()
