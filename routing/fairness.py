"""The fairness ledger: what each member was due, was given and why, worked out from events alone, so anyone can work it out again.

For a lead given *in turn* in a team, with the members S that the plan found able to take it and their weights w, and the
absent ones A who are owed less than the policy's credit:

    entitled(m) += w(m) / sum of w over S and A      for every m in S and A; the entitlements of a team sum to its turns
    credited(m)                                      the part of it that came while he was in A
    given(m)    += 1                                 for the one who got it
    owed(m)      = entitled(m) - given(m)            carried from period to period, in A at most the credit

Whatever else gives a member a customer uses up no turn and is *exempt*, by its reason: a match to the present owner (merged,
contested), an owner of the same account, a claim or report of his own, a customer the company says is his, a transfer.

    share - due     given / turns - entitled / turns: above 0 is more than his part
    unmatched       sum of |share - due| / 2: the part of the turns that would have to change hands (Hoover's index, 1936)
    gini            area between the Lorenz curve of given over entitled and the diagonal, doubled (Lorenz 1905, Gini 1912; weighted
                    as in Lerman and Yitzhaki 1989): 0 everybody has his part, 1 one of many has all
    drought         the most turns in a row that a member could have had and did not get, and how long that took

Who is full still counts as entitled: that the cap, and not the turn, keeps leads from him is what the figure then shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import accumulate, pairwise

import msgspec

from leads.records import Glance, Outcome, Packed, Plan, Record, Share

#: How a member comes to a customer: in turn, or exempt.
HOW: tuple[str, ...] = ("turn", "owner", "account", "claim", "customer", "transfer", "departure")
_OUTCOMES: dict[tuple[str, str], str] = {
    ("assigned", "rule"): "turn",
    ("assigned", "same_account"): "account",
    ("assigned", "claimed"): "claim",
    ("assigned", "customer"): "customer",
    ("merged", "same_contact"): "owner",
    ("contested", "owned_by_other"): "owner",
    ("contested", "two_owners"): "owner",
}
_MOVES: dict[str, str] = {"claim": "claim", "report": "claim", "transfer": "transfer", "depart": "departure"}


class Gift(Packed, frozen=True):
    """A member came to a customer. ``shares`` are those who could have had the turn, with their weights; only for turns."""

    number: int  # of the journal: the order of what happened, unique in a tenant
    at_ms: int
    team: str  # the group whose turn it is: team:sales, rule:south; "" unknown
    member: str
    how: str
    shares: tuple[Share, ...] = ()
    absent: tuple[Share, ...] = ()  # who were absent and are owed turns, up to ``credit``
    credit: float = 0.0


class Line(Record, frozen=True):
    """One member of a team in a period. ``drought`` in turns and ms."""

    member: str
    entitled: float
    credited: float
    given: int
    exempt: dict[str, int]
    share: float
    due: float
    drought: int
    drought_ms: int


class Book(Record, frozen=True):
    """One team in a period. ``gini_all`` counts exempt customers with the turns. Indices lie in [0, 1]; 0 when nothing was given."""

    period: str
    team: str
    turns: int
    lines: tuple[Line, ...]
    gini: float
    gini_all: float
    unmatched: float
    deviation: float  # the largest |share - due| of a member


class Account(msgspec.Struct, array_like=True):
    """What is kept of one member of a team while folding."""

    owed: float = 0.0  # the one figure that outlives the period
    entitled: float = 0.0
    credited: float = 0.0
    given: int = 0
    exempt: dict[str, int] = {}


class Drought(msgspec.Struct):
    """Turns that a member could have had and did not get: in a row until now, and the longest such row."""

    dry: int = 0
    from_ms: int = 0
    longest: int = 0
    longest_ms: int = 0


Accounts = dict[str, Account]
Droughts = dict[str, Drought]


def gift_of(outcome: Outcome | Glance, plan: Plan | None) -> Gift | None:
    """What an outcome gave to a member; None when it gave nobody anything, as a further status of one call does."""
    how = _OUTCOMES.get((outcome.code, outcome.reason)) if outcome.owner else None
    if how is None:
        return None
    team = plan.group if plan else ""
    if how != "turn" or plan is None:
        return Gift(outcome.journal, outcome.at_ms, team, outcome.owner, how)
    turn = (plan.shares, plan.away, plan.credit)
    return Gift(outcome.journal, outcome.at_ms, team, outcome.owner, how, *turn)


def gift_by_move(number: int, what: str, at_ms: int, member: str, team: str) -> Gift | None:
    """What a later move gave to a member; None when it gave nobody anything. ``team``: that of the lead it was about."""
    how = _MOVES.get(what, "")
    return Gift(number, at_ms, team, member, how) if how and member else None


def enter(accounts: Accounts, gift: Gift, n: int = 1) -> None:
    """One step of the fold: a gift into the accounts of its team, or ``n`` alike in a row. Turns with somebody absent come one by
    one: each changes what he is owed."""
    mine = _account(accounts, gift.member)
    if gift.how != "turn":
        mine.exempt[gift.how] = mine.exempt.get(gift.how, 0) + n
        return
    mine.given += n
    mine.owed -= n
    shares = gift.shares or (Share(gift.member),)
    away = tuple(share for share in gift.absent if _account(accounts, share.member).owed < gift.credit)
    total = sum(share.weight for share in shares + away) / n
    for share in shares + away:
        account = _account(accounts, share.member)
        account.entitled += share.weight / total
        account.owed += share.weight / total
    for share in away:
        accounts[share.member].credited += share.weight / total


def pass_by(droughts: Droughts, gift: Gift) -> None:
    """A turn passes by all who could have had it but the one who got it."""
    for share in gift.shares:
        drought = droughts.get(share.member) or droughts.setdefault(share.member, Drought())
        drought.from_ms = drought.from_ms if drought.dry else gift.at_ms
        drought.dry = drought.dry + 1 if share.member != gift.member else 0
        if drought.dry > drought.longest:
            drought.longest, drought.longest_ms = drought.dry, gift.at_ms - drought.from_ms


def _account(accounts: Accounts, member: str) -> Account:
    return accounts.get(member) or accounts.setdefault(member, Account())


def carried(accounts: Accounts) -> Accounts:
    """What a new period begins with: what is owed, and nothing else."""
    return {member: Account(account.owed) for member, account in accounts.items()}


def book(period: str, team: str, accounts: Accounts, droughts: Droughts) -> Book:
    """The accounts of a team in a period as they stand."""
    none = Drought()
    turns = sum(account.given for account in accounts.values())
    entitled = {member: account.entitled for member, account in accounts.items()}
    given = {member: float(account.given) for member, account in accounts.items()}
    every = {member: account.given + sum(account.exempt.values()) for member, account in accounts.items()}
    lines = tuple(
        Line(
            member,
            account.entitled,
            account.credited,
            account.given,
            account.exempt,
            account.given / turns if turns else 0.0,
            account.entitled / turns if turns else 0.0,
            droughts.get(member, none).longest,
            droughts.get(member, none).longest_ms,
        )
        for member, account in sorted(accounts.items())
        if account.entitled or account.given or account.exempt
    )
    off = [abs(line.share - line.due) for line in lines]
    return Book(
        period, team, turns, lines, gini(given, entitled), gini(every, entitled), sum(off) / 2, max(off, default=0.0)
    )


def gini(has: Mapping[str, float], due: Mapping[str, float]) -> float:
    """How unevenly ``has`` is spread over what is ``due``, in [0, 1]; 0 when there is nothing to spread or nothing due."""
    total, parts = sum(has.values()), sum(due.values())
    if not total or not parts:
        return 0.0
    order = sorted(has, key=lambda member: has[member] / due[member] if due.get(member) else float("inf"))
    x = list(accumulate((due.get(member, 0.0) / parts for member in order), initial=0.0))
    y = list(accumulate((has[member] / total for member in order), initial=0.0))
    area = sum((x1 - x0) * (y0 + y1) for (x0, x1), (y0, y1) in zip(pairwise(x), pairwise(y), strict=True))
    return max(0.0, 1.0 - area)


def ledger(
    gifts: Iterable[Gift], period_of: Callable[[int], str], teams: Collection[str] = (), first: str = ""
) -> list[Book]:
    """The books of every period from ``first`` on and every team (of ``teams``, when they are named), in order.

    Gifts may come in any order and again; those before ``first`` count for what is owed.
    """
    once = {gift.number: gift for gift in gifts}
    books: dict[tuple[str, str], Accounts] = {}
    droughts: dict[tuple[str, str], Droughts] = defaultdict(dict)
    latest: dict[str, Accounts] = {}
    for _, gift in sorted(once.items()):
        if not teams or gift.team in teams:
            key = (period_of(gift.at_ms), gift.team)
            if key not in books:
                books[key] = carried(latest.get(gift.team, {}))
            latest[gift.team] = books[key]
            enter(books[key], gift)
            pass_by(droughts[key], gift)
    return [book(*key, accounts, droughts[key]) for key, accounts in sorted(books.items()) if key[0] >= first]
