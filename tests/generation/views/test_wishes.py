"""What is wrong with a wish is told, in the dialog that begins a conversation and on its page."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.models import EditConversation
from gallery.services import quota
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference
from tests.generation.views.asking import edit, send, text_of

pytestmark = pytest.mark.django_db


MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"message": ""}, "Write what you want to change."),
    ({"message": " \n\t "}, "Write what you want to change."),
    ({"message": None}, "Write what you want to change."),
    ({"message": "x" * 4001}, "4000"),
    ({"message": "nul \x00 byte"}, "Null characters are not allowed."),
    ({"models": None}, "Choose at least one model."),
    ({"models": ["builtin/nothing"]}, "is not a model that can be used now."),
    ({"models": ["google/gemini-3-pro-image"]}, "is not a model that can be used now."),
    ({"models": ["builtin/copywriter"]}, "is not a model that can be used now."),
    ({"references": ["999999"]}, "A reference is not there any more."),
    ({"references": ["\x00", "²", str(2**64)]}, "A reference is not there any more."),
    ({"form_key": "nonsense"}, "Please send the form again."),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_in_the_dialog_is_told_and_nothing_is_started(
    as_alice: Client, alice: User, changes: dict[str, object], message: str
) -> None:
    post = create_post(alice)
    for htmx in (False, True):
        answer = edit(as_alice, post, htmx=htmx, **changes)
        assert answer.status_code == 422
        assert message in text_of(answer)
    assert not EditConversation.objects.exists()


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_in_a_message_is_told_and_nothing_is_sent(
    as_alice: Client, conversation: EditConversation, changes: dict[str, object], message: str
) -> None:
    for htmx in (False, True):
        answer = send(as_alice, conversation, htmx=htmx, **changes)
        assert answer.status_code == 422
        assert message in text_of(answer)
    assert conversation.turns.count() == 1


def test_more_pictures_than_a_model_takes_are_refused_with_its_name_and_limit(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    references = [create_reference(alice).pk for _ in range(4)]
    answer = edit(as_alice, create_post(alice), references=references)
    assert "Sketch takes at most 4 pictures, references included." in text_of(answer)
    bases = [image.pk for image in conversation.turns.get().images.all()]
    answer = send(as_alice, conversation, bases=bases, references=references[:3])
    assert "Sketch takes at most 4 pictures, references included." in text_of(answer)
    assert send(as_alice, conversation, bases=bases, references=references[:2]).status_code == 302


def test_a_full_storage_is_told_and_what_was_typed_is_kept(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    post = create_post(alice)
    quota.set_limit(alice, 1)
    started, sent = edit(as_alice, post), send(as_alice, conversation)
    for answer in (started, sent):
        assert answer.status_code == 422
        assert "storage is full" in text_of(answer).lower()
        assert "make it black and white</textarea>" in text_of(answer)
    assert conversation.turns.count() == 1
