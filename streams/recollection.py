"""Records of the leads that one call of the shell has met, by sequence number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from leads.records import Facts

_decode: Final = msgspec.msgpack.Decoder(Facts).decode


class Recollection:
    """A memo of one flow: every answer of the index brings the records it speaks of, and decisions of the flow name leads of
    its earlier answers. A record is decoded when somebody looks at it: many a candidate is dropped before."""

    def __init__(self) -> None:
        self._facts: dict[int, Facts] = {}
        self._packed: dict[int, bytes] = {}

    def learn(self, records: Mapping[int, bytes]) -> None:
        """What an answer brought. Records never change, so nothing here can be out of date."""
        self._packed.update(records)

    def put(self, seq: int, facts: Facts) -> None:
        """A lead that was prepared here need not be decoded."""
        self._facts[seq] = facts

    def __getitem__(self, seq: int) -> Facts:
        found = self._facts.get(seq)
        if found is None:
            found = self._facts[seq] = _decode(self._packed[seq])
        return found

    def __contains__(self, seq: object) -> bool:
        return seq in self._packed or seq in self._facts
