"""A consumer of either log as a process of its own, for tests that stop and kill it.

    python -m tests.streams.worker '{"log": "kafka", "url": ..., "topic": ..., "group": ..., "name": ..., "into": FILE, ...}'

Its handler writes one JSON line for each batch it begins and one for each it ends, both on disk before it goes on.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leads.errors import StoreDown
from stores.patience import Patience
from stores.stream_log import StreamConsumer
from streams.ports import Handler, Message


def make_handler(config: dict[str, Any]) -> Handler:
    """``fail``: what to do when a message whose value is ``trigger`` comes: bug, down, hang, or nothing."""
    fail, trigger = config.get("fail", ""), config.get("trigger", "").encode()

    mended = Path(config.get("mended", config["into"] + "-never"))

    def broken() -> bool:
        return fail == "down" and not mended.exists()

    async def handler(messages: Sequence[Message]) -> None:
        write_line(config, {"begun": [one.ref for one in messages], "by": config["name"]})
        if fail and any(one.value == trigger for one in messages):
            if fail == "bug":
                raise ZeroDivisionError("a bug, with Zhang San, 13800138000 in its text")
            if broken():
                raise StoreDown("the store does not answer")
            if fail == "hang":
                await asyncio.sleep(3600)
        await asyncio.sleep(config.get("seconds", 0))
        write_line(config, {"done": [_plain(one) for one in messages], "by": config["name"]})

    return handler


def write_line(config: dict[str, Any], line: dict[str, Any]) -> None:
    with open(config["into"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _plain(one: Message) -> dict[str, Any]:
    def text(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    headers = [[name, text(value)] for name, value in one.headers]
    return {"ref": one.ref, "key": text(one.key), "value": text(one.value), "headers": headers}


def main(config: dict[str, Any]) -> None:
    handler, patience = make_handler(config), Patience(deadline_s=config.get("deadline_s", 60.0))
    most, within_s = config.get("most", 100), config.get("within_s", 0.05)
    if config["log"] == "kafka":
        from streams.faust_app import make_app, run_worker

        app = make_app(
            bootstrap=config["url"],
            group=config["group"],
            topic=config["topic"],
            handler=handler,
            patience=patience,
            most=most,
            within_s=within_s,
            session_s=config.get("session_s", 3.0),
            slot=config.get("slot", ""),
        )
        if pause_s := config.get("pause_s"):

            async def between(*_: Any, **__: Any) -> None:
                """Between the assignment of partitions and the first message of it."""
                write_line(config, {"joined": config["name"]})
                await asyncio.sleep(pause_s)

            app.on_rebalance_complete.connect(between)
        run_worker(app)
    asyncio.run(_consume_stream(config, handler, patience, most, within_s))


async def _consume_stream(
    config: dict[str, Any], handler: Handler, patience: Patience, most: int, within_s: float
) -> None:
    consumer = StreamConsumer(config["url"], config["group"], config["name"], patience=patience, claim_after_s=1.0)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: loop.create_task(consumer.stop()))
    await consumer.run(config["topic"], handler, most=most, within_s=within_s)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
