"""The verbs of a post's own page: caption, cover, project."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gallery.models import AuditEvent, ChatMessage, Post, Project
from gallery.services.captions import mark_of
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, create_reference, start

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def caption(post: Post, text: str, **fields: str) -> dict[str, str]:
    """What the form sends."""
    return {"caption": text, "seen": mark_of(post.caption), **fields}


# --- caption


def test_a_saved_caption_leads_back_to_the_page(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    response = as_alice.post(f"/posts/{post.pk}/caption/", caption(post, "Mine. #Own"), follow=True)
    assert response.redirect_chain == [(f"/posts/{post.pk}/", 302)]
    page = response.content.decode()
    assert 'Mine. <span class="tag">#Own</span>' in page
    assert "The caption is saved." in page


def test_with_htmx_the_live_part_of_the_page_comes_with_its_message(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    address = f"/posts/{post.pk}/caption/"
    response = as_alice.post(address, caption(post, "Mine."), headers=HTMX, follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(f"/posts/{post.pk}/results/", 302)]
    assert "<html" not in html
    assert 'id="results"' in html
    assert re.search(r'hx-target="#toasts".*The caption is saved\.', html, re.DOTALL)


def test_line_breaks_of_browsers_count_once(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    text = "\r\n".join(["x"] * 2500) + "x"  # 2,501 letters, 2,499 breaks
    as_alice.post(f"/posts/{post.pk}/caption/", caption(post, text))
    post.refresh_from_db()
    assert len(post.caption) == 5000
    assert "\r" not in post.caption


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 5001, "A caption may have at most 5,000 characters. This one has 5,001."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_was_typed_is_kept_beside_what_is_wrong_with_it(
    as_alice: Client, alice: User, text: str, message: str, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    address = f"/posts/{post.pk}/caption/"
    response = as_alice.post(address, caption(post, text), headers=headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert text in html
    assert ("<html" in html) is not bool(headers)
    post.refresh_from_db()
    assert post.caption.startswith("Last light.")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_caption_that_changed_meanwhile_is_shown_beside_ones_own(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    stale = caption(post, "Mine.")
    Post.objects.filter(pk=post.pk).update(caption="Theirs. <b>")
    response = as_alice.post(f"/posts/{post.pk}/caption/", stale, headers=headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert "The caption changed meanwhile. Save again to keep yours." in html
    assert "Theirs. &lt;b&gt;" in html
    assert "Mine.</textarea>" in html

    seen = re.findall(r'name="seen" value="(\w+)"', html)
    again = as_alice.post(f"/posts/{post.pk}/caption/", {"caption": "Mine.", "seen": seen[0]})
    assert again.status_code == 302
    post.refresh_from_db()
    assert post.caption == "Mine."


def test_an_edit_without_a_mark_is_asked_about(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    response = as_alice.post(f"/posts/{post.pk}/caption/", {"caption": "Mine."})
    assert response.status_code == 422
    assert "Last light." in response.content.decode()


def test_while_the_caption_is_written_there_is_nothing_to_edit(
    as_alice: Client, alice: User
) -> None:
    post = start(alice)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    assert "Crafting a perfect caption" in page
    assert f"/posts/{post.pk}/caption/" not in page
    response = as_alice.post(f"/posts/{post.pk}/caption/", caption(post, "Mine."))
    assert response.status_code == 422
    assert "The caption is being written." in response.content.decode()


def test_an_emptied_caption_is_said_to_be_none(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    as_alice.post(f"/posts/{post.pk}/caption/", caption(post, "  \r\n "))
    for address in (f"/posts/{post.pk}/", f"/posts/create/?post={post.pk}"):
        page = as_alice.get(address).content.decode()
        assert "No caption" in page
        assert "Crafting a perfect caption" not in page
        assert "Writing the caption" not in page


def test_a_caption_is_never_markup(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    evil = "</textarea><script>alert(1)</script> #<b>"
    as_alice.post(f"/posts/{post.pk}/caption/", caption(post, evil))
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;/textarea&gt;&lt;script&gt;alert(1)") >= 2


# --- cover


def test_the_cover_is_marked_comes_first_and_is_on_the_card(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=3)
    third = post.images.get(position=2)
    response = as_alice.post(f"/posts/{post.pk}/cover/", {"img": "3"}, follow=True)
    page = response.content.decode()
    assert "This picture is the cover now." in page
    assert re.findall(r'id="slot-\d+-(\d)"', page) == ["2", "0", "1"]
    slots = page.split("<figure")
    assert "Cover" in slots[1]
    assert "Use as cover" not in slots[1]
    assert all("Use as cover" in slot for slot in slots[2:4])
    assert f"/posts/{post.pk}/download/?img=3" in slots[1], "it keeps its number"
    assert third.thumbnail_url in as_alice.get("/gallery/").content.decode()


def test_a_single_picture_is_no_choice(as_alice: Client, alice: User) -> None:
    page = as_alice.get(f"/posts/{create_post(alice).pk}/").content.decode()
    assert "Use as cover" not in page
    assert "i-pin" not in page


@pytest.mark.parametrize("img", ["", "0", "3", "-1", "x", "1e9", "9" * 30, "\x00"])
def test_a_picture_that_is_not_there_is_told(as_alice: Client, alice: User, img: str) -> None:
    post = create_post(alice, images=2)
    response = as_alice.post(f"/posts/{post.pk}/cover/", {"img": img}, follow=True)
    assert "This picture is not there any more." in response.content.decode()
    post.refresh_from_db()
    assert post.cover_position is None


# --- project and visibility


def test_a_post_is_moved_into_a_project_and_out_again(as_alice: Client, alice: User) -> None:
    post, project = create_post(alice), create_project(alice)
    address = f"/posts/{post.pk}/project/"
    moved = as_alice.post(address, {"project": project.pk}, follow=True).content.decode()
    assert "Moved to “Farol”." in moved
    assert f'value="{project.pk}" selected' in moved
    post.refresh_from_db()
    assert (post.project, post.revision) == (project, 2)
    out = as_alice.post(address, {"project": ""}, follow=True).content.decode()
    assert "The post is in no project now." in out
    assert AuditEvent.objects.filter(action="post.project").count() == 2


@pytest.mark.parametrize("project", ["bob's", "999999", "x", "\x00", "9" * 30])
def test_a_project_of_another_person_is_not_there(
    as_alice: Client, alice: User, bob: User, project: str
) -> None:
    post = create_post(alice)
    foreign = create_project(bob, "Bob's secret")
    value = foreign.pk if project == "bob's" else project
    response = as_alice.post(f"/posts/{post.pk}/project/", {"project": value}, follow=True)
    page = response.content.decode()
    assert "This project is not there." in page
    assert "Bob&#x27;s secret" not in page
    post.refresh_from_db()
    assert post.project is None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_switch_makes_a_post_public_and_comes_back_here(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    fields = {"visibility": "public", "view": "post"}
    address = f"/posts/{post.pk}/visibility/"
    html = as_alice.post(address, fields, headers=headers, follow=True).content.decode()
    assert 'aria-checked="true"' in html
    assert "Everybody finds this post now." in html
    post.refresh_from_db()
    assert post.visibility == Post.Visibility.PUBLIC


# --- the page


def test_the_history_says_who_asked_what_and_what_came_back(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    asked = {"models": ["builtin/lumen", "vendor/unknown-model"]}
    question = post.messages.create(role=ChatMessage.Role.USER, text="a <b>boat", snapshot=asked)
    question.attachments.add(create_reference(alice))
    post.messages.create(role=ChatMessage.Role.ASSISTANT, error="quota", duration_ms=2500)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    history = page[page.index('id="post-history"') :]
    assert history.index("You asked") < history.index("It failed")
    assert "a &lt;b&gt;boat" in history
    assert "Lumen, unknown-model" in history
    assert "The provider&#x27;s quota is used up." in history
    assert "2.5 s" in history
    assert 'alt="reference.jpg"' in history
    assert history[:60].count(" open") == 1


def test_a_history_of_one_prompt_is_folded(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    post.messages.create(role=ChatMessage.Role.USER, text="a boat")
    post.messages.create(role=ChatMessage.Role.ASSISTANT, text=post.caption)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    history = page[page.index('id="post-history"') :]
    assert not history.startswith('id="post-history" open')


def test_the_settings_say_who_wrote_the_caption_and_that_it_was_edited(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice, caption_model="builtin/copywriter")
    post.messages.create(role=ChatMessage.Role.ASSISTANT, text=post.caption)
    assert "<dd>Copywriter</dd>" in as_alice.get(f"/posts/{post.pk}/").content.decode()
    as_alice.post(f"/posts/{post.pk}/caption/", caption(post, "Mine."))
    assert "<dd>Copywriter, edited</dd>" in as_alice.get(f"/posts/{post.pk}/").content.decode()


def test_the_page_costs_the_same_whatever_it_shows(
    as_alice: Client, alice: User, django_assert_num_queries: object
) -> None:
    small = start(alice)
    large = start(alice, models="builtin/sketch builtin/poster builtin/lumen")
    for number in range(5):
        create_project(alice, f"Project {number}")
        question = large.messages.create(role=ChatMessage.Role.USER, text="again")
        question.attachments.add(create_reference(alice))
    for post in (small, large):
        with django_assert_num_queries(11):  # type: ignore[operator]
            as_alice.get(f"/posts/{post.pk}/")


def test_large_ids_are_never_written_with_separators(as_alice: Client, alice: User) -> None:
    """In words 1,234,567 is right; in an address or a field's value it is a fault."""
    project = Project.objects.create(pk=2_345_678, owner=alice, name="Far out")
    post = create_post(alice, images=2, pk=1_234_567, project=project)
    page = as_alice.get(f"/posts/{post.pk}/").content.decode()
    main = page[page.index("<main") :]
    assert 'value="2345678" selected' in main
    assert "?post=1234567&amp;similar=1" in main
    assert "1,234,567" not in main
    assert "2,345,678" not in main
