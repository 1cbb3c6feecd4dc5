"""Logs as JSON, a line an entry, on stderr: for whoever collects them. No line holds a phone, a mail or a name.

What may be said is said by us: messages are fixed texts, and what varies is in fields of their own (event ids, counts, codes).
Errors of libraries are named by their class, since their texts quote what was sent.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import msgspec

_OURS = ("leads", "matchers", "routing", "stores", "streams", "gateway", "leadstream")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_encode = msgspec.json.Encoder(enc_hook=str).encode


class JsonLines(logging.Formatter):
    """time, level, component, logger, message, and the fields given as ``extra``."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON. Of other libraries only the text without its arguments: they may quote a lead."""
        ours = record.name.partition(".")[0] in _OURS
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "component": self._component,
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg),  # without its arguments: they may quote a lead
        }
        said |= {name: value for name, value in vars(record).items() if name not in _STANDARD} if ours else {}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
        return _encode(said).decode()


def setup(component: str, level: int = logging.INFO) -> None:
    """All logging of this process goes through ``JsonLines`` to stderr. For the start of a part."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(component))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in _OURS:
        logging.getLogger(room).setLevel(level)
