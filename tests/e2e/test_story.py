"""What a new person does first, from the landing page to the gallery."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.diary import read_diary, start_diary
from tests.e2e.pages import POSTER, SKETCH, SLOW, Studio, expect_loaded, new_person

TEXTS = {
    "en": {
        "create": "Create",
        "gallery": "Gallery",
        "caption": "Caption",
        "images": "Generated images",
        "pending": "Developing",
        "tooltip": "Don't worry, this takes a few seconds",
        "open": "Open post",
        "empty": "Your first prompt fills this wall.",
    },
    "pt-br": {
        "create": "Criar",
        "gallery": "Galeria",
        "caption": "Legenda",
        "images": "Imagens Geradas",
        "pending": "Revelando",
        "tooltip": "Não se preocupe, isso leva alguns segundos",
        "open": "Abrir post",
        "empty": "Seu primeiro prompt preenche esta parede.",
    },
}
PROMPTS = {
    "en": "A lighthouse on a cliff at dusk, slow=12",
    "pt-br": "Um farol no penhasco ao entardecer, slow=12",
}


@pytest.mark.parametrize(
    ("language", "locale", "phone"), [("en", "en-US", False), ("pt-br", "pt-BR", True)]
)
def test_a_new_person_signs_up_and_watches_three_pictures_arrive(
    browse: Browsing, language: str, locale: str, phone: bool
) -> None:
    texts = TEXTS[language]
    page = browse(locale=locale, phone=phone, reduced_motion="no-preference")
    _sign_up_from_the_landing_page(page, language)

    navigation = page.locator(".tabbar" if phone else ".nav")
    navigation.get_by_role("link", name=texts["create"], exact=True).click()
    expect(page.get_by_role("heading", level=1, name=texts["create"])).to_be_visible()
    studio = Studio(page)
    start_diary(page)
    studio.generate(PROMPTS[language], [SKETCH, POSTER, SLOW])

    expect(studio.caption).to_be_visible()
    entries = read_diary(page)
    assert next(entry for entry in entries if entry["caption"])["pictures"] == 0
    expect(studio.section.get_by_role("heading", name=texts["caption"])).to_be_visible()
    expect(studio.section.get_by_role("heading", name=texts["images"])).to_be_visible()
    expect(studio.slots).to_have_count(3)
    pending = studio.slot("Fault: slow")
    expect(pending.get_by_text(texts["pending"])).to_be_visible()
    pending.locator(".pending").focus()
    expect(pending.get_by_role("tooltip")).to_have_text(texts["tooltip"])
    caption = studio.caption.inner_text()
    assert "#" in caption

    page.reload()
    studio.expect_running()
    assert studio.caption.inner_text() == caption
    expect(studio.prompt).to_have_value(PROMPTS[language])
    studio.expect_finished(pictures=3)
    assert studio.caption.inner_text() == caption

    studio.section.get_by_role("link", name=texts["open"]).click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    Studio(page).expect_finished(pictures=3)
    address = page.url

    navigation.get_by_role("link", name=texts["gallery"], exact=True).click()
    page.wait_for_url("**/gallery/")
    card = page.locator("#cards > li").first
    expect_loaded(card.locator("img"))
    card.locator(".card__open").click()
    lightbox = page.locator("#lightbox")
    expect(lightbox.locator("#lightbox-caption")).to_have_text(caption, use_inner_text=True)
    lightbox.get_by_role("link", name=texts["open"]).click()
    page.wait_for_url(address)


def _sign_up_from_the_landing_page(page: Page, language: str) -> None:
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("a[href*='/accounts/signup/']:visible").first.click()
    page.wait_for_url("**/accounts/signup/**")
    person = new_person()
    page.fill("[name=email]", person.email)
    page.fill("[name=password1]", person.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/create/")  # what the landing page promised
    page.locator("a[href='/']:visible").first.click()
    expect(page.get_by_text(TEXTS[language]["empty"])).to_be_visible()
