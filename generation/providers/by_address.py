"""Pictures that a vendor gives as an address: what else the answer said is kept until the picture
is fetched. Fetching costs nothing and may be repeated; the paid call may not.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Literal

from generation.providers import http, pictures
from generation.providers.types import Connection, Cost, Done, Pending

Basis = Literal["reported", "estimated", "unknown"]
_BASES: dict[str, Basis] = {"reported": "reported", "estimated": "estimated", "unknown": "unknown"}


def put_aside(url: str, answered: Done) -> Pending:
    """An answer that lacks only its picture, as work that is fetched at once and by `take_up`."""
    cost = answered.cost
    state = {
        "url": url,
        "amount": "" if cost.amount is None else str(cost.amount),
        "basis": cost.basis,
        "usage": json.dumps(dict(cost.usage)),
        "ignored": " ".join(answered.ignored),
        "served_by": answered.served_by,
    }
    return Pending(answered.remote_id, 0, state)


def take_up(pending: Pending, connection: Connection) -> Done:
    """Fetch the picture and give the whole answer. Raises ProviderError as `http.download` does."""
    state = pending.state
    picture = pictures.artifact(http.download(state["url"], connection))
    amount = Decimal(state["amount"]) if state["amount"] else None
    return Done(
        artifacts=(picture,),
        cost=Cost(amount, _BASES[state["basis"]], json.loads(state["usage"])),
        remote_id=pending.remote_id,
        ignored=tuple(state["ignored"].split()),
        served_by=state["served_by"],
    )
