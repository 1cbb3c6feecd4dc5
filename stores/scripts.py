"""Scripts of this room: read once, sent by digest, loaded again when the server has forgotten them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from stores.codec import LUA_CODES

#: What stands in front of a script whose writes are derived from others (register: from records) or pass away.
_PLAIN = "local call = redis.call "


class Script:
    """One atomic step: ``lua/<name>.lua``, behind what all scripts share and the parts it names. Unless it is not ``logged``
    its writes go into the journal as they were made (``lua/logged.lua``)."""

    def __init__(self, name: str, *parts: str, logged: bool = True) -> None:
        folder = files("stores") / "lua"
        texts = [(folder / f"{part}.lua").read_text("utf-8") for part in ("shared", *parts, name)]
        body = "".join([LUA_CODES, *texts])
        log = (folder / "logged.lua").read_text("utf-8")
        self._text = (
            f"{log}local function step() {body}\nend\nlocal reply = step()\nflush()\nreturn reply"
            if logged
            else _PLAIN + body
        )
        self._digest = sha1(self._text.encode(), usedforsecurity=False).hexdigest()  # how servers name scripts

    async def __call__(self, client: Any, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Run it. Raises what the driver raises; every script is idempotent, so sending it again is safe."""
        try:
            return await client.execute_command("EVALSHA", self._digest, len(keys), *keys, *arguments)
        except NoScriptError:
            return await client.execute_command("EVAL", self._text, len(keys), *keys, *arguments)

    def queue(self, pipeline: Any, keys: Sequence[str], arguments: Sequence[Any]) -> None:
        """Add a run to a pipeline; ``load`` must have been awaited before."""
        pipeline.execute_command("EVALSHA", self._digest, len(keys), *keys, *arguments)

    async def load(self, client: Any) -> None:
        """Make the server know it."""
        await client.script_load(self._text)
