from __future__ import annotations

import io

from gateway.delivery import Digester, file_digest, fresh_event

SECRET = "a secret that never changes"


def test_the_same_delivery_key_is_the_same_event_for_ever() -> None:
    """A change of this value makes every redelivery a new lead."""
    assert Digester(SECRET).event("acme", "site", "id", "7") == "fbc97a224448df972eab0235cf70c4e1"


def test_ids_differ_by_every_part_and_by_kind_and_secret() -> None:
    digester = Digester(SECRET)
    ids = [
        digester.event("acme", "site", "id", "7"),
        digester.event("other", "site", "id", "7"),
        digester.event("acme", "form", "id", "7"),
        digester.event("acme", "site", "id7"),
        digester.event("acme", "siteid", "7"),
        digester.event("acme", "site", "id", "\ud800"),
        digester.call("acme", "site", "7"),
        digester.row("7", 7),
        digester.row("77", 7),
        Digester("another secret").event("acme", "site", "id", "7"),
    ]

    assert len(set(ids)) == len(ids)
    assert all(len(bytes.fromhex(value)) == 16 for value in ids)


def test_fresh_events_are_fresh() -> None:
    assert fresh_event() != fresh_event()
    assert len(bytes.fromhex(fresh_event())) == 16


def test_a_file_is_digested_whole_and_left_at_its_start() -> None:
    file = io.BytesIO(b"x" * 3_000_000)
    file.seek(5)

    assert file_digest(file) == file_digest(io.BytesIO(b"x" * 3_000_000)) != file_digest(io.BytesIO(b"x" * 2_999_999))
    assert file.tell() == 0
