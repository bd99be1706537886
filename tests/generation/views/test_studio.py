"""The studio's page and form, as a browser uses them."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gallery.models import Post, ReferenceImage
from pixelstream.accounts.models import User
from tests.factories import create_project, create_reference, picture_bytes, start

pytestmark = pytest.mark.django_db

STUDIO = "/posts/create/"
HTMX = {"HX-Request": "true"}


def wish(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "prompt": "a lighthouse at dusk",
        "models": ["builtin/sketch", "builtin/poster"],
        "aspect_ratio": "4:5",
        "resolution": "1K",
        "seed": "-1",
        "form_key": str(uuid4()),
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def test_the_page_offers_the_usable_models_and_says_why_others_are_not(as_alice: Client) -> None:
    page = as_alice.get(STUDIO).content.decode()
    assert "Lumen" in page
    assert "Nano Banana Pro" in page
    assert "No OpenRouter key is set" in page
    assert "Fault: fails" not in page, "test models are not offered"


def test_sending_the_form_makes_a_post_and_shows_it_in_the_studio(
    as_alice: Client, alice: User
) -> None:
    response = as_alice.post(STUDIO, wish())
    post = Post.objects.get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"{STUDIO}?post={post.pk}"
    assert post.owner == alice
    assert post.aspect_ratio == "4:5"
    assert list(post.jobs.values_list("kind", flat=True)) == ["caption", "image", "image"]


def test_htmx_gets_the_results_with_a_stream_and_a_new_form_key(as_alice: Client) -> None:
    sent = wish()
    response = as_alice.post(STUDIO, sent, headers=HTMX)
    html = response.content.decode()
    post = Post.objects.get()
    assert response.headers["HX-Push-Url"] == f"{STUDIO}?post={post.pk}"
    assert 'id="results"' in html
    assert "hx-sse:connect=" in html
    assert "<html" not in html
    assert 'id="form-key"' in html
    assert str(sent["form_key"]) not in html


def test_reloading_in_the_middle_shows_the_same_post_with_the_wish_in_the_form(
    as_alice: Client, alice: User
) -> None:
    post = start(alice, "a very particular fox", "builtin/poster")
    page = as_alice.get(f"{STUDIO}?post={post.pk}").content.decode()
    assert "a very particular fox</textarea>" in page
    assert f'data-post="{post.pk}"' in page
    assert 'http-equiv="refresh"' in page, "without JavaScript the page refreshes itself"


def test_a_double_click_makes_one_post(as_alice: Client) -> None:
    sent = wish()
    as_alice.post(STUDIO, sent)
    as_alice.post(STUDIO, sent)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": ""}, "Write what you want to see."),
        ({"prompt": "   \n\t "}, "Write what you want to see."),
        ({"prompt": None}, "Write what you want to see."),
        ({"prompt": "x" * 4001}, "4000"),
        ({"prompt": "nul \x00 byte"}, "Null characters are not allowed."),
        ({"models": None}, "Choose at least one model."),
        ({"models": ["builtin/nothing"]}, "is not a model that can be used now."),
        ({"models": ["google/gemini-3-pro-image-preview"]}, "is not a model that can be used now."),
        ({"models": ["builtin/fault-fail"]}, "is not a model that can be used now."),
        ({"aspect_ratio": "7:3"}, "This aspect ratio is not offered."),
        ({"aspect_ratio": "square"}, "This aspect ratio is not offered."),
        ({"resolution": "16K"}, "This resolution is not offered."),
        ({"resolution": "4K"}, "This resolution is not offered."),
        ({"seed": "many"}, "Enter a whole number."),
        ({"seed": "-2"}, "greater than or equal to -1"),
        ({"seed": str(2**31)}, "less than or equal to"),
        ({"references": ["999999"]}, "A reference is not there any more."),
        ({"references": ["x"]}, "A reference is not there any more."),
        ({"references": ["9" * 5000]}, "A reference is not there any more."),
        ({"references": ["\x00", "²", str(2**64)]}, "A reference is not there any more."),
        ({"project": "999999"}, "Select a valid choice."),
        ({"form_key": "nonsense"}, "Please send the form again."),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_started(
    as_alice: Client, changes: dict[str, object], message: str
) -> None:
    response = as_alice.post(STUDIO, wish(**changes), headers=HTMX)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Post.objects.exists()


def test_what_was_typed_is_kept_when_something_is_wrong(as_alice: Client, alice: User) -> None:
    reference = create_reference(alice)
    sent = wish(
        prompt="a stubborn goat",
        negative_prompt="no fences",
        seed="77",
        resolution="4K",
        references=[str(reference.pk)],
    )
    page = as_alice.post(STUDIO, sent).content.decode()
    assert "a stubborn goat</textarea>" in page
    assert "no fences</textarea>" in page
    assert 'value="77"' in page
    assert f'name="references" value="{reference.pk}"' in page


def test_too_many_references_are_refused(as_alice: Client, alice: User) -> None:
    ids = [str(create_reference(alice).pk) for _ in range(5)]
    page = as_alice.post(STUDIO, wish(references=ids)).content.decode()
    assert "Sketch, Poster cannot use 5 references." in page


def test_another_persons_reference_or_project_is_unknown(as_alice: Client, bob: User) -> None:
    reference, project = create_reference(bob), create_project(bob)
    assert as_alice.post(STUDIO, wish(references=[reference.pk])).status_code == 422
    assert as_alice.post(STUDIO, wish(project=project.pk)).status_code == 422
    assert not Post.objects.exists()


def test_references_are_sent_along_with_every_picture_job(as_alice: Client, alice: User) -> None:
    reference = create_reference(alice)
    as_alice.post(STUDIO, wish(references=[reference.pk]))
    post = Post.objects.get()
    assert [job.references.count() for job in post.jobs.filter(kind="image")] == [1, 1]
    assert post.messages.get().attachments.get() == reference


def test_without_javascript_files_come_with_the_form(as_alice: Client, alice: User) -> None:
    upload = SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")
    as_alice.post(STUDIO, wish(uploads=[upload]))
    reference = ReferenceImage.objects.get(owner=alice)
    assert reference.filename == "cat.jpg"
    assert Post.objects.get().jobs.filter(kind="image")[0].references.get() == reference


def test_a_file_that_is_no_picture_is_told_beside_the_field(as_alice: Client) -> None:
    upload = SimpleUploadedFile("notes.png", b"not a picture", "image/png")
    page = as_alice.post(STUDIO, wish(uploads=[upload])).content.decode()
    assert "notes.png: Invalid file type." in page
    assert not Post.objects.exists()


def test_the_models_of_the_last_post_are_preselected(as_alice: Client, alice: User) -> None:
    start(alice, models="builtin/papercut")
    page = as_alice.get(STUDIO).content.decode()
    boxes = re.findall(r'<input[^>]*name="models"[^>]*>', page)
    checked = [box for box in boxes if re.search(r"\schecked\b", box)]
    assert len(checked) == 1
    assert "builtin/papercut" in checked[0]


def test_anonymous_is_sent_to_sign_in_and_back(anonymous: Client) -> None:
    response = anonymous.get(STUDIO)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{reverse('account_login')}?next={STUDIO}"
    assert anonymous.post(STUDIO, wish()).status_code == 302
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "query", ["post=999", "post=abc", "post=-1", "post=1e9", "prompt=\x00", "project=x"]
)
def test_odd_parameters_never_break_the_page(as_alice: Client, query: str) -> None:
    assert as_alice.get(f"{STUDIO}?{query}").status_code in {200, 404}


def test_another_persons_post_is_not_there(as_bob: Client, alice: User) -> None:
    post = start(alice)
    assert as_bob.get(f"{STUDIO}?post={post.pk}").status_code == 404
