"""Records of leads met lately, by sequence number. Records never change, so nothing here can be out of date."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from leads.records import Facts

_decode = msgspec.msgpack.Decoder(Facts).decode


class Recollection:
    """A bounded memo. A record is decoded when somebody looks at it: many a candidate is dropped before.

    ``trim`` is called between flows only: what an answer brought must stay until the flow has judged by it.
    """

    def __init__(self, most: int = 40_000) -> None:
        self._most = most
        self._facts: dict[int, Facts] = {}
        self._packed: dict[int, bytes] = {}

    def learn(self, records: Mapping[int, bytes]) -> None:
        for seq, record in records.items():
            if seq not in self._facts:
                self._packed[seq] = record

    def put(self, seq: int, facts: Facts) -> None:
        """A lead that was prepared here need not be decoded."""
        self._facts[seq] = facts

    def __getitem__(self, seq: int) -> Facts:
        found = self._facts.get(seq)
        if found is None:
            found = self._facts[seq] = _decode(self._packed.pop(seq))
        return found

    def __contains__(self, seq: object) -> bool:
        return seq in self._facts or seq in self._packed

    def __len__(self) -> int:
        return len(self._facts) + len(self._packed)

    def trim(self) -> None:
        """Forget the older half when full, which costs less than keeping an order of use."""
        if len(self) > self._most:
            for memo in (self._facts, self._packed):
                for seq in list(memo)[: len(memo) // 2]:
                    del memo[seq]
