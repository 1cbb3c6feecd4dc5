"""The Faust worker, run in the one way that never acknowledges a lead that has not been disposed of.

Raw bytes in and decoded by the handler (Faust skips what it cannot decode); batches by ``take_events``, one at a time, in
order (``concurrency`` commits past work in flight); nothing leaves the loop body, because leaving it, by an exception or
by cancellation, acknowledges the batch. So trouble is retried in place, and what cannot be helped ends the process on the
spot: offsets stay uncommitted and a restart brings the messages again. No tables, no exactly_once, no ``topic.send``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import faust

from leads.errors import Unavailable
from stores.patience import Patience
from stores.portions import portions
from streams.faust_consumer import Consumer, Order
from streams.kafka_log import message
from streams.ports import Handler, Message

log = logging.getLogger(__name__)

#: Exit status when a batch could not be disposed of: start the process again (EX_SOFTWARE of sysexits.h).
GAVE_UP = 70
#: What the supervisor must grant between SIGTERM and SIGKILL for the batch in hand to end.
STOP_GRACE_S = 120


def make_app(
    *,
    bootstrap: str,
    group: str,
    topic: str,
    handler: Handler,
    patience: Patience | None = None,
    most: int = 200,
    within_s: float = 0.05,
    session_s: float = 60.0,
    slot: str = "",
    opening: Sequence[Callable[[], Awaitable[None]]] = (),
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
    datadir: Path | None = None,
) -> Any:
    """A Faust app whose one agent hands messages of ``topic``, up to ``most`` leads at a time, to ``handler``, at least once.

    ``group`` is the consumer group: workers of one group share the partitions. ``within_s`` is the longest wait for a
    batch to fill. A worker that dies is missed after ``session_s``; a batch must take far less. With a ``slot``, a
    name that no other live worker has and a restart keeps, its successor gets the same partitions at once instead of
    after ``session_s``. ``opening`` runs beside the agent from the start, ``closing`` after the last batch
    of an orderly stop. Give ``patience`` to ask it about trouble, see ``ready``.
    """
    hold = patience or Patience()
    app = faust.App(
        group,
        broker="kafka://" + bootstrap.replace(",", ";kafka://"),
        datadir=str(datadir or Path(tempfile.gettempdir()) / "leadstream-faust"),
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=True,
        stream_buffer_maxsize=2 * most,
        broker_commit_interval=1.0,
        broker_session_timeout=session_s,
        broker_heartbeat_interval=session_s / 10,
        broker_request_timeout=max(session_s * 1.5, 90.0),
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=10_000,  # who met a broker that had just begun knows of no topic until he asks again
        consumer_group_instance_id=slot or None,
        worker_redirect_stdouts=False,
    )
    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    app.transport.Consumer = Consumer
    app.patience, app.order = hold, Order()

    async def dispose(messages: Sequence[Message]) -> None:
        try:
            for part in portions(messages, most):
                await hold.insist(lambda part=part: handler(part), stopping=lambda: bool(app.should_stop))  # type: ignore[misc]
        except Unavailable as error:
            _die(f"a dependency stayed away ({type(error).__name__})")
        except BaseException as error:  # a bug, or a cancellation that is not ours to obey
            _die(f"the handler failed ({_where(error)})")

    async def take(stream: Any) -> None:
        async for events in stream.take_events(most, within=within_s):
            records = [event.message for event in events]
            if not app.order.continues(records):
                _die("messages are missing between two batches")
            await _unbroken(dispose([message(record) for record in records]))

    async def shutdown(*_: Any, **__: Any) -> None:
        for close in closing:
            await close()

    app.agent(source, name="leads", concurrency=1)(take)
    for begin in opening:
        app.task(begin)
    app.on_before_shutdown.connect(shutdown)
    return app


def ready(app: Any) -> bool:
    """For a health check: the worker has joined its group and no dependency has been away for long."""
    return bool(app.started and not app.should_stop and not app.rebalancing and app.patience.ready())


def run_worker(app: Any, *, loglevel: str = "warning") -> NoReturn:
    """Run the app in this process until SIGTERM or SIGINT, then finish the batch in hand, commit and exit with 0.

    Exits with GAVE_UP when a batch could not be disposed of. Needs the main thread and no running loop.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = app.Worker(loop=loop, loglevel=loglevel, redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it writes control codes even where no terminal is
    worker.execute_from_commandline()
    raise SystemExit(0)


async def _unbroken(work: Awaitable[None]) -> None:
    """Wait for ``work`` to end even if we are cancelled meanwhile, and be cancelled then."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


def _die(reason: str) -> NoReturn:
    log.critical("leaving without acknowledging, for a restart to try again: %s", reason)
    logging.shutdown()
    os._exit(GAVE_UP)


def _where(error: BaseException) -> str:
    """Kind and place of an error; its text may quote a lead and stays out of the log."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return type(error).__name__ + place
