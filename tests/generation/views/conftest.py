"""A conversation that has begun."""

from __future__ import annotations

import pytest

from gallery.models import EditConversation
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_turn


@pytest.fixture
def conversation(alice: User) -> EditConversation:
    """Alice's, with one turn of two outputs."""
    found = create_conversation(alice)
    create_turn(found, outputs=2)
    return found
