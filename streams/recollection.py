"""Decoded records of leads met lately, by sequence number. Records never change, so nothing here can be out of date."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from leads.records import Facts

_decode = msgspec.msgpack.Decoder(Facts).decode


class Recollection:
    """A bounded memo: the oldest half is forgotten when it is full, which costs less than keeping an order of use."""

    def __init__(self, most: int = 40_000) -> None:
        self._most = most
        self.facts: dict[int, Facts] = {}

    def learn(self, records: Mapping[int, bytes]) -> None:
        known = self.facts
        for seq, record in records.items():
            if seq not in known:
                known[seq] = _decode(record)
        if len(known) > self._most:
            for seq in list(known)[: self._most // 2]:
                del known[seq]
