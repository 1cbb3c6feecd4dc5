"""What one entry of a stream holds: many messages, packed as they are (bytes stay bytes), and their names when read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

#: Bounds of one entry: it is read, and comes again after a crash, in one piece.
_ENTRY_MESSAGES, _ENTRY_BYTES = 1_000, 4_000_000


class Sendable(Protocol):
    """What can be published."""

    @property
    def key(self) -> bytes: ...
    @property
    def value(self) -> bytes: ...
    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]: ...


class Delivered(msgspec.Struct, frozen=True, gc=False):
    """A message as handed over: the shape of ``streams.ports.Message``. ``ref`` sorts as text."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    ref: str


class _Packed(msgspec.Struct, frozen=True, gc=False, array_like=True):
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


_encode = msgspec.msgpack.Encoder().encode
#: The one field of an entry.
FIELD = b"m"
_decode = msgspec.msgpack.Decoder(list[_Packed]).decode
Entry = tuple[bytes, list[Delivered]]


def pack(messages: Sequence[Sendable], *, whole: bool = False) -> Iterator[bytes]:
    """The bodies of the entries for these messages: one, or several when they are many or large and need not stay ``whole``."""
    group: list[_Packed] = []
    size = 0
    for one in messages:
        if group and not whole and (len(group) >= _ENTRY_MESSAGES or size + len(one.value) > _ENTRY_BYTES):
            yield _encode(group)
            group, size = [], 0
        group.append(_Packed(one.key, one.value, one.headers))
        size += len(one.value)
    if group:
        yield _encode(group)


def unpack(topic: str, name: bytes, fields: Mapping[bytes, bytes] | None) -> Entry:
    """The messages of an entry. ``fields`` is None for one that was deleted while pending: there is only to acknowledge."""
    ms, number = name.decode().split("-")
    packed = _decode(fields[FIELD]) if fields else []
    return name, [
        Delivered(topic, one.key, one.value, one.headers, f"{topic}/0/{ms}-{number:0>6}-{index:0>5}")
        for index, one in enumerate(packed)
    ]
