"""Step 6: outcomes to their topic, and what was rejected to the dead letters with the bytes it came in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from leads.records import Envelope, Outcome
from streams.dead_letters import dead_letter
from streams.metrics import Metrics
from streams.pipeline import Work
from streams.ports import Message, Publisher
from streams.topics import DEAD, OUTCOMES
from streams.tracing import Tracing, Untraced

_json = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class Publication:
    """``clock`` gives milliseconds, for the ends of spans."""

    def __init__(
        self,
        publisher: Publisher,
        metrics: Metrics,
        clock: Callable[[], int],
        tracing: Tracing | None = None,
    ) -> None:
        self._publisher = publisher
        self._metrics = metrics
        self._clock = clock
        self._tracing = tracing or Untraced()

    async def publish(self, pairs: Sequence[tuple[Work, Outcome]]) -> None:
        """Returns when the log has confirmed all. Repeats are possible and equal to the letter. Raises LogDown."""
        letters = [_letter(work, outcome) for work, outcome in pairs if outcome.code == "rejected"]
        if letters:
            await self._publisher.publish(DEAD, letters)
            for _, outcome in pairs:
                if outcome.code == "rejected":
                    self._metrics.dead(outcome.reason, 1)
                    _log.info("rejected", extra={"event": outcome.event, "reason": outcome.reason})
        now_ms = self._clock()
        messages = [
            outcome_message(outcome, self._tracing.decided(outcome, now_ms) if outcome.trace else "")
            for _, outcome in pairs
        ]
        await self._publisher.publish(OUTCOMES, messages)


def outcome_message(outcome: Outcome, trace: str = "") -> Message:
    """Keyed by event: readers that keep the latest per key have each outcome once. Its trace goes on in the header."""
    headers = (("traceparent", trace.encode()),) if trace else ()
    return Message(topic=OUTCOMES, key=outcome.event.encode(), value=_json(outcome), headers=headers)


def _letter(work: Work, outcome: Outcome) -> Message:
    """The row's own bytes: of a chunk only the row that failed, so that a redrive takes nobody along."""
    message = work.message
    if len(work.envelope.rows) > 1:
        envelope: Envelope = msgspec.structs.replace(work.envelope, rows=(work.row,))
        message = msgspec.structs.replace(message, value=_json(envelope))
    return dead_letter(message, event=outcome.event, reason=outcome.reason, detail=outcome.detail, stage="prepare")
