"""What the library says while it changes, for those above it (it never imports `generation`).

All are sent within the transaction that makes the change: a receiver that raises undoes it.
"""

from __future__ import annotations

from django.dispatch import Signal

posts_trashed = Signal()
"""`ids`: posts that went to the trash, their rows locked. What is being made for them stops."""

posts_deleting = Signal()
"""`ids`: posts that are about to be deleted for good, their rows locked. Whoever points to them
removes its rows, and hands the objects that it owns to the outbox. `with_versions`: what was made
from them goes as well, so what is being made from them is not wanted any more.
"""

conversations_trashed = Signal()
"""`ids`: conversations that went to the trash, their rows locked and with them their turns. What
is being made in them stops.
"""

conversations_deleting = Signal()
"""`ids`: conversations that are about to be deleted for good, their rows locked and with them their
turns, which are still there. Whoever points to these turns removes its rows, and hands the objects
that it owns to the outbox: also what was uploaded for these turns alone.
"""

object_replaced = Signal()
"""`old_id`, `new_id`: a picture's object took another place in storage."""

person_suspended = Signal()
"""`person`: an account that an administrator closed; they are signed out. What is being made for
them stops, and what is theirs stays.
"""

account_described = Signal()
"""`person`, `record`: an export writes down the account. Whoever keeps more of the person puts it
into `record`, which becomes JSON, under a name of its own.
"""

person_leaving = Signal()
"""`person`: an account whose erasure has begun; they are signed out. What is being made for them
stops, and what only the receiver knows of them (rows, cached values) goes. May be sent again.
"""
