"""The list of posts in the admin: found, filtered, decided about; a million rows are not read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import AuditEvent, Post, Report, StoredObject
from gallery.services import moderation, outbox, suspension, trash
from pixelstream import admin as ours
from pixelstream.accounts.models import User
from tests.factories import create_post, create_user
from tests.gallery.services.test_plans import plans

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/post/"
PUBLIC = Post.Visibility.PUBLIC


@pytest.fixture
def post(alice: User) -> Post:
    """A post that everybody finds."""
    return create_post(alice, visibility=PUBLIC)


def choose(client: Client, action: str, *posts: Post, **fields: str) -> str:
    """What the page says after the action was chosen for these posts."""
    chosen = {"action": action, "_selected_action": [post.pk for post in posts]}
    return client.post(LIST, {**chosen, **fields}, follow=True).content.decode()


def listed(client: Client, **query: str) -> list[int]:
    return [row.pk for row in client.get(LIST, query).context["cl"].result_list]


# --- finding -------------------------------------------------------------------------------------


@pytest.fixture
def library(alice: User, bob: User) -> dict[str, Post]:
    """One post of each kind, of alice's but one."""
    made = {
        "public": create_post(alice, visibility=PUBLIC, caption="A heron at noon."),
        "unlisted": create_post(alice, caption="A heron at night."),
        "featured": create_post(
            alice, visibility=PUBLIC, is_featured=True, featured_at=timezone.now()
        ),
        "held": create_post(alice, visibility=PUBLIC, review=Post.Review.HELD),
        "disabled": create_post(alice, is_disabled_by_admin=True),
        "reported": create_post(bob),
        "trashed": create_post(alice),
    }
    Report.objects.create(post=made["reported"], reporter=alice, reason="spam")
    trash.trash(owner=alice, ids=[made["trashed"].pk])
    return made


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("reported", ["reported"]),
        ("held", ["held"]),
        ("disabled", ["disabled"]),
        ("featured", ["featured"]),
        ("public", ["held", "featured", "public"]),
        ("trashed", ["trashed"]),
        ("", ["trashed", "reported", "disabled", "held", "featured", "unlisted", "public"]),
        ("rubbish", ["trashed", "reported", "disabled", "held", "featured", "unlisted", "public"]),
    ],
)
def test_a_filter_shows_those_posts_newest_first(
    as_sam: Client, library: dict[str, Post], state: str, found: list[str]
) -> None:
    query = {"state": state} if state else {}
    with plans() as read:
        ids = listed(as_sam, **query)
    assert ids == [library[name].pk for name in found]
    if state not in {"", "rubbish"}:
        known = re.compile(
            r"INDEX (report_open|post_(held|disabled|featured|public|profile|purge))"
        )
        posts = [step for step in read if "gallery_post" in step and not known.search(step)]
        assert posts == []


def test_a_post_is_found_by_whatever_names_it(as_sam: Client, library: dict[str, Post]) -> None:
    unlisted = library["unlisted"]
    for words in (
        str(unlisted.pk),
        f"/posts/{unlisted.pk}/",
        f"https://pixels.example/posts/{unlisted.pk}/",
        unlisted.share_token,
        unlisted.public_address,
        f"https://pixels.example{unlisted.public_address}?x=1".partition("?")[0],
    ):
        with plans() as read:
            assert listed(as_sam, q=words) == [unlisted.pk], words
        assert [step for step in read if "gallery_post" in step] == [], words


