"""A real Chromium for tests, driven through the DevTools protocol over a pipe: no port, no driver, no display."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HINT = "console tests need Chromium: apt-get install chromium (make parts)"


class Page:
    """One tab. Commands are answered in order; ``complaints`` are what the page logged as errors, its policy's too."""

    def __init__(self, to: int, from_: int) -> None:
        self._to, self._from, self._left, self._next = to, from_, b"", 0
        self._session = ""
        self.complaints: list[str] = []
        target = self._command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._command(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go there and wait until it has loaded."""
        self._command("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """The value of an expression, awaited. Raises RuntimeError for one that throws."""
        said = self._command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(said["exceptionDetails"].get("exception", {}).get("description", "it threw"))
        return said["result"].get("value")

    def wait(self, condition: str, seconds: float = 10.0) -> None:
        """Until an expression is true. Raises RuntimeError with what the page shows."""
        deadline = time.monotonic() + seconds
        while not self.run(f"!!({condition})"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never: {condition}; the page says: {self.text()} {self.complaints}")
            time.sleep(0.02)

    def text(self) -> str:
        """What a person reads."""
        return str(self.run("document.body.innerText"))

    def click(self, selector: str) -> None:
        """Click the first that fits, as soon as it is there."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector: str, text: str) -> None:
        """Put text into a field by the keyboard's way."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self._command("Input.insertText", text=text)

    def _command(self, method: str, **params: Any) -> dict[str, Any]:
        self._next += 1
        message: dict[str, Any] = {"id": self._next, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self._next:
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] == "error":
                self.complaints.append(answer["params"]["entry"]["text"])
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            if not (more := os.read(self._from, 1 << 16)):
                raise RuntimeError("Chromium has ended")
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def page(language: str = "en") -> Iterator[Page]:
    """A tab of a fresh headless browser, which ends with the block."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise RuntimeError(HINT)
    (its_in, to), (from_, its_out) = os.pipe(), os.pipe()
    high_in, high_out = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (its_in, its_out))

    def where_it_looks() -> None:  # it reads commands from descriptor 3 and answers on 4
        os.dup2(high_in, 3)
        os.dup2(high_out, 4)

    with tempfile.TemporaryDirectory(prefix="ls-chromium", ignore_cleanup_errors=True) as home:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={home}"]
        options += [
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            f"--lang={language}",
        ]
        process = subprocess.Popen(
            [program, f"--accept-lang={language}", *options, "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=where_it_looks,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for fd in (its_in, its_out, high_in, high_out):
            os.close(fd)
        try:
            yield Page(to, from_)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(to)
            os.close(from_)
