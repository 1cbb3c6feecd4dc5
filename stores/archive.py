"""Segments on disk: what the log held, kept after the log has let go of it, encrypted.

A segment is a file of frames: 4 bytes length, 12 bytes nonce, AES-256-GCM ciphertext of a msgpack list of entries
(ref, key, value, headers). ``append`` returns when the frame is on disk. A frame cut short by a crash is cut off when the
archive is opened; its entries were not acknowledged, so they come again. Repeats are possible, readers go by ``ref``.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leads.errors import BadInput, StoreDown

SEGMENT_BYTES = 64 << 20
_NONCE = 12


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One archived message. ``ref`` names it in its log."""

    ref: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


_decode = msgspec.msgpack.Decoder(list[Entry]).decode


class Archive:
    """The segments of one topic. Several processes may append: each holds a lock while it writes."""

    def __init__(self, directory: Path, key: bytes, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._directory = directory
        self._cipher = AESGCM(key)
        self._segment_bytes = segment_bytes
        self._known: tuple[Path, int] | None = None  # the segment we wrote last, and where it ended

    def append(self, entries: Sequence[Entry]) -> None:
        """Durable when it returns. Raises StoreDown when the disk does not take it."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self._directory / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._write(self._sealed(entries))
        except OSError as error:
            self._known = None
            raise StoreDown(
                f"the archive in {self._directory} cannot be written ({error.strerror}); free the disk"
            ) from error

    def _write(self, frame: bytes) -> None:
        path = self._segment()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if (path, os.fstat(file).st_size) != self._known:  # another process wrote here, or died here
                os.ftruncate(file, _whole(path))
            if os.write(file, frame) != len(frame):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fdatasync(file)
            self._known = (path, os.fstat(file).st_size)
        finally:
            os.close(file)

    def _segment(self) -> Path:
        present = self.segments()
        if present and present[-1].stat().st_size < self._segment_bytes:
            return present[-1]
        number = int(present[-1].stem) + 1 if present else 1
        return self._directory / f"{number:08d}.seg"

    def read(self) -> Iterator[Entry]:
        """All entries, oldest first. Raises BadInput when the key is not the one they were written with."""
        for path in self.segments():
            for frame in self._frames(path):
                yield from frame

    def newest(self) -> Entry | None:
        """The last entry of the newest segment, None when there is none. Raises BadInput as ``read``."""
        last = None
        for path in self.segments()[-1:]:
            for frame in self._frames(path):
                last = frame[-1]
        return last

    def _frames(self, path: Path) -> Iterator[list[Entry]]:
        with path.open("rb") as file:
            while len(head := file.read(4)) == 4:
                body = file.read(int.from_bytes(head, "big"))
                if len(body) < int.from_bytes(head, "big"):
                    break
                try:
                    plain = self._cipher.decrypt(body[:_NONCE], body[_NONCE:], None)
                except InvalidTag as error:
                    raise BadInput(
                        "wrong_key", f"{path.name} does not open with this key; use the one in force then"
                    ) from error
                yield _decode(plain)

    def drop(self, keys: Collection[bytes]) -> int:
        """Take every entry of these keys away, as ``rewrite`` does. Gives how many went."""
        return self.rewrite(lambda entry: None if entry.key in keys else entry)

    def rewrite(self, change: Callable[[Entry], Entry | None]) -> int:
        """Put what ``change`` gives in the place of each entry, None takes it away: segments where anything changes are written
        again. Gives how many entries changed.

        Durable when it returns; what a crash leaves behind is the old segment, whole. Raises StoreDown, BadInput as ``read``.
        """
        changed = 0
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with (self._directory / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for path in self.segments():
                    frames = [list(frame) for frame in self._frames(path)]
                    made = [[(entry, change(entry)) for entry in frame] for frame in frames]
                    here = sum(after is not before for frame in made for before, after in frame)
                    if here:
                        kept = [[after for _, after in frame if after is not None] for frame in made]
                        self._replace(path, [frame for frame in kept if frame])
                        changed += here
        except OSError as error:
            raise StoreDown(f"the archive in {self._directory} cannot be written ({error.strerror})") from error
        finally:
            self._known = None
        return changed

    def _replace(self, path: Path, frames: Sequence[Sequence[Entry]]) -> None:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            for frame in frames:
                file.write(self._sealed(frame))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _sealed(self, entries: Sequence[Entry]) -> bytes:
        nonce = os.urandom(_NONCE)
        body = nonce + self._cipher.encrypt(nonce, msgspec.msgpack.encode(list(entries)), None)
        return len(body).to_bytes(4, "big") + body

    def segments(self) -> list[Path]:
        return sorted(self._directory.glob("*.seg"))


def _whole(path: Path) -> int:
    """Length of the part of a segment that consists of whole frames."""
    if not path.exists():
        return 0
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while len(head := file.read(4)) == 4:
            end = at + 4 + int.from_bytes(head, "big")
            if end > size:
                break
            at = end
            file.seek(at)
    return at
