"""The dialog that begins a conversation."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gallery.models import EditConversation, EditTurn
from generation import catalogue
from generation.models import CatalogueEntry
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post, create_reference, picture_bytes
from tests.generation.views.asking import HTMX, POSTER, SKETCH, edit, text_of, wish

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_picture_with_its_model_and_size(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    create_image(post, model=POSTER, model_name="Poster", width=1024, height=768)
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/"))
    for words in (
        "New conversation",
        "Start editing this image",
        "Your instructions",
        "1024 x 768",
    ):
        assert words in page
    assert re.search(r'value="builtin/poster"[^>]*checked', page), "its own model is chosen"
    assert re.findall(r'name="models"\s+value="([^"]+)"(?:[^>]*)\schecked', page) == [POSTER]


def test_htmx_gets_the_same_as_a_dialog(as_alice: Client, alice: User) -> None:
    answer = as_alice.get(f"/posts/{create_post(alice).pk}/edit/", headers=HTMX)
    assert answer.headers["Vary"].startswith("HX-Request, Cookie")
    assert "<html" not in text_of(answer)
    assert "<dialog" in text_of(answer)
    assert "Start editing this image" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 0), ("?img=1", 0), ("?img=2", 1), ("?img=9", 0), ("?img=x", 0), ("?img=-1", 0)],
)
def test_a_picture_is_named_by_its_number_or_it_is_the_one_in_front(
    as_alice: Client, alice: User, query: str, shown: int
) -> None:
    post = create_post(alice, images=2)
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/{query}"))
    assert f'name="image" value="{post.images.all()[shown].pk}"' in page


def test_a_picture_is_named_by_its_id(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    second = post.images.all()[1]
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/?image={second.pk}"))
    assert f'name="image" value="{second.pk}"' in page


def test_a_model_that_cannot_edit_any_more_is_not_chosen(as_alice: Client, alice: User) -> None:
    CatalogueEntry.objects.filter(key=SKETCH).update(kinds=["image"])
    catalogue.forget()
    post = create_post(alice, images=0)
    create_image(post, model=SKETCH, model_name="Sketch")
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/"))
    assert f'value="{SKETCH}"' not in page
    assert " checked>" in page, "the catalogue's default is"


def test_start_makes_the_conversation_and_goes_there(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    answer = edit(as_alice, post, message="make it colder\r\nplease", models=[SKETCH, POSTER])
    found = EditConversation.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/posts/edit/{found.pk}/"
    assert (found.owner, found.source_image) == (alice, post.images.get())
    turn = found.turns.get()
    assert turn.message == "make it colder\nplease"
    assert [job.model for job in turn.jobs.order_by("slot")] == [SKETCH, POSTER]
    assert [base.image_id for base in turn.bases.all()] == [post.images.get().pk]


def test_htmx_is_sent_to_the_conversation(as_alice: Client, alice: User) -> None:
    answer = edit(as_alice, create_post(alice), htmx=True)
    found = EditConversation.objects.get()
    assert answer.headers["HX-Redirect"] == found.get_absolute_url()
    assert not answer.content


def test_a_double_click_begins_one_conversation(as_alice: Client, alice: User) -> None:
    post, sent = create_post(alice), wish()
    first = as_alice.post(f"/posts/{post.pk}/edit/", sent)
    again = as_alice.post(f"/posts/{post.pk}/edit/", sent)
    assert EditConversation.objects.count() == EditTurn.objects.count() == 1
    assert first.headers["Location"] == again.headers["Location"]


def test_references_are_taken_along_also_as_files(as_alice: Client, alice: User) -> None:
    kept = create_reference(alice)
    file = SimpleUploadedFile("pier.jpg", picture_bytes(), "image/jpeg")
    edit(as_alice, create_post(alice), references=[kept.pk], uploads=[file])
    assert EditTurn.objects.get().references.count() == 2


def test_a_file_that_is_no_picture_is_told(as_alice: Client, alice: User) -> None:
    file = SimpleUploadedFile("notes.jpg", b"no picture", "image/jpeg")
    answer = edit(as_alice, create_post(alice), uploads=[file])
    assert answer.status_code == 422
    assert "notes.jpg: " in text_of(answer)
    assert not EditConversation.objects.exists()


def test_what_was_typed_in_the_dialog_is_kept(as_alice: Client, alice: User) -> None:
    reference = create_reference(alice)
    answer = edit(
        as_alice,
        create_post(alice),
        message="a stubborn goat",
        models=[],
        references=[reference.pk],
    )
    assert "a stubborn goat</textarea>" in text_of(answer)
    assert f'name="references" value="{reference.pk}"' in text_of(answer)


def test_a_picture_that_went_meanwhile_is_told(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    answer = edit(as_alice, post, image="999999")
    assert answer.status_code == 422
    assert "This picture is not there any more." in text_of(answer)
    assert not EditConversation.objects.exists()


def test_a_post_without_a_picture_has_nothing_to_edit(as_alice: Client, alice: User) -> None:
    assert as_alice.get(f"/posts/{create_post(alice, images=0).pk}/edit/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_its_owner_edits_a_post_and_only_while_it_is_there(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, method: str
) -> None:
    post, trashed = create_post(alice), create_post(alice, deleted_at=timezone.now())
    address = f"/posts/{post.pk}/edit/"
    assert getattr(as_bob, method)(address, wish()).status_code == 404
    assert getattr(as_alice, method)(f"/posts/{trashed.pk}/edit/", wish()).status_code == 404
    door = getattr(anonymous, method)(address, wish()).headers["Location"]
    assert door.startswith("/accounts/login/?next=")
    assert not EditConversation.objects.exists()
