"""What a tenant tells us about its data: which fields it declares, what its own numbers are, whom never to contact."""

from __future__ import annotations

import msgspec


class Preparation(msgspec.Struct, frozen=True):
    """``kinds``: custom field -> text | name | company | address | id | date | number | category.

    ``internal_numbers`` are national numbers of the company's own lines; ``do_not_contact`` are phones and mails as the
    operator wrote them (normalised at load time by prepare); ``country`` is where numbers without a code are from: "CN".
    """

    country: str = ""
    kinds: dict[str, str] = {}
    internal_numbers: frozenset[str] = frozenset()
    do_not_contact: frozenset[str] = frozenset()
    test_markers: frozenset[str] = frozenset({"test@example.com"})
    max_value_chars: int = 4_000
