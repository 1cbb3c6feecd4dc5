"""Delivery keys -> ids. The same message again gives the same id; an id says nothing about what it was made from.

A *delivery key* answers "is this the same message again?" (source and the provider's event id), never "is this the same
customer?". Ids are keyed BLAKE2b of 16 bytes, 32 hex digits.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import BinaryIO

import msgspec


class Digester:
    """Makes the ids of one installation. ``secret`` must never change: it decides what counts as a redelivery."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32).digest()

    def digest(self, *parts: str) -> str:
        """32 hex digits. Parts are told apart: ("ab", "c") differs from ("a", "bc")."""
        data = msgspec.json.encode([part.encode("utf-8", "surrogatepass").hex() for part in parts])
        return hashlib.blake2b(data, digest_size=16, key=self._key).hexdigest()

    def event(self, tenant: str, source: str, *key: str) -> str:
        """Id of one delivered message, which is also its receipt."""
        return self.digest("event", tenant, source, *key)

    def call(self, tenant: str, source: str, call_id: str) -> str:
        """Id of a call: all its status events carry it."""
        return self.digest("call", tenant, source, call_id)

    def batch(self, tenant: str, source: str, file_digest: str, mapping: str) -> str:
        """Id of an import. The mapping is part of it: a file read in another way is another import, not a repeat."""
        return self.digest("batch", tenant, source, file_digest, mapping)

    def row(self, batch: str, row: int) -> str:
        """Event id of a row of an import, so that importing the file again adds nothing."""
        return self.digest("row", batch, str(row))


def fresh_event() -> str:
    """Id of a message that came without any delivery key: nobody can tell whether it came before."""
    return secrets.token_hex(16)


def file_digest(file: BinaryIO) -> str:
    """SHA-256 of a file in hex, read in blocks; the file is left at its start."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
