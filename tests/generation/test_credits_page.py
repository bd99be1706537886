"""What the page of credits, and other pages, say of a person's credits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from gallery.models import Post
from gallery.services import deletion, trash
from gallery.services.export_files import as_json
from gallery.services.export_records import account_record
from generation import credits_page, results
from generation.models import CreditAccount, GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.services import credits, studio
from generation.services.keys import KeyState
from pixelstream.accounts.models import User
from tests.factories import animate, create_post, job_of, start, start_editing, work_off
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

PAGE = "/settings/credits/"
STUDIO = "/posts/create/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _credits(settings: LazySettings, scripted: ScriptedProvider) -> Iterator[None]:
    """Everybody begins with 20, and a picture of the scripted vendor costs 5."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20
    settings.CREDITS_WITHOUT_COST = 5
    yield
    assert broken_invariants() == []


def words(client: Client, address: str = PAGE) -> str:
    """The text of a page, without its tags."""
    html = client.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def titles(person: User) -> list[str]:
    """The lines, the newest first."""
    return [line.title for line in credits_page.read(person).lines]


# --- the page


def test_there_is_no_page_where_nothing_costs_credits(
    as_alice: Client, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = False
    assert as_alice.get(PAGE).status_code == 404
    assert PAGE not in as_alice.get("/settings/keys/").content.decode()


def test_looking_opens_no_account(as_alice: Client) -> None:
    assert "You have 20 credits." in words(as_alice)
    assert "Nothing yet" in words(as_alice)
    assert not CreditAccount.objects.exists()
    assert PAGE in as_alice.get("/settings/keys/").content.decode()


def test_every_entry_is_explained_and_leads_to_what_it_was_for(
    as_alice: Client, alice: User, sam: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/b"] = ProviderError(ErrorKind.MODERATION, "no")
    post = start(alice, models="test/a test/b")
    work_off(post)
    credits.grant(alice, 7, by=sam, reason="Sorry <b>.")
    assert titles(alice) == [
        "Given by an administrator",
        "Given back: no image by B",
        "The image by A is there",
        "Held for an image by B",
        "Held for an image by A",
        "To begin with",
    ]
    page = as_alice.get(PAGE).content.decode()
    assert "You have 22 credits." in words(as_alice)
    assert "Sorry &lt;b&gt;." in page
    said = "The provider's rules do not allow this prompt. You were not charged."
    assert said.replace("'", "&#x27;") in page
    assert f'href="{post.get_absolute_url()}"' in page
    assert sam.email not in page


def test_an_edit_leads_to_its_turn(alice: User) -> None:
    turn = start_editing(create_post(alice).images.get())
    line = credits_page.read(alice).lines[0]
    assert line.address == f"{turn.conversation.get_absolute_url()}#turn-1"
    assert line.amount == "\N{MINUS SIGN}5"


def test_what_is_in_the_trash_or_deleted_is_not_led_to(alice: User) -> None:
    post = start(alice, models="test/a")
    trash.trash(owner=alice, ids=[post.pk])
    assert {line.address for line in credits_page.read(alice).lines} == {""}
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=alice)
    newest = credits_page.read(alice).lines[0]
    assert (newest.address, newest.detail) == ("", "You were not charged.")


def test_one_sees_ones_own_only(as_bob: Client, alice: User) -> None:
    start(alice, models="test/a")
    assert "Held" not in words(as_bob)


def test_a_long_ledger_is_walked_page_by_page(
    as_alice: Client, alice: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credits, "PAGE_SIZE", 2)
    for number in range(3):
        credits.grant(alice, number + 1, by=sam, reason=f"gift {number}")
    page = as_alice.get(PAGE).content.decode()
    assert "gift 2" in page
    assert "gift 0" not in page
    older = re.search(r'href="(\?before=\d+)"', page)
    assert older is not None
    assert "gift 0" in words(as_alice, PAGE + older[1])
    assert "There is nothing older." in words(as_alice, PAGE + "?before=1")


@pytest.mark.parametrize("rubbish", ["x", "-1", "0", "\0", "9" * 30])
def test_rubbish_for_a_cursor_is_the_first_page(
    as_alice: Client, alice: User, rubbish: str
) -> None:
    start(alice, models="test/a")
    answer = as_alice.get(PAGE, {"before": rubbish})
    assert answer.status_code == 200
    assert "Held for an image by A" in answer.content.decode()


def test_a_long_page_asks_no_more_of_the_database(
    as_alice: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    post = start(alice, models="test/a test/b test/c")
    studio.cancel_post(post=post, by=alice)
    turn = start_editing(create_post(alice).images.get())
    assert turn.pk
    with django_assert_max_num_queries(8):
        as_alice.get(PAGE)


def test_nothing_is_changed_by_looking_or_by_posting(as_alice: Client) -> None:
    assert as_alice.post(PAGE).status_code == 405


# --- before


def test_the_studio_says_what_models_cost_and_what_one_has(as_alice: Client, alice: User) -> None:
    start(alice, models="test/a")
    page = as_alice.get(STUDIO).content.decode()
    assert 'data-credits="15"' in page, "of the person"
    assert re.search(r'value="test/a"[^>]*data-credits="5"', page)
    assert re.search(r'value="builtin/lumen"[^>]*data-credits="1"', page)


def test_switched_off_the_studio_says_nothing_of_credits(
    as_alice: Client, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = False
    assert "credit" not in words(as_alice, STUDIO).lower()


def test_ones_own_key_costs_no_credits(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio.keys, "states", lambda owner: {"scripted": KeyState.USABLE})
    page = as_alice.get(STUDIO).content.decode()
    assert re.search(r'value="test/a"[^>]*data-credits="0"', page)


def send(client: Client, *models: str, htmx: bool) -> Any:
    """The studio's form."""
    form = {"prompt": "a lighthouse", "models": models, "aspect_ratio": "1:1", "resolution": "1K"}
    return client.post(STUDIO, form, headers=HTMX if htmx else {})


def test_the_answer_to_a_form_says_what_is_left(as_alice: Client) -> None:
    answer = send(as_alice, "test/a", htmx=True)
    assert answer.status_code == 200
    assert 'data-credits="15"' in answer.content.decode()


@pytest.mark.parametrize("htmx", [False, True])
def test_too_few_credits_are_told_and_the_form_comes_back(
    as_alice: Client, settings: LazySettings, htmx: bool
) -> None:
    settings.CREDITS_SIGNUP_GRANT = 8
    answer = send(as_alice, "test/a", "test/b", htmx=htmx)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "2 images cost 10 credits; you have 8. Nothing was started." in page
    assert "a lighthouse" in page
    assert not Post.objects.exists()
    assert not CreditAccount.objects.exists()


def test_too_few_credits_for_an_edit_are_told(as_alice: Client, alice: User, sam: User) -> None:
    post = create_post(alice)
    start(alice, models="test/a test/b test/c builtin/lumen builtin/poster builtin/sketch")
    form = {"message": "darker", "models": ["test/edit"]}
    answer = as_alice.post(f"/posts/{post.pk}/edit/", form)
    assert answer.status_code == 422
    assert "1 image costs 5 credits; you have 2." in answer.content.decode()


def test_too_few_credits_to_try_again_or_to_regenerate_are_told(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a")
    work_off(post)
    start(alice, models="test/b test/c")
    start(alice, models="test/b test/c")
    for verb, form in (("retry", {"slot": "0"}), ("regenerate", {})):
        answer = as_alice.post(f"/posts/{post.pk}/{verb}/", form, follow=True)
        assert "1 image costs 5 credits; you have 0." in answer.content.decode()
    assert post.jobs.filter(kind="image").count() == 1
    assert Post.objects.count() == 3


# --- after


def test_what_failed_was_not_charged_even_where_the_provider_may_charge_us(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.AMBIGUOUS, "lost")
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post).billed != "no"
    assert results.results_of(post).slots[0].charge == "not charged"


def test_on_ones_own_key_the_provider_may_charge(
    alice: User, scripted: ScriptedProvider, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = False
    scripted.answers["test/a"] = ProviderError(ErrorKind.AMBIGUOUS, "lost")
    post = start(alice, models="test/a")
    work_off(post)
    settings.CREDITS_ENABLED = True
    GenerationJob.objects.filter(pk=job_of(post).pk).update(uses_own_key=True)
    assert results.results_of(post).slots[0].charge != "not charged"


# --- taking along


def test_an_export_has_the_ledger_without_who_gave_what(alice: User, sam: User) -> None:
    work_off(start(alice, models="test/a"))
    credits.grant(alice, 7, by=sam, reason="Sorry.")
    record = json.loads(as_json(account_record(alice)))["credits"]
    assert record["balance"] == 22
    assert [entry["kind"] for entry in record["entries"]] == ["grant", "hold", "capture", "grant"]
    assert record["entries"][-1]["reason"] == "Sorry."
    assert "by_id" not in record["entries"][-1]


def test_an_export_of_somebody_without_credits_says_nothing_of_them(alice: User) -> None:
    assert "credits" not in account_record(alice)


def test_in_portuguese_the_page_is_there(as_alice: Client, alice: User) -> None:
    start(alice, models="test/a")
    with translation.override("pt-br"):
        assert len(titles(alice)) == 2


# --- clips


def test_the_ledger_says_that_it_was_a_clip(alice: User, settings: LazySettings) -> None:
    settings.BUILTIN_ENGINE_FAULTS = True
    picture = create_post(alice).images.get()
    work_off(animate(alice, models="test/clip", first=picture))
    failed = animate(alice, models="builtin/fault-clip-fail", first=picture)
    work_off(failed)
    lines = credits_page.read(alice).lines
    assert [(line.title, line.amount) for line in lines] == [
        ("Given back: no clip by Fault: clip fails", "+3"),
        ("Held for a clip by Fault: clip fails", "−3"),
        ("The clip by Clip is there", ""),
        ("Held for a clip by Clip", "−15"),
        ("To begin with", "+20"),
    ]
    assert lines[0].detail == "The model gave no clip. You were not charged."
    deletion.delete_posts(Post.objects.filter(pk=failed.pk), by=alice)
    assert titles(alice)[0] == "Given back: no clip by Fault: clip fails"
