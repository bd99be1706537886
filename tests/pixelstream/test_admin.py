"""The admin: staff look, moderate and mind people; nothing is deleted, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gallery.models import (
    AuditEvent,
    ChatMessage,
    Imported,
    Post,
    StoredObject,
    TrashEmptying,
    Usage,
)
from gallery.services import erasure, exporting, outbox
from generation.models import CatalogueEntry, GenerationJob, ProviderKey
from generation.services import keys
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import (
    PASSWORD,
    create_conversation,
    create_post,
    create_project,
    create_reference,
    create_turn,
    create_user,
    start,
)

pytestmark = pytest.mark.django_db

OURS = {"accounts", "gallery", "generation"}
REGISTERED = [model for model in admin.site._registry if model._meta.app_label in OURS]
DELETED_HERE = {ProviderKey}
WRITTEN_HERE = {User, Post, CatalogueEntry, ProviderKey, Usage}
POST_FORM = {
    "visibility": "unlisted",
    "sharing_enabled": "on",
    "disabled_by_admin_reason": "",
    "images-TOTAL_FORMS": "0",
    "images-INITIAL_FORMS": "0",
}


@pytest.fixture
def as_sam(sam: User) -> Client:
    client = Client()
    client.force_login(sam)
    return client


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def change_of(row: models.Model) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def fill(owner: User) -> None:
    """One more of everything."""
    post = create_post(owner, images=2, project=create_project(owner, f"P{Post.objects.count()}"))
    create_turn(create_conversation(owner), outputs=1)
    start(owner)
    create_reference(owner)
    ChatMessage.objects.create(post=post, role=ChatMessage.Role.USER, text="warmer")
    AuditEvent.objects.record("test.fill", actor=owner, target=post, things=2)
    number = CatalogueEntry.objects.count()
    CatalogueEntry.objects.create(
        key=f"test/{number}", remote_id=str(number), provider="openrouter", kinds=["image"]
    )
    keys.store(owner, "openrouter", "sk-or-for-the-admin")
    TrashEmptying.objects.create(owner=owner, found=1, finished_at=timezone.now())
    exporting.carry_out(exporting.begin(owner).pk)
    erasure.ask(owner)
    Imported.objects.create(owner=owner, source=uuid4(), kind="post", source_id=1, local_id=1)


# --- who comes in


def test_every_model_of_ours_is_registered() -> None:
    from django.apps import apps

    expected = {
        model
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if not model._meta.auto_created
    }
    assert set(REGISTERED) == expected


def test_the_admin_signs_in_through_our_page(anonymous: Client, sam: User) -> None:
    answer = anonymous.get("/admin/gallery/post/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    form = {"login": sam.email, "password": PASSWORD, "next": "/admin/gallery/post/"}
    assert anonymous.post("/accounts/login/", form)["Location"] == "/admin/gallery/post/"
    assert anonymous.get("/admin/gallery/post/").status_code == 200


def test_the_admins_own_sign_in_takes_no_password(anonymous: Client, sam: User) -> None:
    anonymous.post("/admin/login/", {"username": sam.email, "password": PASSWORD})
    assert "_auth_user_id" not in anonymous.session


@pytest.mark.parametrize("model", REGISTERED)
def test_who_is_not_staff_is_refused(as_alice: Client, model: type[models.Model]) -> None:
    answer = as_alice.get(list_of(model), follow=True)
    assert answer.status_code == 403
    assert "This is not for you." in answer.content.decode()


# --- looking


@pytest.mark.parametrize("model", REGISTERED)
def test_lists_and_pages_of_every_model_open(
    as_sam: Client, alice: User, model: type[models.Model]
) -> None:
    fill(alice)
    assert as_sam.get(list_of(model)).status_code == 200
    row = model._default_manager.latest("pk")
    page = as_sam.get(change_of(row))
    assert page.status_code == 200
    assert ("deletelink" in page.content.decode()) == (model in DELETED_HERE)


@pytest.mark.parametrize("words", ["lighthouse", "7", "alice@example.com", "☃", "x'\"<"])
@pytest.mark.parametrize("model", REGISTERED)
def test_searching_for_anything_is_no_fault(
    as_sam: Client, alice: User, model: type[models.Model], words: str
) -> None:
    fill(alice)
    assert as_sam.get(list_of(model), {"q": words}).status_code == 200


@pytest.mark.parametrize("model", REGISTERED)
def test_longer_lists_ask_no_more_of_the_database(
    as_sam: Client, alice: User, model: type[models.Model]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_sam.get(list_of(model))
        return len(captured)

    def grow(times: int) -> None:
        for _ in range(times):
            fill(create_user(f"p{User.objects.count()}@example.com"))

    grow(2)
    queries()
    few = queries()
    grow(4)
    assert queries() == few


def test_jobs_are_filtered_by_model(as_sam: Client, alice: User) -> None:
    fill(alice)
    every = as_sam.get(list_of(GenerationJob)).context["cl"].result_count
    sketches = as_sam.get(list_of(GenerationJob), {"model": "builtin/sketch"}).context["cl"]
    assert every > sketches.result_count == 1


def test_private_uploads_are_not_shown(as_sam: Client, alice: User) -> None:
    reference = create_reference(alice)
    for page in (list_of(type(reference)), change_of(reference)):
        assert "thumbnail" not in as_sam.get(page).content.decode()
    assert as_sam.get(reference.url).status_code == 404


# --- changing


@pytest.mark.parametrize("model", [model for model in REGISTERED if model not in DELETED_HERE])
def test_nothing_else_is_deleted_here(
    as_sam: Client, alice: User, model: type[models.Model]
) -> None:
    fill(alice)
    row = model._default_manager.latest("pk")
    answer = as_sam.post(change_of(row).replace("/change/", "/delete/"), {"post": "yes"})
    assert answer.status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    as_sam.post(list_of(model), form)
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [model for model in REGISTERED if model not in WRITTEN_HERE])
def test_what_the_application_writes_is_read_only(
    as_sam: Client, alice: User, model: type[models.Model]
) -> None:
    fill(alice)
    row = model._default_manager.latest("pk")
    assert as_sam.post(change_of(row), {}).status_code == 403
    assert as_sam.get(list_of(model) + "add/").status_code == 403


def test_pictures_of_a_post_that_is_disabled_or_no_longer_shared_leave_the_public_area(
    as_sam: Client, alice: User
) -> None:
    address = reverse("admin:gallery_post_change", args=[create_post(alice).pk])
    for form, area in (
        ({**POST_FORM, "is_disabled_by_admin": "on"}, "private"),
        (POST_FORM, "public"),
        ({**POST_FORM, "sharing_enabled": ""}, "private"),
    ):
        assert as_sam.post(address, form).status_code == 302
        outbox.run()
        assert StoredObject.objects.get(image__isnull=False).area == area
    assert broken() == []


def test_a_post_is_moderated_and_it_is_written_down(as_sam: Client, alice: User, sam: User) -> None:
    post = create_post(alice, visibility=Post.Visibility.PUBLIC)
    form = {**POST_FORM, "is_disabled_by_admin": "on", "disabled_by_admin_reason": "spam"}
    assert as_sam.post(change_of(post), form).status_code == 302
    before, post = post, Post.objects.get(pk=post.pk)
    assert post.is_disabled_by_admin
    assert post.disabled_by_admin_reason == "spam"
    assert post.visibility == Post.Visibility.UNLISTED
    assert post.revision == before.revision + 1
    event = AuditEvent.objects.get(action="post.moderate")
    assert (event.actor, event.target_id) == (sam, post.pk)


def test_featuring_notes_the_time(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    as_sam.post(change_of(post), {**POST_FORM, "is_featured": "on"})
    post.refresh_from_db()
    assert post.featured_at is not None
    as_sam.post(change_of(post), POST_FORM)
    post.refresh_from_db()
    assert post.featured_at is None


def test_moderating_does_not_overwrite_what_a_worker_just_wrote(
    as_sam: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice, status=Post.Status.GENERATING_IMAGES)
    monkeypatch.setattr(Post, "full_clean", after(Post.full_clean, lambda: finish(post)))
    as_sam.post(change_of(post), {**POST_FORM, "is_featured": "on"})
    post.refresh_from_db()
    assert post.is_featured
    assert post.status == Post.Status.GENERATED


def after(method: Callable[..., None], then: Callable[[], None]) -> Callable[..., None]:
    def both(*args: object, **kwargs: object) -> None:
        method(*args, **kwargs)
        then()

    return both


def finish(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(status=Post.Status.GENERATED)


def test_a_forged_field_does_not_change_a_post(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    as_sam.post(change_of(post), {**POST_FORM, "status": "failed", "caption": "x", "owner": "1"})
    before, post = post, Post.objects.get(pk=post.pk)
    assert (post.status, post.caption, post.owner) == (before.status, before.caption, alice)


# --- people


def test_a_person_is_made_by_address_and_signs_in(as_sam: Client, anonymous: Client) -> None:
    form = {
        "email": "New@Example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    page = as_sam.get("/admin/accounts/user/add/").content.decode()
    assert 'name="username"' not in page
    assert as_sam.post("/admin/accounts/user/add/", form).status_code == 302
    person = User.objects.get(email="new@example.com")
    assert EmailAddress.objects.get(user=person).verified
    assert AuditEvent.objects.filter(action="person.create", target_id=person.pk).exists()
    form = {"login": "new@example.com", "password": PASSWORD}
    assert anonymous.post("/accounts/login/", form).status_code == 302


def test_two_people_cannot_share_an_address_in_any_case(as_sam: Client, alice: User) -> None:
    form = {
        "email": "ALICE@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = as_sam.post("/admin/accounts/user/add/", form)
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact=alice.email).count() == 1


def test_a_replaced_address_no_longer_signs_in(
    as_sam: Client, alice: User, anonymous: Client
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    as_sam.post(change_of(alice), {"email": "Alicia@example.com", "is_active": "on"})
    alice.refresh_from_db()
    assert alice.email == "alicia@example.com"
    old = {"login": "alice@example.com", "password": PASSWORD}
    assert anonymous.post("/accounts/login/", old).status_code == 200
    new = {"login": "alicia@example.com", "password": PASSWORD}
    assert anonymous.post("/accounts/login/", new).status_code == 302


def test_only_a_superuser_hands_out_powers(alice: User, sam: User) -> None:
    from django.contrib.auth.models import Permission

    bea = create_user("bea@example.com", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = Client()
    client.force_login(bea)
    form = {"email": alice.email, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert client.post(change_of(alice), form).status_code == 302
    alice.refresh_from_db()
    assert not alice.is_staff
    assert not alice.is_superuser
    assert client.post(change_of(sam), form).status_code == 403
    password = f"/admin/accounts/user/{sam.pk}/password/"
    assert client.get(password).status_code == 403


# --- the outbox


def test_what_storage_refused_again_and_again_is_found_and_tried_again(
    as_sam: Client, alice: User
) -> None:
    create_post(alice)
    stuck, once = create_post(alice), create_post(alice)
    later = timezone.now() + timedelta(hours=2)
    for post, attempts in ((stuck, 12), (once, 1)):
        StoredObject.objects.filter(image__post=post).update(
            moving_to="private", attempts=attempts, next_attempt_at=later, last_error="refused"
        )
    page = list_of(StoredObject)
    for failed, found in (("", 3), ("once", 2), ("stuck", 1)):
        answer = as_sam.get(page, {"failed": failed} if failed else {})
        assert answer.context["cl"].result_count == found
    chosen = StoredObject.objects.get(image__post=stuck)
    form = {"action": "try_again", "_selected_action": [chosen.pk]}
    answer = as_sam.post(page, form, follow=True)
    assert "1 object is tried again." in answer.content.decode()
    chosen.refresh_from_db()
    assert chosen.next_attempt_at is None
    assert StoredObject.objects.get(image__post=once).next_attempt_at == later