def test_posts_are_found_by_their_owner_and_by_words_of_public_ones(
    as_sam: Client, library: dict[str, Post], bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(handle="bob")
    everything = [library["reported"].pk]
    for words in ("BOB@example.com", "@bob"):
        with plans() as read:
            assert listed(as_sam, q=words) == everything
        assert [step for step in read if "gallery_post" in step] == [], words
    assert listed(as_sam, q="heron") == [library["public"].pk]
    assert len(listed(as_sam, q="alice@example.com")) == 6
    assert listed(as_sam, q="alice@example.com", state="trashed") == [library["trashed"].pk]


@pytest.mark.parametrize(
    "words", ["nobody@example.com", "@", "@@", "9" * 30, "A" * 22, "/p//", "%", "☃", "-"]
)
def test_what_names_nothing_finds_nothing(
    as_sam: Client, library: dict[str, Post], words: str
) -> None:
    assert listed(as_sam, q=words) == []


def test_a_list_counts_no_further_than_needed(
    as_sam: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "COUNTED", 3)
    for _ in range(5):
        create_post(alice, images=0)
    with CaptureQueriesContext(connection) as captured:
        assert as_sam.get(LIST).context["cl"].result_count == 3
    counts = [query["sql"] for query in captured if "COUNT(*) FROM (SELECT" in query["sql"]]
    assert counts
    assert all("LIMIT 3" in sql for sql in counts)


# --- looking -------------------------------------------------------------------------------------


def test_the_list_says_what_is_special_about_a_post(
    as_sam: Client, library: dict[str, Post]
) -> None:
    page = as_sam.get(LIST).content.decode()
    for word in ("in the trash", "disabled", "held back", "featured"):
        assert f">{word}<" in page
    assert '<td class="field-reported">1</td>' in page


def test_administrators_still_see_what_they_disabled_and_nothing_else_that_is_private(
    as_sam: Client, as_bob: Client, alice: User, sam: User, post: Post
) -> None:
    moderation.disable([post.pk], reason="Spam.", by=sam)
    other = create_post(alice)
    trash.trash(owner=alice, ids=[other.pk])
    outbox.run()
    page = as_sam.get(LIST).content.decode()
    (address,) = re.findall(r'src="(/admin/gallery/post/pictures/\d+/)"', page)
    assert page.count(">private<") == 1
    answer = as_sam.get(address)
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"].startswith("private")
    assert b"".join(answer)  # type: ignore[call-overload]
    hidden = f"/admin/gallery/post/pictures/{other.images.get().pk}/"
    assert [as_sam.get(hidden).status_code, as_bob.get(address).status_code] == [404, 302]
    assert as_sam.post(address).status_code == 405
    trash.trash(owner=alice, ids=[post.pk])
    assert as_sam.get(address).status_code == 404


def test_administrators_see_what_a_suspended_person_shared(
    as_sam: Client, alice: User, sam: User, post: Post
) -> None:
    suspension.suspend(alice, reason="Spam.", by=sam)
    suspension.carry_out(limit=100)
    outbox.run()
    page = as_sam.get(LIST).content.decode()
    (address,) = re.findall(r'src="(/admin/gallery/post/pictures/\d+/)"', page)
    assert as_sam.get(address).status_code == 200
    assert ">suspended<" in page


def test_staff_without_the_permission_see_no_pictures(alice: User, post: Post, sam: User) -> None:
    moderation.disable([post.pk], reason="Spam.", by=sam)
    outbox.run()
    client = Client()
    client.force_login(create_user("bea@example.com", is_staff=True))
    address = f"/admin/gallery/post/pictures/{post.images.get().pk}/"
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("files", ["none", "lost"])
def test_a_post_without_pictures_or_without_their_files_breaks_no_page(
    as_sam: Client, post: Post, settings: object, files: str
) -> None:
    if files == "none":
        post.images.all().delete()
        Post.objects.update(caption="", prompt="")
    else:
        media = Path(settings.DATA_DIR) / "media"  # type: ignore[attr-defined]
        for path in media.rglob("*.*"):
            path.unlink()
    Report.objects.create(post=post, reporter=post.owner, reason="spam")
    for address in (LIST, f"{LIST}{post.pk}/change/", "/admin/gallery/report/"):
        assert as_sam.get(address).status_code == 200


# --- deciding ------------------------------------------------------------------------------------


def test_featuring_several_says_which_could_not_be(as_sam: Client, post: Post, alice: User) -> None:
    page = choose(as_sam, "feature", post, create_post(alice))
    assert "1 post featured. 1 is featured already, or not everybody may see it." in page
    assert Post.objects.get(is_featured=True) == post
    assert "1 post is no longer featured." in choose(as_sam, "unfeature", post)
    assert "Nothing was changed." in choose(as_sam, "unfeature", post)


def test_disabling_asks_why_and_shows_what_is_meant(as_sam: Client, post: Post, sam: User) -> None:
    page = choose(as_sam, "disable", post)
    assert "Disable 1 post?" in page
    assert post.title in page
    assert post.owner.email in page
    assert not Post.objects.get().is_disabled_by_admin
    assert "Say why." in choose(as_sam, "disable", post, confirm="1", reason="  ")
    page = choose(as_sam, "disable", post, confirm="1", reason="Copied from <a poster>.")
    assert "1 post disabled." in page
    assert Post.objects.get().disabled_by_admin_reason == "Copied from <a poster>."
    history = as_sam.get(f"{LIST}{post.pk}/history/").content.decode()
    assert "Disabled: Copied from &lt;a poster&gt;." in history
    assert "1 post enabled." in choose(as_sam, "enable", post)
    assert not Post.objects.get().is_disabled_by_admin
    actions = AuditEvent.objects.filter(actor=sam).values_list("action", flat=True)
    assert sorted(actions) == ["post.disable", "post.enable"]


def test_only_the_first_of_very_many_are_named_when_they_are_disabled(
    as_sam: Client, alice: User
) -> None:
    posts = [create_post(alice, images=0, caption=f"number {n}.") for n in range(22)]
    page = choose(as_sam, "disable", *posts)
    assert "and 2 more" in page
    assert "number 19." in page
    assert "number 20." not in page


def test_what_was_held_back_is_released(as_sam: Client, alice: User) -> None:
    held = create_post(alice, visibility=PUBLIC, review=Post.Review.HELD)
    assert "1 post released." in choose(as_sam, "release", held)
    assert Post.objects.in_feed().get() == held


def test_keeping_ends_what_was_reported(as_sam: Client, post: Post, bob: User) -> None:
    Report.objects.create(post=post, reporter=bob, reason="spam")
    assert "1 post kept as it is." in choose(as_sam, "keep", post)
    assert not Report.objects.open().exists()
    assert "Nothing was changed." in choose(as_sam, "keep", post)


@pytest.mark.parametrize("action", ["feature", "disable", "enable", "release", "keep"])
def test_who_may_only_look_decides_nothing(alice: User, action: str, post: Post) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(codename="view_post"))
    client = Client()
    client.force_login(bea)
    before = list(Post.objects.values())
    page = choose(client, action, post, confirm="1", reason="Spam.")
    assert f'value="{action}"' not in page
    assert list(Post.objects.values()) == before


def test_a_post_that_went_meanwhile_is_no_fault(as_sam: Client, post: Post) -> None:
    gone = Post(pk=10**9)
    assert "Nothing was changed." in choose(as_sam, "enable", gone)
    assert "1 post disabled." in choose(as_sam, "disable", gone, post, confirm="1", reason="Spam.")


def test_the_pictures_of_what_is_disabled_leave_the_public_area(as_sam: Client, post: Post) -> None:
    choose(as_sam, "disable", post, confirm="1", reason="Spam.")
    outbox.run()
    assert StoredObject.objects.get(image__post=post).area == "private"
