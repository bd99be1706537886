"""The admin: staff look, moderate and mind people; nothing is deleted, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
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
    Report,
    StoredObject,
    TrashEmptying,
    Usage,
)
from gallery.services import erasure, exporting, outbox
from generation.models import CatalogueEntry, GenerationJob, ProviderKey, WebhookEvent
from generation.models.jobs import ErrorCode
from generation.services import credits, keys
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from pixelstream.api.models import ApiToken, IdempotentRequest, Scope
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

OURS = {"accounts", "api", "gallery", "generation"}
REGISTERED = [model for model in admin.site._registry if model._meta.app_label in OURS]
DELETED_HERE = {ApiToken, ProviderKey}
WRITTEN_HERE = {User, Post, CatalogueEntry, ProviderKey, Usage}
POST_FORM = {
    "disabled_by_admin_reason": "",
    "images-TOTAL_FORMS": "0",
    "images-INITIAL_FORMS": "0",
}
DISABLED = {**POST_FORM, "is_disabled_by_admin": "on", "disabled_by_admin_reason": "spam"}


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
    Report.objects.create(post=post, reporter=owner, reason=Report.Reason.SPAM)
    AuditEvent.objects.record("test.fill", actor=owner, target=post, things=2)
    number = CatalogueEntry.objects.count()
    CatalogueEntry.objects.create(
        key=f"test/{number}", remote_id=str(number), provider="openrouter", kinds=["image"]
    )
    keys.store(owner, "openrouter", "sk-or-for-the-admin")
    tokens.make(owner, name="for the admin", scopes=[Scope.READ])
    IdempotentRequest.objects.create(owner=owner, key=f"k{number}", status=200)
    credits.grant(owner, 3, by=owner, reason="for the admin")
    job = GenerationJob.objects.latest("pk")
    WebhookEvent.objects.create(provider="kie", event_id=f"of-{job.pk}", job=job)
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
def test_filtering_by_anything_is_no_fault(as_sam: Client, model: type[models.Model]) -> None:
    for field in model._meta.fields:
        for value in ("\x00", "a\x00b", "☃", "9" * 30, "2026-99"):
            # What is refused leads to a list that says so.
            answer = as_sam.get(list_of(model), {f"{field.name}__exact": value})
            assert answer.status_code in {200, 302, 400}, (field.name, value)


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


def test_pictures_of_a_post_that_is_disabled_leave_the_public_area_and_come_back(
    as_sam: Client, alice: User
) -> None:
    address = reverse("admin:gallery_post_change", args=[create_post(alice).pk])
    for form, area in ((DISABLED, "private"), (POST_FORM, "public")):
        assert as_sam.post(address, form).status_code == 302
        outbox.run()
        assert StoredObject.objects.get(image__isnull=False).area == area
    assert broken() == []


def test_a_post_is_moderated_and_it_is_written_down(as_sam: Client, alice: User, sam: User) -> None:
    post = create_post(alice, visibility=Post.Visibility.PUBLIC)
    assert as_sam.post(change_of(post), DISABLED).status_code == 302
    before, post = post, Post.objects.get(pk=post.pk)
    assert post.is_disabled_by_admin
    assert post.disabled_by_admin_reason == "spam"
    assert post.visibility == Post.Visibility.PUBLIC
    assert post.revision == before.revision + 1
    event = AuditEvent.objects.get(action="post.disable")
    assert (event.actor, event.target_id) == (sam, post.pk)
    history = as_sam.get(change_of(post).replace("/change/", "/history/")).content.decode()
    assert "Disabled: spam" in history
    assert not LogEntry.objects.exclude(object_repr=f"#{post.pk}").exists()


def test_disabling_without_a_reason_is_asked_back(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    answer = as_sam.post(change_of(post), {**DISABLED, "disabled_by_admin_reason": " "})
    assert answer.status_code == 200
    assert "Say why: its owner reads it." in answer.content.decode()
    assert not Post.objects.get().is_disabled_by_admin


def test_featuring_notes_the_time(as_sam: Client, alice: User) -> None:
    post = create_post(alice, visibility=Post.Visibility.PUBLIC)
    as_sam.post(change_of(post), {**POST_FORM, "is_featured": "on"})
    post.refresh_from_db()
    assert post.featured_at is not None
    as_sam.post(change_of(post), POST_FORM)
    post.refresh_from_db()
    assert post.featured_at is None


def test_only_what_everybody_may_see_is_featured(as_sam: Client, alice: User) -> None:
    answer = as_sam.post(change_of(create_post(alice)), {**POST_FORM, "is_featured": "on"})
    assert "Only what everybody may see can be featured." in answer.content.decode()
    both = {**DISABLED, "is_featured": "on"}
    public = create_post(alice, visibility=Post.Visibility.PUBLIC)
    assert as_sam.post(change_of(public), both).status_code == 200
    assert not Post.objects.filter(is_featured=True).exists()


def test_what_its_owner_says_about_others_is_not_changed_here(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    as_sam.post(change_of(post), {**DISABLED, "visibility": "public", "share_token": "x"})
    after = Post.objects.get()
    assert (after.visibility, after.sharing_enabled) == ("unlisted", True)
    assert after.share_token == post.share_token


def test_moderating_does_not_overwrite_what_a_worker_just_wrote(
    as_sam: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice, status=Post.Status.GENERATING_IMAGES)
    monkeypatch.setattr(Post, "full_clean", after(Post.full_clean, lambda: finish(post)))
    as_sam.post(change_of(post), DISABLED)
    post.refresh_from_db()
    assert post.is_disabled_by_admin
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


def test_a_handle_can_be_taken_away_and_given(as_sam: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(handle="bob")
    User.objects.filter(pk=alice.pk).update(handle="rude_word", bio="Buy now.")
    form = {"email": alice.email, "name": "Alice", "handle": "", "bio": ""}
    assert as_sam.post(change_of(alice), form).status_code == 302
    alice.refresh_from_db()
    assert (alice.handle, alice.bio) == (None, "")
    for wrong in ("Bob!", "bob"):
        assert as_sam.post(change_of(alice), {**form, "handle": wrong}).status_code == 200
    assert as_sam.post(change_of(alice), {**form, "handle": "alice_w"}).status_code == 302
    alice.refresh_from_db()
    assert alice.handle == "alice_w"


def test_people_are_found_by_address_handle_and_name(as_sam: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(handle="lamplight", name="Alícia Ümit")
    create_user("other@example.com", name="lamplight")
    for words, found in (
        ("ALICE@example.com", 1),
        ("@lamplight", 1),
        ("lamplight", 1),
        ("lamp", 2),
        ("Alícia", 1),
        ("@lamp", 0),
        ("nobody", 0),
    ):
        page = as_sam.get(list_of(User), {"q": words})
        assert page.context["cl"].result_count == found, words


def choose(client: Client, action: str, *people: User, **fields: str) -> str:
    """What the page says after the action was chosen for these people."""
    chosen = {"action": action, "_selected_action": [person.pk for person in people]}
    return client.post(list_of(User), {**chosen, **fields}, follow=True).content.decode()


def test_a_person_is_suspended_with_a_reason_and_let_in_again(
    as_sam: Client, as_alice: Client, alice: User, sam: User
) -> None:
    page = choose(as_sam, "suspend", alice)
    assert "Suspend 1 person?" in page
    assert alice.email in page
    assert "Say why." in choose(as_sam, "suspend", alice, confirm="1", reason=" ")
    assert as_alice.get("/gallery/").status_code == 200
    assert "1 person suspended." in choose(as_sam, "suspend", alice, confirm="1", reason="Spam.")
    assert as_alice.get("/gallery/").status_code == 302
    suspended = as_sam.get(list_of(User), {"state": "suspended"})
    assert [person.pk for person in suspended.context["cl"].result_list] == [alice.pk]
    history = as_sam.get(change_of(alice).replace("/change/", "/history/")).content.decode()
    assert "Suspended: Spam." in history
    assert "Spam." in as_sam.get(change_of(alice)).content.decode()
    assert "1 person let in again." in choose(as_sam, "let_in", alice)
    assert "Nothing was changed." in choose(as_sam, "let_in", alice)
    assert as_alice.get("/gallery/").status_code == 200
    assert AuditEvent.objects.filter(action="person.suspend", actor=sam).count() == 1


def test_of_several_people_those_are_suspended_who_can_be(
    as_sam: Client, alice: User, sam: User
) -> None:
    page = choose(as_sam, "suspend", alice, sam, confirm="1", reason="Spam.")
    assert "1 person suspended." in page
    assert "Refused for sam@example.com: nobody suspends themselves" in page
    assert User.objects.get(pk=sam.pk).is_active


def test_who_may_only_look_suspends_nobody(alice: User) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(codename="view_user"))
    client = Client()
    client.force_login(bea)
    assert "suspend" not in client.get(list_of(User)).content.decode().replace("suspended", "")
    choose(client, "suspend", alice, confirm="1", reason="Spam.")
    assert User.objects.get(pk=alice.pk).is_active


def test_the_form_of_a_person_neither_suspends_nor_lets_in(as_sam: Client, alice: User) -> None:
    as_sam.post(change_of(alice), {"email": alice.email, "suspended_reason": "x"})
    alice.refresh_from_db()
    assert (alice.is_active, alice.suspended_reason) == (True, "")
    choose(as_sam, "suspend", alice, confirm="1", reason="Spam.")
    as_sam.post(change_of(alice), {"email": alice.email, "is_active": "on"})
    alice.refresh_from_db()
    assert (alice.is_active, alice.suspended_reason) == (False, "Spam.")


def test_the_page_of_a_person_leads_to_their_limit(as_sam: Client, alice: User) -> None:
    page = as_sam.get(change_of(alice)).content.decode()
    assert f"/admin/gallery/usage/add/?owner={alice.pk}" in page
    create_post(alice)
    page = as_sam.get(change_of(alice)).content.decode()
    assert f"/admin/gallery/usage/{alice.pk}/change/" in page
    form = {"limit_bytes": "1000"}
    assert as_sam.post(f"/admin/gallery/usage/{alice.pk}/change/", form).status_code == 302
    assert Usage.objects.get().limit_bytes == 1000


# --- jobs


def test_failed_jobs_are_tried_again_and_others_left_alone(
    as_sam: Client, alice: User, sam: User
) -> None:
    failed, canceled = start(alice), start(alice)
    fail(failed, ErrorCode.TRANSIENT)
    fail(canceled, ErrorCode.CANCELED)
    running = start(alice)
    jobs = GenerationJob.objects.filter(kind="image").values_list("pk", flat=True)
    form = {"action": "try_again", "_selected_action": list(jobs)}
    page = as_sam.post(list_of(GenerationJob), form, follow=True).content.decode()
    assert "1 job is tried again. 2 are left as they are." in page
    assert failed.jobs.unfinished().exists()
    assert not canceled.jobs.unfinished().exists()
    assert running.jobs.count() == 2
    event = AuditEvent.objects.get(action="generation.retry")
    assert (event.actor, event.target_id) == (sam, failed.pk)
    page = as_sam.post(list_of(GenerationJob), form, follow=True).content.decode()
    assert "0 jobs are tried again." in page


def fail(post: Post, error: ErrorCode) -> None:
    """Let all that is being made for it fail."""
    post.jobs.update(
        status=GenerationJob.Status.FAILED, error_code=error, finished_at=timezone.now()
    )
    Post.objects.filter(pk=post.pk).update(status=Post.Status.FAILED)


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
    for failed, found in (("", 3), ("waiting", 2), ("once", 2), ("stuck", 1)):
        answer = as_sam.get(page, {"failed": failed} if failed else {})
        assert answer.context["cl"].result_count == found
    chosen = StoredObject.objects.get(image__post=stuck)
    form = {"action": "try_again", "_selected_action": [chosen.pk]}
    answer = as_sam.post(page, form, follow=True)
    assert "1 object is tried again." in answer.content.decode()
    chosen.refresh_from_db()
    assert chosen.next_attempt_at is None
    assert StoredObject.objects.get(image__post=once).next_attempt_at == later
