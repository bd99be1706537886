"""A post's page, its live fragment, and its verbs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import Post
from gallery.services import deletion, trash
from generation.models.jobs import ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from pixelstream.accounts.models import User
from tests.factories import create_post, job_of, start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_the_page_shows_caption_pictures_and_settings(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=2, prompt="two small boats")
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    assert "The sea keeps the diary." in page
    assert '<span class="tag">#Lighthouse</span>' in page
    assert page.count('class="out"') == 2
    assert "two small boats" in page
    assert post.images.first().object.key in page


def test_what_a_person_wrote_is_never_markup(as_alice: Client, alice: User) -> None:
    evil = '<script>alert(1)</script> &amp; "quotes" #tag'
    post = create_post(alice, prompt=evil, caption=evil)
    for address in (f"/posts/{post.pk}/", "/gallery/", "/", f"/posts/create/?post={post.pk}"):
        page = as_alice.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_unfinished_post_listens_and_a_finished_one_does_not(
    as_alice: Client, alice: User
) -> None:
    unfinished, finished = start(alice), create_post(alice)
    assert "hx-sse:connect=" in as_alice.get(f"/posts/{unfinished.pk}/").content.decode()
    assert "hx-sse:connect=" not in as_alice.get(f"/posts/{finished.pk}/").content.decode()


@pytest.mark.parametrize("address", ["/posts/{}/", "/posts/{}/results/"])
def test_another_persons_post_is_not_there(as_bob: Client, alice: User, address: str) -> None:
    post = create_post(alice)
    assert as_bob.get(address.format(post.pk)).status_code == 404
    assert as_bob.get(address.format(post.pk + 1000)).status_code == 404


@pytest.mark.parametrize("verb", ["retry", "cancel"])
def test_verbs_are_the_owners_and_never_a_get(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, verb: str
) -> None:
    post = start(alice)
    address = f"/posts/{post.pk}/{verb}/"
    assert as_bob.post(address, {"slot": 0}).status_code == 404
    assert as_alice.get(address).status_code == 405
    assert anonymous.post(address).headers["Location"].startswith("/accounts/login/")
    post.refresh_from_db()
    assert post.is_unfinished


def test_a_trashed_post_is_not_there_and_its_owner_is_told_where_it_is(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    post, gone = create_post(alice, deleted_at=timezone.now()), create_post(alice)
    trash.trash(owner=alice, ids=[gone.pk])
    deletion.delete_posts(Post.objects.filter(pk=gone.pk), by=None)
    for pk, told in ((post.pk, "This post is in the trash"), (gone.pk, "This post was deleted")):
        address = f"/posts/{pk}/"
        answer = as_alice.get(address)
        assert answer.status_code == 404
        assert told in answer.content.decode()
        strange = as_bob.get(address)
        assert strange.status_code == 404
        assert told not in strange.content.decode()
        assert as_alice.get(f"{address}results/").status_code == 404
    restore = f'action="/posts/{post.pk}/restore/"'
    assert restore in as_alice.get(f"/posts/{post.pk}/").content.decode()
    assert str(post.get_absolute_url()) not in as_alice.get("/gallery/").content.decode()


@pytest.mark.django_db(transaction=True)  # the lease is renewed on a connection of its own
def test_the_fragment_answers_304_until_something_changed(as_alice: Client, alice: User) -> None:
    post = start(alice)
    address = f"/posts/{post.pk}/results/?view=studio"
    first = as_alice.get(address)
    etag = first.headers["ETag"]
    assert as_alice.get(address, headers={"If-None-Match": etag}).status_code == 304
    work_off(post)
    changed = as_alice.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "1 / 1" in changed.content.decode()


@pytest.mark.parametrize("view", ["", "studio", "post", "home", "conversation", "nonsense", "<b>"])
def test_any_named_view_gives_a_fragment(as_alice: Client, alice: User, view: str) -> None:
    post = create_post(alice)
    response = as_alice.get(f"/posts/{post.pk}/results/", {"view": view})
    assert response.status_code == 200
    assert 'id="results"' in response.content.decode()


def test_cancel_stops_the_post_and_says_so(as_alice: Client, alice: User) -> None:
    post = start(alice)
    response = as_alice.post(f"/posts/{post.pk}/cancel/", {"view": "studio"}, headers=HTMX)
    assert "Canceled" in response.headers["HX-Trigger"]
    assert "Canceled by user" in response.content.decode()
    assert Post.objects.get().status == Post.Status.FAILED
    again = as_alice.post(f"/posts/{post.pk}/cancel/", headers=HTMX)
    assert "finished already" in again.headers["HX-Trigger"]


@pytest.mark.django_db(transaction=True)
def test_a_failed_model_shows_why_that_nothing_was_charged_and_can_be_tried_again(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = [
        ProviderError(ErrorKind.MODERATION, "secret detail: sk-123"),
        scripted.picture(),
    ]
    post = start(alice, models="test/a test/b")
    work_off(post)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    assert "rules do not allow this prompt" in page
    assert "not charged" in page
    assert "sk-123" not in page, "details are for operators"

    as_alice.post(f"/posts/{post.pk}/retry/", {"slot": 0})
    work_off(post)
    assert post.images.count() == 2


@pytest.mark.parametrize("slot", ["", "0", "99", "-1", "x", "1e3"])
def test_retrying_what_did_not_fail_is_told_and_changes_nothing(
    as_alice: Client, alice: User, slot: str
) -> None:
    post = create_post(alice)
    response = as_alice.post(f"/posts/{post.pk}/retry/", {"slot": slot}, headers=HTMX)
    assert response.status_code == 200
    assert "nothing to try again" in response.headers["HX-Trigger"]
    assert not post.jobs.exists()


@pytest.mark.django_db(transaction=True)
def test_when_nothing_came_the_caption_stays_and_the_page_says_so(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a")
    work_off(post)
    page = as_alice.get(f"/posts/create/?post={post.pk}").content.decode()
    assert "No image was generated" in page
    assert "Scripted." in page


@pytest.mark.django_db(transaction=True)
def test_a_failed_caption_is_told_with_what_it_cost(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = ProviderError(ErrorKind.QUOTA, "no money")
    post = start(alice, models="test/a")
    work_off(post)
    page = as_alice.get(f"/posts/create/?post={post.pk}").content.decode()
    assert "Could not generate the content" in page
    assert "You were not charged." in page
    assert job_of(post).error_code == ErrorCode.CAPTION_FAILED


def test_the_number_of_queries_does_not_grow_with_the_pictures(
    as_alice: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    post = create_post(alice, images=6)
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        as_alice.get(f"/posts/{post.pk}/")
