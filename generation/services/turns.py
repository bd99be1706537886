"""The turn as the job machine sees it: its status follows from its jobs, here and nowhere else.

What holds a turn is the row of its conversation: a conversation's jobs end one by one, and
nothing begins in one that is on its way to the trash.
"""

from __future__ import annotations

from django.db.models import F

from gallery.models import EditConversation, EditTurn
from generation.models import GenerationJob
from pixelstream.live_bus import announce_on_commit


def lock(turn_id: int) -> EditTurn:
    """The turn, nobody else changes its conversation before the transaction ends.

    Raises EditTurn.DoesNotExist when it was deleted for good.
    """
    return (
        EditTurn.objects.select_related("conversation__owner")
        .select_for_update(of=("conversation",))
        .get(pk=turn_id)
    )


def announce(turn: EditTurn) -> None:
    """Tell open pages after the commit."""
    conversation = turn.conversation
    announce_on_commit(conversation_id=conversation.pk, owner_id=conversation.owner_id)


def touch(turn: EditTurn) -> None:
    """Count up the conversation's revision: something changed that a page may show."""
    conversations = EditConversation.objects.filter(pk=turn.conversation_id)
    conversations.update(revision=F("revision") + 1)
    announce(turn)


def refresh_turn(turn: EditTurn) -> None:
    """Derive the status from the jobs. Call it in the transaction that changed a job, with the
    turn locked.
    """
    turn.status = status_of(turn)
    turn.save(update_fields=["status"])
    touch(turn)


def status_of(turn: EditTurn) -> EditTurn.Status:
    """The status that the turn's jobs give."""
    jobs = turn.jobs.order_by()
    if jobs.unfinished().exists():
        return EditTurn.Status.GENERATING
    is_anything_made = jobs.filter(status=GenerationJob.Status.COMPLETED).exists()
    return EditTurn.Status.COMPLETED if is_anything_made else EditTurn.Status.ERROR
