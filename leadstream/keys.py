"""Secrets of an installation: from the environment where the configuration names a variable, else from a file made once.

Match keys are keyed digests; with another key every customer looks new. So the key must be the same on every machine that
shares a store, and must never change.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from leads.errors import Misconfigured

_BYTES = 32


def key(name: str, variable: str, env: Mapping[str, str], folder: Path, *, shared: bool) -> bytes:
    """The secret called ``name``. ``shared``: other machines use the same store, so a file of this one will not do.

    Raises Misconfigured when the variable is named but not set, or needed and not named.
    """
    if variable:
        value = env.get(variable, "")
        if len(value) < 16:
            raise Misconfigured([(variable, "set this environment variable to a secret of at least 16 characters")])
        return value.encode()
    if shared:
        raise Misconfigured(
            [(name, "several machines share this store: name an environment variable that holds the key")]
        )
    return _kept(folder / "keys" / f"{name}.key")


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(secrets.token_bytes(_BYTES))
    try:
        os.link(fresh, path)  # atomic: of two processes at first start one wins, both read the winner's
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
