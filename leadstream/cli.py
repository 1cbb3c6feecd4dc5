"""The command line: which commands there are, by who needs them, and what their errors become.

Exit status: 0 done, 1 failed, 2 wrong usage or unreadable input. Messages on stderr say what to do next.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from leads.errors import BadInput, LeadstreamError, Misconfigured, Mistakes
from leadstream.commands import (
    cases,
    customers,
    desk,
    handover,
    index,
    leads,
    letters,
    owners,
    people,
    policy,
    recovery,
    reports,
    service,
    setup,
)

Command = Callable[..., None] | typer.Typer

#: Heading -> name -> command.
COMMANDS: dict[str, dict[str, Command]] = {
    "Run": {
        "up": service.up,
        "down": service.down,
        "status": service.status,
        "doctor": recovery.doctor,
        "demo": service.demo,
        "worker": service.worker,
        "gateway": service.gateway,
        "config": setup.config_app,
        "topics": setup.topics_app,
    },
    "Leads": {
        "import": leads.import_,
        "undo": leads.undo,
        "explain": leads.explain,
        "deadletters": letters.letters_app,
        "dedupe": leads.dedupe,
        "customers": leads.customers_app,
    },
    "Matching": {
        "review": desk.review_app,
        "split": desk.split,
        "customer": desk.customer,
        "learn": desk.learn,
        "demoted": index.demoted_app,
        "expire": index.expire,
        "rekey": index.rekey,
    },
    "Owners": {
        "pool": owners.pool_app,
        **{act.__name__.replace("_", "-"): act for act in owners.ACTS},
        "conflict": customers.conflict,
        "bar": customers.bar,
        "case": cases.case_app,
        "share": cases.share,
        "work": cases.work,
    },
    "Leaders": {
        "people": people.people_app,
        "policy": policy.policy_app,
        "token": people.token_app,
        "depart": handover.depart,
        "transfer-all": handover.transfer_all,
        "rotate": handover.rotate,
        "handover": handover.handover,
        "fairness": reports.fairness,
        "hotline": reports.hotline,
        "sources": reports.sources,
        "dependence": cases.dependence,
    },
    "Privacy": {"erase": customers.erase, "access": customers.access, "audit": customers.audit},
    "Recovery": {"backup": recovery.backup, "restore": recovery.restore, "rebuild": recovery.rebuild},
}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="One customer, one owner."
)
for heading, commands in COMMANDS.items():
    for name, command in commands.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=heading)
        else:
            app.command(name, rich_help_panel=heading)(command)


def main() -> None:
    """The console script: errors of ours become one message and the right exit status."""
    try:
        app()
    except Misconfigured as error:
        for path, what in error.faults:
            print(f"{path}: {what}", file=sys.stderr)
        sys.exit(2)
    except Mistakes as error:
        for place, what in error.found:
            print(f"{place}: {what}", file=sys.stderr)
        sys.exit(2)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except LeadstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
