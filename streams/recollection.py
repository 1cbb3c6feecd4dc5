"""Decoded records of leads met lately, by sequence number. Records never change, so nothing here can be out of date."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from leads.records import Facts

_decode = msgspec.msgpack.Decoder(Facts).decode


class Recollection:
    """A bounded memo. ``trim`` is called between flows only: what a flow told the index it knows must stay until it ends."""

    def __init__(self, most: int = 40_000) -> None:
        self._most = most
        self.facts: dict[int, Facts] = {}

    def learn(self, records: Mapping[int, bytes]) -> None:
        known = self.facts
        for seq, record in records.items():
            if seq not in known:
                known[seq] = _decode(record)

    def trim(self) -> None:
        """Forget the older half when full, which costs less than keeping an order of use."""
        if len(self.facts) > self._most:
            for seq in list(self.facts)[: self._most // 2]:
                del self.facts[seq]
