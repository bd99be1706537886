"""The access matrix: every address of the site, and what each kind of person gets there.

A line of the first table is an address and how it is asked, by those who look (GET; HEAD and a
partial get the same) or by those who act (POST). Its columns are people: a stranger; another
person; the owner of what the address is of, of something that is in the trash, of something that an
administrator disabled; staff. Its words:

page     200, a page, a part of one, or a file      on     sent on, to another page of ours
door     sent to sign in                            again  asked for the password first
gone     404, as what never was                     never  405, not by this method
refused  401 or 403
wrong    422 or 400, the form comes back            .      there is no such case

An address that has no line for a method never answers to it. One without any line fails the test.
The second table is about what is shared by a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from gallery.models import AuditEvent, Post
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.gallery.views import addresses
from tests.pixelstream import access_world as world

pytestmark = pytest.mark.django_db

PEOPLE = ("stranger", "other", "owner", "trashed", "disabled", "staff")

TABLE = """
# route                                 how  of           stranger other    owner    trashed  disabled staff
home                                    GET  -            page     page     page     .        .        page
healthz                                 GET  -            page     page     page     .        .        page
readyz                                  GET  -            page     page     page     .        .        page
metrics                                 GET  -            gone     gone     gone     .        .        gone
system                                  GET  -            door     door     door     .        .        page
set-language                            POST -            on       on       on       .        .        on
components                              GET  -            gone     gone     gone     .        .        gone
live                                    GET  -            door     gone     gone     .        .        gone
live                                    POST -            door     gone     gone     .        .        gone
account_login                           GET  -            page     on       on       .        .        on
account_login                           POST -            page     on       on       .        .        on
account_logout                          GET  -            on       page     page     .        .        page
account_logout                          POST -            on       on       on       .        .        on
account_inactive                        GET  -            page     page     page     .        .        page
account_signup                          GET  -            page     on       on       .        .        on
account_signup                          POST -            page     on       on       .        .        on
account_reauthenticate                  GET  -            door     page     page     .        .        page
account_reauthenticate                  POST -            door     page     page     .        .        page
account_email                           GET  -            door     page     page     .        .        page
account_email                           POST -            door     on       on       .        .        on
account_email_verification_sent         GET  -            page     page     page     .        .        page
account_change_password                 GET  -            door     page     page     .        .        page
account_change_password                 POST -            door     page     page     .        .        page
account_set_password                    GET  -            door     on       on       .        .        on
account_set_password                    POST -            door     on       on       .        .        on
account_reset_password                  GET  -            page     page     page     .        .        page
account_reset_password                  POST -            page     page     page     .        .        page
account_confirm_login_code              GET  -            on       on       on       .        .        on
account_confirm_login_code              POST -            on       on       on       .        .        on
account_confirm_email                   GET  key          page     page     page     .        .        page
account_confirm_email                   POST key          gone     gone     gone     .        .        gone
account_reset_password_from_key_done    GET  -            page     page     page     .        .        page
account_reset_password_from_key         GET  two-keys     page     page     page     .        .        page
account_reset_password_from_key         POST two-keys     page     page     page     .        .        page
account_reset_password_done             GET  -            page     page     page     .        .        page
mfa_index                               GET  -            door     page     page     .        .        page
mfa_authenticate                        GET  -            on       on       on       .        .        on
mfa_authenticate                        POST -            on       on       on       .        .        on
mfa_reauthenticate                      GET  -            door     again    again    .        .        again
mfa_reauthenticate                      POST -            door     again    again    .        .        again
mfa_activate_totp                       GET  -            door     again    again    .        .        again
mfa_activate_totp                       POST -            door     again    again    .        .        again
mfa_deactivate_totp                     GET  -            door     gone     gone     .        .        gone
mfa_deactivate_totp                     POST -            door     gone     gone     .        .        gone
mfa_view_recovery_codes                 GET  -            door     gone     gone     .        .        gone
mfa_generate_recovery_codes             GET  -            door     again    again    .        .        again
mfa_generate_recovery_codes             POST -            door     again    again    .        .        again
mfa_download_recovery_codes             GET  -            door     gone     gone     .        .        gone
mfa_download_recovery_codes             POST -            door     gone     gone     .        .        gone
studio                                  GET  -            door     page     page     .        .        page
studio                                  POST -            door     wrong    wrong    .        .        wrong
post-detail                             GET  post         door     gone     page     gone     page     gone
post-results                            GET  post         door     gone     page     gone     page     gone
post-retry                              POST post         door     gone     on       gone     on       gone
post-regenerate                         POST post         door     gone     on       gone     on       gone
post-cancel                             POST post         door     gone     on       gone     on       gone
post-edit                               GET  post         door     gone     page     gone     page     gone
post-edit                               POST post         door     gone     wrong    gone     wrong    gone
animate                                 GET  -            door     page     page     .        .        page
animate                                 POST -            door     wrong    wrong    .        .        wrong
post-animate                            GET  post         door     gone     page     gone     page     gone
post-animate                            POST post         door     gone     wrong    gone     wrong    gone
conversation                            GET  conversation door     gone     page     gone     page     gone
conversation                            POST conversation door     gone     wrong    gone     wrong    gone
conversation-news                       GET  conversation door     gone     page     page     page     gone
conversation-turns                      GET  conversation door     gone     page     gone     page     gone
conversation-strip                      GET  conversation door     gone     page     gone     page     gone
conversation-compare                    GET  conversation door     gone     page     gone     page     gone
conversation-retry                      POST conversation door     gone     on       gone     on       gone
conversation-cancel                     POST conversation door     gone     on       gone     on       gone
video-callback                          POST provider     refused  refused  refused  .        .        refused
job-input                               GET  input        page     page     page     .        .        page
settings                                GET  -            door     on       on       .        .        on
credit-list                             GET  -            door     gone     gone     .        .        gone
key-list                                GET  -            door     page     page     .        .        page
key-store                               GET  provider     door     on       on       .        .        on
key-store                               POST provider     door     again    again    .        .        again
key-test                                POST provider     door     on       on       .        .        on
key-delete                              POST provider     door     again    again    .        .        again
token-list                              GET  -            door     page     page     .        .        page
token-make                              GET  -            door     on       on       .        .        on
token-make                              POST -            door     again    again    .        .        again
token-revoke                            POST token        door     gone     again    .        .        gone
session-list                            GET  -            door     page     page     .        .        page
session-end-others                      POST -            door     again    again    .        .        again
session-end                             POST session      door     gone     again    .        .        gone
api-openapi                             GET  -            page     page     page     .        .        page
api-docs                                GET  -            page     page     page     .        .        page
gallery:post-list                       GET  -            door     page     page     .        .        page
gallery:post-news                       GET  -            door     page     page     .        .        page
gallery:batch                           POST -            door     page     page     .        .        page
gallery:trash-list                      GET  -            door     page     page     .        .        page
gallery:trash-news                      GET  -            door     page     page     .        .        page
gallery:trash-restore                   POST -            door     on       on       .        .        on
gallery:trash-delete                    POST -            door     on       on       .        .        on
gallery:trash-empty                     POST -            door     on       on       .        .        on
gallery:trash-emptying                  GET  emptying     door     gone     page     .        .        gone
gallery:post-trash                      POST post         door     gone     on       on       on       gone
gallery:post-restore                    POST trashed      door     gone     on       .        .        gone
gallery:post-delete                     POST trashed      door     gone     on       .        .        gone
gallery:post-download                   GET  post         door     gone     page     gone     page     gone
gallery:post-visibility                 POST post         door     gone     on       gone     on       gone
gallery:post-caption                    POST post         door     gone     on       gone     on       gone
gallery:post-cover                      POST post         door     gone     on       gone     on       gone
gallery:post-project                    POST post         door     gone     on       gone     on       gone
gallery:share-settings                  GET  post         door     gone     page     gone     page     gone
gallery:share-settings                  POST post         door     gone     on       gone     on       gone
gallery:share-revoke                    POST post         door     gone     on       gone     on       gone
gallery:post-lightbox                   GET  post         door     gone     page     gone     page     gone
gallery:lightbox-relatives              GET  post         door     gone     page     gone     page     gone
gallery:post-lineage                    GET  post         door     gone     page     gone     page     gone
gallery:post-relatives                  GET  post         door     gone     page     gone     page     gone
gallery:conversation-list               GET  -            door     page     page     .        .        page
gallery:conversation-list-news          GET  -            door     page     page     .        .        page
gallery:conversation-rename             POST conversation door     gone     on       gone     on       gone
gallery:conversation-trash              POST conversation door     gone     on       on       on       gone
gallery:output-select                   POST conversation door     gone     on       gone     on       gone
gallery:project-create                  GET  -            door     page     page     .        .        page
gallery:project-create                  POST -            door     on       on       .        .        on
gallery:project-detail                  GET  project      door     gone     page     .        .        gone
gallery:reference-list                  GET  -            door     page     page     .        .        page
gallery:reference-add                   POST -            door     on       on       .        .        on
gallery:reference-upload                POST -            door     wrong    wrong    .        .        wrong
gallery:reference-library               GET  -            door     page     page     .        .        page
gallery:reference-image                 GET  reference    door     gone     page     .        .        gone
gallery:reference-keep                  POST reference    door     gone     page     .        .        gone
gallery:reference-rename                POST reference    door     gone     on       .        .        gone
gallery:reference-delete                POST reference    door     gone     on       .        .        gone
gallery:picture-file                    GET  picture      door     gone     page     .        .        gone
gallery:storage                         GET  -            door     page     page     .        .        page
gallery:storage-cleaning                POST -            door     on       on       .        .        on
gallery:storage-notice-hide             POST -            door     on       on       .        .        on
gallery:profile-settings                GET  -            door     page     page     .        .        page
gallery:profile-settings                POST -            door     on       on       .        .        on
gallery:account                         GET  -            door     page     page     .        .        page
gallery:account-export                  POST -            door     on       on       .        .        on
gallery:account-export-progress         GET  -            door     page     page     .        .        page
gallery:account-export-delete           POST -            door     on       on       .        .        on
gallery:account-export-part             GET  export       door     gone     page     .        .        gone
gallery:account-erase                   GET  -            door     page     page     .        .        page
gallery:account-erase                   POST -            door     again    again    .        .        again
gallery:account-keep                    POST -            door     on       on       .        .        on
gallery:explore                         GET  -            page     page     page     .        .        page
gallery:explore-rss                     GET  -            page     page     page     .        .        page
gallery:profile                         GET  handle       page     page     page     .        .        page
gallery:profile-rss                     GET  handle       page     page     page     .        .        page
gallery:sitemap                         GET  -            page     page     page     .        .        page
gallery:sitemap-part                    GET  number       gone     gone     gone     .        .        gone
gallery:robots                          GET  -            page     page     page     .        .        page
gallery:withdrawn                       GET  -            page     page     page     .        .        page
gallery:public-object                   GET  object       page     page     page     .        .        page
"""  # noqa: E501 (a table)

SHARED_STATES = ("public", "unlisted", "unshared", "expired", "trashed", "disabled", "deleted")

SHARED_TABLE = """
# route                who       public   unlisted unshared expired  trashed  disabled deleted
gallery:share          everybody page     page     gone     gone     gone     gone     gone
gallery:share-download everybody page     page     gone     gone     gone     gone     gone
gallery:oembed         everybody page     page     gone     gone     gone     gone     gone
gallery:report         stranger  door     door     door     door     door     door     door
gallery:report         people    page     page     gone     gone     gone     gone     gone
"""

ANSWERS = {"page", "on", "again", "wrong"}
"""What somebody gets who is not refused."""

WRITES_WHEN_LOOKED_AT = {
    # allauth: a person without a row of their address gets one.
    "account_email",
}


@dataclass(frozen=True)
class Line:
    """A line of the first table."""

    route: str
    method: str
    of: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def cases(self) -> list[tuple[str, str]]:
        """Who comes, and the word for what they get."""
        pairs = zip(PEOPLE, self.words, strict=True)
        return [(person, word) for person, word in pairs if word != "."]


@dataclass(frozen=True)
class SharedLine:
    """A line of the second table."""

    route: str
    who: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.route} {self.who}"


def _lines(table: str) -> list[list[str]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return [row for row in rows if not row[0].startswith("#")]


LINES = [Line(row[0], row[1], row[2], tuple(row[3:])) for row in _lines(TABLE)]
SHARED = [SharedLine(row[0], row[1], tuple(row[2:])) for row in _lines(SHARED_TABLE)]
ROUTES = {line.route: line for line in LINES}
ANSWERED = {(line.route, line.method) for line in LINES}
BY_TOKEN = {line.route for line in SHARED}


@pytest.fixture
def browsers(alice: User, bob: User, sam: User) -> dict[str, Client]:
    """Who comes, by the columns of the table; one browser each."""
    owner = dict.fromkeys(("owner", "trashed", "disabled"), world.browser(alice))
    others = {"stranger": None, "other": bob, "staff": sam}
    return {**{name: world.browser(person) for name, person in others.items()}, **owner}


def state_of(person: str) -> str:
    return person if person in {"trashed", "disabled"} else "live"


def everything() -> list[object]:
    """What must not change by an answer that refuses."""
    return [
        *addresses.rows(),
        list(User.objects.order_by("pk").values()),
        AuditEvent.objects.count(),
    ]


def test_every_address_is_classified() -> None:
    # Those of the API know no browser: tests/pixelstream/api/test_operations.py.
    routes = {name for name in world.names() if not name.startswith(("admin:", "api:"))}
    assert routes - set(ROUTES) - BY_TOKEN == set(), "add these to the table"
    assert set(ROUTES) | BY_TOKEN == routes | {"gallery:oembed"}, "these are gone"
    assert len(ANSWERED) == len(LINES), "a line stands twice"
    assert {len(line.words) for line in LINES} == {len(PEOPLE)}
    assert {len(line.words) for line in SHARED} == {len(SHARED_STATES)}


@pytest.mark.parametrize("line", [line for line in LINES if line.method == "GET"], ids=str)
def test_who_looks_gets_what_the_table_says_in_every_way_and_nothing_is_written(
    line: Line, alice: User, browsers: dict[str, Client]
) -> None:
    things: dict[str, list[object]] = {}
    for person, word in line.cases:
        state = state_of(person)
        if state not in things:
            things[state] = world.make(line.of, alice, state)
        path = world.path_of(line.route, things[state])
        found = world.look(browsers[person], path)
        ways = {way: found[way] for way in ("GET", "HEAD", "partial")}
        assert ways == dict.fromkeys(ways, word), (person, path)
        if line.route not in WRITES_WHEN_LOOKED_AT:
            assert found["written"] == "", (person, path)


@pytest.mark.parametrize("line", [line for line in LINES if line.method == "POST"], ids=str)
@pytest.mark.parametrize("is_partial", [False, True], ids=["page", "partial"])
def test_who_acts_gets_what_the_table_says_and_who_is_refused_changes_nothing(
    line: Line, is_partial: bool, alice: User, browsers: dict[str, Client]
) -> None:
    for person, word in line.cases:
        # What one of them did is no matter of the next one's.
        with transaction.atomic():
            args = world.make(line.of, alice, state_of(person))
            before = everything()
            found = act(browsers[person], line.route, args, is_partial=is_partial)
            is_unchanged = everything() == before
            transaction.set_rollback(True)
        # A partial answer shows what the page would be sent on to.
        as_good = {word, *ANSWERS} if is_partial and word in ANSWERS else {word}
        assert found in as_good, person
        assert is_unchanged or word in ANSWERS, person


def act(client: Client, route: str, args: list[object], *, is_partial: bool) -> str:
    headers = {"HX-Request": "true"} if is_partial else {}
    path = world.path_of(route, args)
    answer = client.post(path, world.sends(route, args), headers=headers)
    world.body_of(answer)
    return world.word_for(answer)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_no_other_method_is_answered(route: str, alice: User, browsers: dict[str, Client]) -> None:
    missing = [how for how in ("GET", "POST") if (route, how) not in ANSWERED]
    if not missing:
        return
    args = world.make(ROUTES[route].of, alice)
    path = world.path_of(route, args)
    before = everything()
    for person in ("stranger", "owner", "staff"):
        for how in missing:
            word = world.word_for(browsers[person].generic(how, path))
            assert word == "never" or (word == "door" and person == "stranger"), (person, how)
    assert everything() == before


# --- what is shared by a link


def of_shared(line: SharedLine, token: str) -> tuple[str, dict[str, str] | None]:
    """The address, and what it asks for."""
    if line.route == "gallery:oembed":
        link = "http://testserver" + reverse("gallery:share", args=[token])
        return reverse(line.route), {"url": link}
    args: list[object] = [token, 1] if line.route == "gallery:share-download" else [token]
    return reverse(line.route, args=args), None


@pytest.mark.parametrize("line", SHARED, ids=str)
def test_who_has_the_link_gets_what_the_table_says_whoever_they_are(
    line: SharedLine, alice: User, bob: User, sam: User, settings: Any
) -> None:
    settings.SITE_URL = "http://testserver"
    strangers: list[User | None] = [None]
    people: list[User | None] = [alice, bob, sam]
    who = {"stranger": strangers, "people": people}.get(line.who, strangers + people)
    for state, word in zip(SHARED_STATES, line.words, strict=True):
        path, query = of_shared(line, world.make_shared(alice, state))
        for person in who:
            found = world.look(world.browser(person), path, query)
            ways = {way: found[way] for way in ("GET", "HEAD", "partial")}
            assert ways == dict.fromkeys(ways, word), (state, person)
            assert found["written"] == "", (state, person)


def test_of_a_suspended_person_nothing_is_shared_and_no_session_opens_anything(
    alice: User, as_alice: Client, anonymous: Client
) -> None:
    [handle] = world.make("handle", alice)
    post = Post.objects.get()
    shown = [post.public_address, reverse("gallery:profile", args=[handle])]
    assert [world.word_for(anonymous.get(path)) for path in shown] == ["page", "page"]
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert [world.word_for(anonymous.get(path)) for path in shown] == ["gone", "gone"]
    assert world.word_for(as_alice.get(post.get_absolute_url())) == "door"


def test_what_a_token_was_of_cannot_be_told_from_the_answer(
    alice: User, anonymous: Client, as_bob: Client
) -> None:
    """Same status, same headers, same length: for what is private, gone, or never was."""
    states = [*SHARED_STATES[2:], "unknown"]
    tokens = {state: world.make_shared(alice, state) for state in states}
    assert {len(token) for token in tokens.values()} == {len(world.UNKNOWN_TOKEN)}
    for client in (anonymous, as_bob):
        seen = {}
        for state, token in tokens.items():
            answer = client.get(reverse("gallery:share", args=[token]))
            words = answer.content.decode().replace(token, "")
            assert alice.email not in words
            seen[state] = (answer.status_code, sorted(answer.headers), len(words))
        assert len(set(map(str, seen.values()))) == 1, seen


def test_what_is_anothers_cannot_be_told_from_what_never_was(alice: User, as_bob: Client) -> None:
    theirs = create_post(alice).pk
    shapes = set()
    for pk in (theirs, theirs + 7):
        answer = as_bob.get(f"/posts/{pk}/")
        shapes.add((answer.status_code, str(sorted(answer.headers)), len(answer.content)))
    assert len(shapes) == 1


# --- the admin


def pages_of(model: type[models.Model]) -> list[str]:
    """The admin's addresses of a model; of a row that is not there."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    of_one = [reverse(f"{name}_{page}", args=[987654]) for page in ("change", "delete", "history")]
    return [reverse(f"{name}_changelist"), reverse(f"{name}_add"), *of_one]


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label)
def test_the_admin_is_for_staff_and_only_with_what_they_may_do(
    model: type[models.Model], alice: User, sam: User, anonymous: Client
) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    for path in pages_of(model):
        assert world.look(anonymous, path)["GET"] == "door", path
        assert world.word_for(anonymous.post(path)) == "door", path
        owner = world.browser(alice)
        for answer in (owner.get(path, follow=True), owner.post(path, follow=True)):
            assert answer.status_code == 403, path
        # Staff without a permission: nothing but the way back to the index.
        refused = world.look(world.browser(clerk), path)
        assert refused["GET"] in {"refused", "on"}, (path, refused)
        found = world.look(world.browser(sam), path)
        assert found["GET"] in {"page", "refused", "on", "gone"}, (path, found)
        assert found["GET"] == found["HEAD"], path
        assert found["written"] == "", path


def test_every_other_page_of_the_admin_is_for_staff(
    alice: User, sam: User, anonymous: Client
) -> None:
    for path in (
        "/admin/",
        "/admin/password_change/",
        "/admin/jsi18n/",
        "/admin/gallery/",
        "/admin/x",
    ):
        assert world.word_for(anonymous.get(path)) == "door", path
        assert world.browser(alice).get(path, follow=True).status_code == 403, path
        assert world.word_for(world.browser(sam).get(path)) in {"page", "on", "gone"}, path
