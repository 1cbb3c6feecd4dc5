"""The steps of a case, pure: a case and what is asked of it -> the case as it is then, or the reason it is refused.

A step says nothing of the lease; what a decision does to it is one atomic script (stores/cases.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from leads.cases import Agreement, Appeal, Case, Decision, Part, Proposal, Rulebook, Shares, Statement, whole

_LONGEST = 200
Step = Case | str  # a str is a reason of leads.cases.REFUSALS


def opened(
    origin: str,
    key: str,
    event: str,
    seq: int,
    scope: str,
    parties: Sequence[str],
    at_ms: int,
    rulebook: Rulebook,
    *,
    statement: Statement | None = None,
    since_ms: int = 0,
) -> Step:
    """A new case. ``since_ms``: when the customer last changed hands, from which the time to file runs; 0 not known."""
    holder, *others = dict.fromkeys(parties)
    if not holder:
        return "no_owner"
    if not others:
        return "own"
    if statement and since_ms and at_ms > since_ms + rulebook.file_within_ms:
        return "late"
    return Case(
        origin=origin,  # type: ignore[arg-type]
        key=key,
        event=event,
        seq=seq,
        scope=scope,
        parties=(holder, *others),
        filed_by=statement.who if statement else "",
        filed_ms=at_ms,
        decide_by_ms=at_ms + rulebook.decide_within_ms,
        statements=(statement,) if statement else (),
    )


def joined(case: Case, member: str, statement: Statement | None) -> Case:
    """One more who disputes the same customer: one case, not two."""
    parties = case.parties if member in case.parties else (*case.parties, member)
    said = (*case.statements, statement) if statement else case.statements
    return msgspec.structs.replace(case, parties=parties, statements=said, stage="open", proposal=None)


def stated(case: Case, who: str, text: str, names: str, at_ms: int, *, leader: bool) -> Step:
    """Put a statement on record. It asks for a fresh proposal."""
    if not case.running:
        return "not_open"
    if not text.strip() or len(text) > _LONGEST:
        return "no_statement"
    statement = Statement(who, at_ms, text, names, leader and who not in case.parties)
    stage = "open" if case.stage == "proposed" else case.stage
    return msgspec.structs.replace(case, statements=(*case.statements, statement), stage=stage, proposal=None)


def proposed(case: Case, proposal: Proposal) -> Case:
    """The evidence is in and the written rule has spoken."""
    return msgspec.structs.replace(case, proposal=proposal, stage="proposed" if case.stage == "open" else case.stage)


def decided(
    case: Case,
    by: str,
    owner: str,
    parts: Sequence[Part],
    why: str,
    at_ms: int,
    rulebook: Rulebook,
    *,
    leader: bool,
    members: Collection[str],
) -> Step:
    """A leader decides: ``owner`` "" and no ``parts`` follow the proposal. ``members``: who has not left.

    The decision on an appeal is final, and somebody else's than the first.
    """
    if by in case.parties:
        return "party"
    if not leader:
        return "not_leader"
    if not case.running:
        return "not_open"
    if case.proposal is None:
        return "no_proposal"
    if any(former.by == by for former in case.decisions):
        return "same_judge"
    owner, parts = owner or case.proposal.owner, tuple(parts) or case.proposal.parts
    if owner not in members:
        return "gone" if owner in case.parties else "not_among"
    if not whole(parts):
        return "bad_shares"
    followed = owner == case.proposal.owner and set(parts) == set(case.proposal.parts)
    decision = Decision(by, at_ms, owner, parts, why, followed)
    final = case.stage == "appealed"
    return msgspec.structs.replace(
        case,
        stage="final" if final else "decided",
        decisions=(*case.decisions, decision),
        appeal_by_ms=0 if final else at_ms + rulebook.appeal_within_ms,
    )


def appealed(case: Case, by: str, why: str, at_ms: int, rulebook: Rulebook) -> Step:
    """A party is not content. The decision stands until the appeal is decided."""
    if by not in case.parties:
        return "not_party"
    if case.stage == "appealed":
        return "appealed"
    if case.running:
        return "not_decided"
    if case.stage == "final" or at_ms > case.appeal_by_ms:
        return "late"
    if not why.strip() or len(why) > _LONGEST:
        return "no_statement"
    due = at_ms + rulebook.decide_within_ms
    return msgspec.structs.replace(
        case, stage="appealed", appeal=Appeal(by, at_ms, why), decide_by_ms=due, escalated_ms=0
    )


def overdue(case: Case, at_ms: int) -> bool:
    """Should have been decided by now."""
    return case.running and at_ms > case.decide_by_ms


def escalated(case: Case, at_ms: int) -> Step:
    """It is late and that is said once."""
    if not overdue(case, at_ms):
        return "not_open"
    return case if case.escalated_ms else msgspec.structs.replace(case, escalated_ms=at_ms)


def consented(shares: Shares, who: str, parts: Sequence[Part], at_ms: int) -> Shares | str:
    """``who`` proposes these shares or consents to them as they were proposed. In force once everybody in the new shares, and
    in those they replace, has. Shares decided in a case stand until then like any other."""
    if not whole(parts):
        return "bad_shares"
    before = shares.now.parts if shares.now else ()
    concerned = dict.fromkeys(part.member for part in (*parts, *before))
    if who not in concerned:
        return "not_party"
    if shares.now and set(before) == set(parts):
        return msgspec.structs.replace(shares, asked=None)
    asked = shares.asked if shares.asked and set(shares.asked.parts) == set(parts) else None
    consents = tuple(dict.fromkeys((*(asked.consents if asked else ()), who)))
    agreement = Agreement(tuple(parts), consents, asked.at_ms if asked else at_ms)
    if set(concerned) <= set(consents):
        return Shares(msgspec.structs.replace(agreement, at_ms=at_ms))
    return Shares(shares.now, agreement)


def ruled(decision: Decision, case: int) -> Shares:
    """The shares as a case decided them; what somebody had proposed meanwhile has no object any more."""
    return Shares(Agreement(decision.parts, (), decision.at_ms, case))
