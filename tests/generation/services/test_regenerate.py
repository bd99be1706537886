"""The same wish once more: what is the same, what is not, and what is said about it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import EditConversation, Post
from gallery.services import trash
from generation import catalogue
from generation.models import CatalogueEntry
from generation.providers.types import Kind
from generation.services.editing import start_conversation
from generation.services.regenerate import NothingToRegenerateError, regenerate
from generation.services.studio import MAX_SEED, RANDOM_SEED, wish_of
from pixelstream.accounts.models import User
from tests.factories import (
    an_edit_wish,
    create_post,
    create_project,
    create_reference,
    job_of,
    start,
    work_off,
)
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


def change_model(key: str, **fields: object) -> None:
    CatalogueEntry.objects.filter(key=key).update(**fields)
    catalogue.forget()


def models_of(post: Post | EditConversation) -> list[str]:
    assert isinstance(post, Post)
    jobs = post.jobs.filter(kind=Kind.IMAGE).order_by("slot")
    return list(jobs.values_list("model", flat=True))


def test_everything_is_the_same_but_the_seed(alice: User) -> None:
    post = start(
        alice,
        prompt="two boats",
        models="builtin/poster builtin/sketch",
        negative_prompt="people",
        aspect_ratio="3:2",
        seed=7,
        project=create_project(alice),
        references=(create_reference(alice), create_reference(alice)),
    )
    new = regenerate(post=post).made
    assert isinstance(new, Post)
    assert new.pk != post.pk
    same = ("prompt", "negative_prompt", "aspect_ratio", "resolution", "project", "owner")
    assert [getattr(new, name) for name in same] == [getattr(post, name) for name in same]
    assert models_of(new) == ["builtin/poster", "builtin/sketch"]
    assert set(job_of(new).references.all()) == set(job_of(post).references.all())
    assert new.seed == RANDOM_SEED
    assert 0 <= job_of(new).params["seed"] <= MAX_SEED
    assert job_of(new).params["seed"] != 7


def test_a_double_click_makes_one_post(alice: User) -> None:
    post, key = start(alice), uuid4()
    assert regenerate(post=post, form_key=key).made == regenerate(post=post, form_key=key).made
    assert Post.objects.count() == 2


def test_a_retired_model_falls_forward_and_says_so(alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster")
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    change_model("builtin/sketch", retired_on=yesterday, replaced_by="builtin/lumen")
    done = regenerate(post=post)
    assert models_of(done.made) == ["builtin/lumen", "builtin/poster"]
    [notice] = done.notices
    assert notice.startswith("Sketch was retired on ")
    assert notice.endswith("Lumen takes its place.")


def test_what_cannot_make_it_any_more_is_left_out_with_its_reason(alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster", aspect_ratio="3:2")
    change_model("builtin/sketch", aspect_ratios=["1:1"])
    done = regenerate(post=post)
    assert models_of(done.made) == ["builtin/poster"]
    assert done.notices == ("Sketch cannot make 3:2 pictures.",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_offered": False}, "Sketch was left out. It is no longer offered."),
        ({"max_references": 0}, "Sketch cannot use a reference."),
        ({"resolutions": ["2K"]}, "Sketch cannot make 1K pictures."),
        ({"min_references": 2}, "Sketch needs a picture to work on: add a reference."),
        ({"provider": "openai"}, "Sketch was left out. No OpenAI key is set"),
    ],
)
def test_when_no_model_is_left_nothing_is_made(
    alice: User, changes: dict[str, object], reason: str
) -> None:
    post = start(alice, models="builtin/sketch", references=(create_reference(alice),))
    change_model("builtin/sketch", **changes)
    with pytest.raises(NothingToRegenerateError, match=re.escape(reason)):
        regenerate(post=post)
    assert Post.objects.count() == 1


def test_a_model_that_the_catalogue_lost_is_no_error_page(alice: User) -> None:
    post = start(alice, models="builtin/sketch")
    post.jobs.filter(kind=Kind.IMAGE).update(model="vendor/gone")
    with pytest.raises(NothingToRegenerateError, match="gone was left out"):
        regenerate(post=post)


def test_a_post_without_jobs_is_repeated_from_its_pictures(alice: User) -> None:
    assert models_of(regenerate(post=create_post(alice, images=2)).made) == ["builtin/lumen"]


# --- the button


def test_the_button_lands_on_the_new_post_with_the_notices(as_alice: Client, alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster", aspect_ratio="3:2")
    work_off(post)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    key = re.findall(r'name="form_key" value="([^"]+)"', page)[0]
    change_model("builtin/sketch", aspect_ratios=["1:1"])
    address = f"/posts/{post.pk}/regenerate/"
    for _click in range(2):
        answer = as_alice.post(address, {"form_key": key}, follow=True)
        new = Post.objects.order_by("-id")[0]
        assert answer.redirect_chain == [(f"/posts/{new.pk}/", 302)]
        assert "Sketch cannot make 3:2 pictures." in answer.content.decode()
    assert Post.objects.count() == 2


@pytest.mark.parametrize("key", ["nonsense", "\x00", "1" * 500])
def test_a_broken_key_starts_nothing(as_alice: Client, alice: User, key: str) -> None:
    post = start(alice)
    answer = as_alice.post(f"/posts/{post.pk}/regenerate/", {"form_key": key}, follow=True)
    assert "Please send the form again." in answer.content.decode()
    assert Post.objects.count() == 1


def test_nothing_to_regenerate_is_told_on_the_old_post(as_alice: Client, alice: User) -> None:
    post = start(alice)
    change_model("builtin/sketch", is_offered=False)
    answer = as_alice.post(f"/posts/{post.pk}/regenerate/", follow=True)
    assert answer.redirect_chain == [(f"/posts/{post.pk}/", 302)]
    assert "It is no longer offered." in answer.content.decode()


def test_the_verb_is_the_owners_and_never_a_get(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    address = f"/posts/{start(alice).pk}/regenerate/"
    assert as_bob.post(address).status_code == 404
    assert as_alice.get(address).status_code == 405
    assert anonymous.post(address).headers["Location"].startswith("/accounts/login/")
    assert Post.objects.count() == 1


# --- make similar


def test_make_similar_opens_the_studio_with_the_seed_that_was_used(
    as_alice: Client, alice: User
) -> None:
    post = start(alice, prompt="two boats", aspect_ratio="3:2", models="builtin/poster")
    seed = job_of(post).params["seed"]
    page = as_alice.get(f"/posts/create/?post={post.pk}&similar=1").content.decode()
    assert re.search(rf'name="seed"\s+inputmode="numeric"\s+value="{seed}"', page)
    assert re.search(r'<details\s+class="more"\s+open>', page), "the seed is seen"
    assert "two boats" in page
    assert re.findall(r'name="models"\s+value="([^"]+)"[^>]*\schecked', page) == ["builtin/poster"]
    assert re.search(r'value="3:2"\s+checked', page)
    assert 'data-post="' not in page, "a new wish, not the old answer"

    reopened = as_alice.get(f"/posts/create/?post={post.pk}").content.decode()
    assert re.search(r'name="seed"\s+inputmode="numeric"\s+value="-1"', reopened)


@pytest.mark.parametrize("similar", ["", "0", "x", "\x00", "%ED%A0%80"])
def test_any_other_word_for_similar_is_no_error(
    as_alice: Client, alice: User, similar: str
) -> None:
    post = create_post(alice)
    answer = as_alice.get("/posts/create/", {"post": post.pk, "similar": similar})
    assert answer.status_code == 200


# --- an emptied caption


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_tried_again_though_the_caption_was_emptied(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    from generation.providers.errors import ErrorKind, ProviderError

    refusal = ProviderError(ErrorKind.INVALID, "no")
    scripted.answers["test/a"] = [refusal, scripted.picture()]
    post = start(alice, models="test/a")
    work_off(post)
    Post.objects.filter(pk=post.pk).update(caption="")
    as_alice.post(f"/posts/{post.pk}/retry/", {"slot": 0})
    work_off(post)
    assert post.images.count() == 1
    assert post.caption == "", "nobody wrote a new one"
    assert post.jobs.filter(kind=Kind.CAPTION).count() == 1


# --- what came of an edit ------------------------------------------------------------------------


def edited(scripted: ScriptedProvider, alice: User) -> Post:
    """A post that came of an edit with two bases and a reference."""
    source = create_post(alice, images=2)
    first, second = source.images.order_by("position")
    wish = an_edit_wish("warmer", bases=[second, first], references=[create_reference(alice)])
    turn = start_conversation(owner=alice, source=second, wish=wish).turns.get()
    work_off(turn)
    return turn.images.get().post


def test_an_edit_is_made_again_as_the_next_turn_of_its_conversation(
    scripted: ScriptedProvider, alice: User
) -> None:
    post = edited(scripted, alice)
    conversation = EditConversation.objects.get()
    key = uuid4()

    assert regenerate(post=post, form_key=key).made == conversation
    assert regenerate(post=post, form_key=key).made == conversation
    first, again = conversation.turns.order_by("number")
    assert again.message == "warmer"
    assert list(again.references.all()) == list(first.references.all())
    jobs = [job_of(turn) for turn in (first, again)]
    assert jobs[0].params["bases"] == jobs[1].params["bases"]
    assert jobs[0].params["seed"] != jobs[1].params["seed"]
    work_off(again)
    assert again.images.get().post.parent_id == post.parent_id


def test_without_its_conversation_an_edit_is_made_again_in_a_new_one(
    scripted: ScriptedProvider, alice: User
) -> None:
    post = edited(scripted, alice)
    EditConversation.objects.update(deleted_at=post.created_at)

    made = regenerate(post=post).made
    assert isinstance(made, EditConversation)
    assert made != EditConversation.objects.earliest("id")
    assert made.source_image_id == post.images.get().params["bases"][0]


def test_an_edit_whose_pictures_are_gone_says_so(scripted: ScriptedProvider, alice: User) -> None:
    post = edited(scripted, alice)
    trash.trash(owner=alice, ids=[post.parent_id or 0])

    with pytest.raises(NothingToRegenerateError) as raised:
        regenerate(post=post)
    assert str(raised.value) == "The picture it starts from is not there any more."


def test_an_edit_that_was_imported_does_not_start_from_a_stranger(
    scripted: ScriptedProvider, alice: User
) -> None:
    post = edited(scripted, alice)
    image = post.images.get()
    image.params = {**image.params, "parent": 4711}
    image.save()

    with pytest.raises(NothingToRegenerateError):
        regenerate(post=post)


@pytest.mark.parametrize("bases", [None, "1", 7, {"1": 2}, [[1]], ["1"], [0], [10**30]])
def test_an_imported_edit_may_name_anything_as_what_it_started_from(
    scripted: ScriptedProvider, alice: User, bases: object
) -> None:
    post = edited(scripted, alice)
    image = post.images.get()
    image.params = {**image.params, "bases": bases}
    image.save()

    with pytest.raises(NothingToRegenerateError):
        regenerate(post=post)


def test_an_imported_edit_may_have_no_picture_or_no_words(
    scripted: ScriptedProvider, alice: User
) -> None:
    post = edited(scripted, alice)
    EditConversation.objects.update(deleted_at=post.created_at)
    post.images.update(prompt=" ")
    with pytest.raises(NothingToRegenerateError):
        regenerate(post=post)
    post.images.update(post=post.parent_id, position=7)
    with pytest.raises(NothingToRegenerateError):
        regenerate(post=post)


def test_the_studio_can_begin_with_what_an_edit_was_made_from(
    scripted: ScriptedProvider, alice: User
) -> None:
    post = edited(scripted, alice)
    wish = wish_of(post, same_seed=True)

    assert wish["prompt"] == "warmer"
    assert wish["models"] == ["test/edit"]
    assert wish["seed"] == post.images.get().seed
    assert len(wish["references"]) == 1


def test_the_button_on_the_page_of_an_edit_leads_to_its_conversation(
    scripted: ScriptedProvider, alice: User, as_alice: Client
) -> None:
    post = edited(scripted, alice)
    assert as_alice.get(post.get_absolute_url()).status_code == 200
    answer = as_alice.post(f"/posts/{post.pk}/regenerate/", {"form_key": str(uuid4())})

    conversation = EditConversation.objects.get()
    assert answer["Location"] == conversation.get_absolute_url()
    assert conversation.turns.count() == 2


def test_the_studio_opens_with_an_edit_to_begin_with(
    scripted: ScriptedProvider, alice: User, as_alice: Client
) -> None:
    post = edited(scripted, alice)
    page = as_alice.get(f"/posts/create/?post={post.pk}&similar=1")

    assert page.status_code == 200
    assert "warmer" in page.content.decode()
