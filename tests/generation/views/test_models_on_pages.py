"""What people see of models, their prices and their failures."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gallery.models import Post
from generation import catalogue
from generation.models import CatalogueEntry, GenerationJob
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Artifact, Cost, Done, Kind
from pixelstream.accounts.models import User
from tests.factories import create_reference, job_of, picture_bytes, start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

STUDIO = "/posts/create/"
HTMX = {"HX-Request": "true"}
OLD, NEW = "google/gemini-2.5-flash-image", "google/gemini-3.1-flash-image"
NOTICE = "Nano Banana was retired on Oct. 2, 2026. Nano Banana 2 takes its place."


def text_of(html: str) -> str:
    """The words of a page, one space apart."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def wish(*models: str, **changes: object) -> dict[str, object]:
    return {
        "prompt": "a lighthouse",
        "models": list(models),
        "aspect_ratio": "1:1",
        "resolution": "1K",
        "form_key": str(uuid4()),
        **changes,
    }


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has an OpenRouter key, for an address where nobody answers."""
    monkeypatch.setitem(settings.PROVIDER_KEYS, "openrouter", "sk-or-operator")
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, "openrouter", "http://127.0.0.1:9")


# --- the list of models


def test_a_models_row_says_what_it_typically_takes_and_costs(
    as_alice: Client, with_key: None
) -> None:
    page = text_of(as_alice.get(STUDIO).content.decode())
    assert "Flux 2 Flex OpenRouter ~20 s &nbsp;$0.0500" in page


def test_a_models_row_says_when_it_will_be_retired(as_alice: Client, with_key: None) -> None:
    soon = timezone.localdate() + timedelta(days=30)
    CatalogueEntry.objects.filter(key=NEW).update(retired_on=soon)
    catalogue.forget()
    page = text_of(as_alice.get(STUDIO).content.decode())
    assert "Nano Banana 2 OpenRouter · until" in page


def test_models_that_an_administrator_took_away_are_not_in_the_list(
    as_alice: Client, with_key: None
) -> None:
    CatalogueEntry.objects.filter(key=NEW).update(is_offered=False)
    catalogue.forget()
    assert f'value="{NEW}"' not in as_alice.get(STUDIO).content.decode()
    answer = as_alice.post(STUDIO, wish(NEW))
    assert answer.status_code == 422
    assert not Post.objects.exists()


def test_what_one_of_the_chosen_models_cannot_make_is_told_with_its_name(
    as_alice: Client, with_key: None
) -> None:
    flux, seedream = "black-forest-labs/flux.2-flex", "bytedance-seed/seedream-4.5"
    answer = as_alice.post(STUDIO, wish(flux, seedream, resolution="4K"))
    assert answer.status_code == 422
    assert "Flux 2 Flex cannot make 4K pictures." in answer.content.decode()


# --- retired models


def test_a_post_of_a_retired_model_opens_with_its_successor_and_says_so(
    as_alice: Client, alice: User, with_key: None
) -> None:
    post = start(alice, models=OLD)
    page = as_alice.get(f"{STUDIO}?post={post.pk}").content.decode()
    assert NOTICE in page
    chosen = re.findall(r'name="models"\s+value="([^"]+)"[^>]*\schecked', page)
    assert chosen == [NEW]


def test_a_stale_page_that_sends_a_retired_model_gets_its_successor(
    as_alice: Client, with_key: None
) -> None:
    answer = as_alice.post(STUDIO, wish(OLD, NEW), headers=HTMX)
    assert answer.status_code == 200
    pictures = Post.objects.get().jobs.filter(kind=Kind.IMAGE)
    assert list(pictures.values_list("model", flat=True)) == [NEW], "once, not twice"
    assert "Nano Banana 2 takes its place." in answer.headers["HX-Trigger"]


def test_without_javascript_the_notice_comes_with_the_next_page(
    as_alice: Client, with_key: None
) -> None:
    answer = as_alice.post(STUDIO, wish(OLD), follow=True)
    assert NOTICE in answer.content.decode()


def test_a_retired_model_without_a_usable_successor_is_refused(as_alice: Client) -> None:
    assert as_alice.post(STUDIO, wish(OLD)).status_code == 422


def test_trying_a_retired_model_again_takes_its_successor_and_says_so(
    as_alice: Client, alice: User, with_key: None
) -> None:
    copywriter = catalogue.find("builtin/copywriter")
    post = start(alice, models="builtin/sketch", caption_model=copywriter)
    work_off(post)
    GenerationJob.objects.create(
        post=post,
        kind=Kind.IMAGE,
        slot=1,
        model=OLD,
        status="failed",
        error_code="retired",
        finished_at=timezone.now(),
        params={"seed": 1},
    )
    answer = as_alice.post(f"/posts/{post.pk}/retry/", {"slot": "1"}, headers=HTMX)
    assert job_of(post, slot=1).model == NEW
    assert "takes its place" in answer.headers["HX-Trigger"]


# --- models that work on a picture


@pytest.fixture
def restyler(scripted: ScriptedProvider) -> str:
    """A model that only restyles a picture."""
    CatalogueEntry.objects.create(
        key="test/restyle",
        provider="scripted",
        remote_id="restyle",
        name="Restyle",
        kinds=["edit"],
        min_references=1,
        max_references=2,
        seed=True,
    )
    catalogue.forget()
    return "test/restyle"


def test_a_model_that_needs_a_picture_says_so(as_alice: Client, restyler: str) -> None:
    answer = as_alice.post(STUDIO, wish(restyler))
    assert answer.status_code == 422
    assert "Restyle needs a picture to work on: add a reference." in answer.content.decode()


def test_a_model_that_needs_a_picture_gets_it_as_an_edit(
    as_alice: Client, alice: User, restyler: str, scripted: ScriptedProvider
) -> None:
    reference = create_reference(alice)
    answer = as_alice.post(STUDIO, wish(restyler, references=[reference.pk], aspect_ratio="16:9"))
    assert answer.status_code == 302
    work_off(Post.objects.get())
    [call] = [call for call in scripted.calls if call.kind is not Kind.CAPTION]
    assert call.kind is Kind.EDIT
    assert len(call.references) == 1


# --- failures and costs


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ProviderError(ErrorKind.AUTH), "The provider refused the key. not charged"),
        (
            ProviderError(ErrorKind.MODERATION, reason="violence", billed=Billed.YES),
            "The provider's rules do not allow this prompt. violence charged",
        ),
        (
            ProviderError(ErrorKind.AMBIGUOUS),
            "The answer was lost on its way. may have been charged",
        ),
        (ProviderError(ErrorKind.QUOTA), "The provider's quota is used up. not charged"),
    ],
)
def test_a_failure_says_why_and_what_it_cost(
    as_alice: Client,
    alice: User,
    scripted: ScriptedProvider,
    error: ProviderError,
    words: str,
) -> None:
    scripted.answers["test/a"] = error
    post = start(alice, models="test/a")
    work_off(post)
    page = text_of(as_alice.get(f"/posts/{post.pk}/").content.decode())
    page = page.replace("Try again A ", "").replace("&#x27;", "'")
    assert words in page


def test_what_an_operator_needs_to_know_is_not_on_the_page(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "500 from 10.0.0.7: stack")
    post = start(alice, models="test/a")
    work_off(post)
    assert "10.0.0.7" not in as_alice.get(f"/posts/{post.pk}/").content.decode()


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(Decimal("0.06"), "reported"), "s &nbsp;$0.0600 &nbsp;"),
        (Cost(Decimal("0.039"), "estimated"), "s &nbsp;~$0.0390 &nbsp;"),
        (Cost(), "s &nbsp;"),
    ],
)
def test_a_picture_says_how_long_it_took_what_it_cost_and_how_large_it_is(
    as_alice: Client, alice: User, scripted: ScriptedProvider, cost: Cost, words: str
) -> None:
    picture = Artifact(picture_bytes(), "image/jpeg")
    scripted.answers["test/a"] = Done(artifacts=(picture,), cost=cost)
    post = start(alice, models="test/a")
    work_off(post)
    image = post.images.get()
    page = text_of(as_alice.get(f"/posts/{post.pk}/").content.decode())
    assert f"{words}{image.width}×{image.height}" in page
    assert ("Total cost" in page) == (cost.amount is not None)


def test_what_the_model_did_not_use_is_named_when_the_person_asked_for_it(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    picture = Artifact(picture_bytes(), "image/jpeg")
    scripted.answers["test/a"] = Done(artifacts=(picture,), ignored=("seed", "negative_prompt"))
    rolled = start(alice, models="test/a", negative_prompt="people")
    chosen = start(alice, models="test/a", negative_prompt="people", seed=7)
    for post, words in (
        (rolled, "Not used by the model: negative prompt"),
        (chosen, "Not used by the model: seed, negative prompt"),
    ):
        work_off(post)
        assert words in text_of(as_alice.get(f"/posts/{post.pk}/").content.decode())
