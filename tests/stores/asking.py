"""Acts for the tests of this room, as short as they can be said."""

from __future__ import annotations

import itertools
from typing import Any

from leads.ownership import Act, Moved, Terms
from stores import ownership
from stores.index import ValkeyIndex
from tests.stores.making import event

#: When the leads of ``making`` come in, about.
BEGAN = 1_700_000_000_000
HOUR, DAY = 3_600_000, 86_400_000
_ids = itertools.count(1)


def terms(**changes: Any) -> Terms:
    return Terms(**{"protect_ms": 30 * DAY, "pool": "public", **changes})


def asked(what: Any, lead: object, actor: str, at_ms: int = BEGAN + DAY, **changes: Any) -> Act:
    """``allowed`` are changes of the terms."""
    granted = terms(**changes.pop("allowed", {}))
    return Act(f"{next(_ids):032x}", what, event(lead).hex(), actor, at_ms, terms=granted, **changes)


async def ask(
    index: ValkeyIndex, tenant: str, what: Any, lead: object, actor: str, *rest: Any, **changes: Any
) -> Moved:
    return await ownership.act(index.client, tenant, asked(what, lead, actor, *rest, **changes))
