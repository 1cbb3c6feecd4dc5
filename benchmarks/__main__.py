"""``make bench``, or ``python -m benchmarks [names...]``: each measures one thing, prints it and keeps it in results/.

Others are commands of their own, with options: ``python -m benchmarks.accuracy``, ``.routing``, ``.store``, ``.kafka``,
``.own_leads``, ``.other_leads``, ``.classes``, ``.ceiling``.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks import machine, results

BENCHMARKS = {
    "embedded": "the whole path through the embedded log: leads/s, CPU a lead, one lead at a time, dedupe",
    "distributed": "the real worker on Kafka beside a Faust pass-through and beside the embedded log",
    "workers": "one, two and four workers under quotas of the CPU, on Kafka (needs root)",
    "growth": "speed, latency, memory and candidates as the index grows to 100,000 leads (--full: a million)",
    "profile": "a lead in microseconds, step by step, and by normaliser",
    "metering": "what counting for /metrics costs a lead, beside a worker that counts nothing",
    "life": "retention, erasure and re-key at 100,000 leads: cost a lead",
    "recovery": "the embedded service killed, stopped, saved, restored and rebuilt at 100,000 leads (--full: a million)",
    "ownership": "acts on owners, one round trip each, beside 100,000 entities (--full: a million); lapses that come due at once",
    "hostile": "streams made to hurt, 20,000 leads each (--full: 100,000), against ordinary leads",
    "ablation": "accuracy without each normaliser, key and comparison, on every set",
    "peers": "accuracy beside exact hash, LSH, recordlinkage, Splink and dedupe, in an environment of their own",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="; ".join(f"{name}: {what}" for name, what in BENCHMARKS.items()),
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; without any, all")
    parser.add_argument("--full", action="store_true", help="also what takes hours or gigabytes")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    for name, what in BENCHMARKS.items():
        if asked.list or (asked.names and name not in asked.names):
            if asked.list:
                print(f"{name:12} {what}")
            continue
        about = machine.facts()
        print(f"== {name}: {what}\n{machine.shown(about)}", flush=True)
        module = import_module("benchmarks.peers.side_by_side" if name == "peers" else f"benchmarks.{name}")
        figures = module.run(full=asked.full)
        results.keep(name, about, figures)


if __name__ == "__main__":
    main()
