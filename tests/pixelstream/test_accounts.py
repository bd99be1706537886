"""The doors: signing up, in and out, guessing, forgetting, and coming back to where one was."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings

from pixelstream.accounts import known_browsers
from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User
from tests.factories import PASSWORD, create_user
from tests.pixelstream.test_mfa import long_after

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
SIGNUP = "/accounts/signup/"
WITH_MAIL = override_settings(MAIL_IS_SENT=True, ACCOUNT_EMAIL_VERIFICATION="mandatory")


def sign_in(
    client: Client, email: str = "alice@example.com", password: str = PASSWORD, **more: str
):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link_in_mail() -> str:
    found = re.search(r"https?://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


# --- signing up


def test_signing_up_makes_an_account_and_signs_in(anonymous: Client) -> None:
    answer = anonymous.post(SIGNUP, {"email": "Nina@Example.com", "password1": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert User.objects.get().email == "nina@example.com"
    assert is_signed_in(anonymous)


def test_signing_up_goes_on_to_where_one_wanted_to_go(anonymous: Client) -> None:
    page = anonymous.get(f"{SIGNUP}?next=/posts/create/").content.decode()
    assert '<input type="hidden" name="next" value="/posts/create/">' in page
    form = {"email": "nina@example.com", "password1": PASSWORD, "next": "/posts/create/"}
    assert anonymous.post(SIGNUP, form)["Location"] == "/posts/create/"


def test_signing_up_twice_with_one_address_makes_no_second_account(
    anonymous: Client, alice: User
) -> None:
    answer = anonymous.post(SIGNUP, {"email": "ALICE@example.com", "password1": PASSWORD})
    assert answer.status_code == 200
    assert "There is an account with this address already." in answer.content.decode()
    assert User.objects.count() == 1
    assert not is_signed_in(anonymous)


def test_a_weak_password_is_explained_at_its_field(anonymous: Client) -> None:
    page = anonymous.post(SIGNUP, {"email": "n@example.com", "password1": "1234"}).content.decode()
    assert "<title>Error: Create an account" in page
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_password1_helptext"' in page
    assert 'id="id_password1_error"' in page
    assert not User.objects.exists()


@WITH_MAIL
def test_with_mail_an_account_waits_for_its_link(anonymous: Client) -> None:
    answer = anonymous.post(
        SIGNUP, {"email": "nina@example.com", "password1": PASSWORD}, follow=True
    )
    assert "Look into your mailbox" in answer.content.decode()
    assert not is_signed_in(anonymous)

    page = anonymous.get(link_in_mail()).content.decode()
    assert "nina@example.com" in page
    anonymous.post(link_in_mail())
    sign_in(anonymous, "nina@example.com")
    assert is_signed_in(anonymous)


@WITH_MAIL
def test_the_first_administrator_needs_no_link(anonymous: Client) -> None:
    with override_settings(ADMIN_EMAIL="root@example.com", ADMIN_PASSWORD=PASSWORD):
        call_command("ensure_admin")
    sign_in(anonymous, "root@example.com")
    assert is_signed_in(anonymous)


# --- signing in


@pytest.mark.parametrize("email", ["alice@example.com", "Alice@Example.COM", " alice@example.com "])
def test_the_address_signs_in_in_any_case(anonymous: Client, alice: User, email: str) -> None:
    assert sign_in(anonymous, email)["Location"] == "/"
    assert is_signed_in(anonymous)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(
    anonymous: Client, alice: User, email: str
) -> None:
    page = sign_in(anonymous, email, "not it").content.decode()
    assert "<title>Error: Sign in" in page
    assert 'role="alert" tabindex="-1" data-focus' in page
    assert "The email or the password is not right." in page
    assert "not it" not in page
    assert not is_signed_in(anonymous)


def test_empty_fields_say_what_to_enter_in_the_summary_and_at_the_field(anonymous: Client) -> None:
    page = anonymous.post(LOGIN, {}).content.decode()
    for words in ("Enter your email address.", "Enter your password."):
        assert page.count(words) == 2
    assert '<a href="#id_login">' in page


def test_password_managers_are_told_what_is_what(anonymous: Client) -> None:
    page = anonymous.get(LOGIN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in anonymous.get(SIGNUP).content.decode()


def test_a_stranger_is_sent_to_the_door_and_comes_back(anonymous: Client, alice: User) -> None:
    wanted = "/gallery/?before=7"
    door = anonymous.get(wanted)
    assert door.status_code == 302
    page = anonymous.get(door["Location"]).content.decode()
    assert f'name="next" value="{wanted}"' in page
    assert '<a href="/accounts/signup/?next=%2Fgallery%2F%3Fbefore%3D7">' in page
    assert sign_in(anonymous, next=wanted)["Location"] == wanted


def test_nobody_is_sent_to_another_site(anonymous: Client, alice: User) -> None:
    assert sign_in(anonymous, next="https://evil.example/")["Location"] == "/"


def test_who_is_signed_in_does_not_see_the_doors(as_alice: Client) -> None:
    for address in (LOGIN, SIGNUP):
        assert as_alice.get(address)["Location"] == "/"


def test_a_suspended_person_cannot_sign_in_and_is_told(anonymous: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    answer = anonymous.post(LOGIN, {"login": alice.email, "password": PASSWORD}, follow=True)
    assert "This account is suspended" in answer.content.decode()
    assert not is_signed_in(anonymous)


def test_suspending_ends_what_is_open(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert as_alice.get("/gallery/").status_code == 302


# --- guessing


def test_guessing_ends_with_429_and_our_page(anonymous: Client, alice: User) -> None:
    codes = [sign_in(anonymous, password=f"guess {n}").status_code for n in range(6)]
    assert codes == [200, 200, 200, 200, 200, 429]
    right = sign_in(anonymous)
    assert right.status_code == 429, "also for the right password"
    assert "Too many tries." in right.content.decode()
    assert not is_signed_in(anonymous)


def test_one_persons_guesses_do_not_lock_another_out(
    anonymous: Client, alice: User, bob: User
) -> None:
    for n in range(6):
        sign_in(anonymous, password=f"guess {n}")
    assert sign_in(Client(), bob.email).status_code == 302


def browser(address: str) -> Client:
    """One of its own, elsewhere in the network."""
    return Client(REMOTE_ADDR=address)


def test_who_guesses_at_an_account_does_not_keep_its_owner_out_of_a_known_browser(
    alice: User,
) -> None:
    known, stranger, new = (browser(f"203.0.113.{n}") for n in (1, 2, 3))
    sign_in(known)
    known.post("/accounts/logout/")
    for n in range(6):
        sign_in(stranger, password=f"guess {n}")
    assert sign_in(stranger).status_code == 429
    assert sign_in(new).status_code == 429, "nobody has signed in there"
    assert sign_in(known).status_code == 302
    assert is_signed_in(known)


def test_a_known_browser_may_not_guess_for_ever_either(alice: User) -> None:
    known = browser("203.0.113.1")
    sign_in(known)
    known.post("/accounts/logout/")
    codes = [sign_in(known, password=f"guess {n}").status_code for n in range(6)]
    assert codes == [200, 200, 200, 200, 200, 429]


def test_a_browser_is_known_for_those_who_signed_in_there_and_for_nobody_else(
    alice: User, bob: User
) -> None:
    theirs, stranger = browser("203.0.113.1"), browser("203.0.113.2")
    for email in (alice.email, bob.email):
        sign_in(theirs, email)
        theirs.post("/accounts/logout/")
    of_eve = create_user("eve@example.com").email
    for email in (alice.email, bob.email, of_eve):
        for n in range(6):
            sign_in(browser(f"203.0.113.{10 + n}"), email, password=f"guess {n}")
    assert sign_in(theirs, alice.email).status_code == 302
    theirs.post("/accounts/logout/")
    assert sign_in(theirs, bob.email.upper()).status_code == 302
    theirs.post("/accounts/logout/")
    assert sign_in(theirs, of_eve).status_code == 429

    stranger.cookies[known_browsers.COOKIE] = theirs.cookies[known_browsers.COOKIE].value + "x"
    assert sign_in(stranger, alice.email).status_code == 429, "nobody signed that"


def test_the_mark_of_a_known_browser_is_no_matter_of_scripts_and_tells_no_address(
    alice: User,
) -> None:
    client = Client()
    sign_in(client)
    cookie = client.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "alice" not in cookie.value


# --- signing out


def test_looking_at_the_sign_out_page_does_not_sign_out(as_alice: Client) -> None:
    assert "Sign out on this device?" in as_alice.get("/accounts/logout/").content.decode()
    assert is_signed_in(as_alice)


def test_signing_out_takes_a_post_and_leads_home(as_alice: Client) -> None:
    answer = as_alice.post("/accounts/logout/")
    assert answer["Location"] == "/"
    assert not is_signed_in(as_alice)


# --- forgetting and changing


@WITH_MAIL
def test_a_forgotten_password_is_replaced_by_mail(anonymous: Client, alice: User) -> None:
    trust_address(alice)
    form = {"email": "ALICE@example.com"}
    answer = anonymous.post("/accounts/password/reset/", form, follow=True)
    assert "Look into your mailbox" in answer.content.decode()

    link = link_in_mail()
    page = anonymous.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    form = {"password1": "another horse 42", "password2": "another horse 42"}
    answer = anonymous.post(page.request["PATH_INFO"], form, follow=True)
    assert "The password is changed" in answer.content.decode()
    sign_in(anonymous, password="another horse 42")
    assert is_signed_in(anonymous)

    again = Client().get(link, follow=True)
    assert "This link does not work" in again.content.decode()


def test_an_unknown_address_is_not_told_apart(anonymous: Client) -> None:
    answer = anonymous.post("/accounts/password/reset/", {"email": "no@example.com"}, follow=True)
    assert "If there is an account with this address" in answer.content.decode()


def test_without_a_mail_server_the_page_says_so(anonymous: Client) -> None:
    page = anonymous.get("/accounts/password/reset/").content.decode()
    assert "This installation does not send email." in page
    with WITH_MAIL:
        page = anonymous.get("/accounts/password/reset/").content.decode()
    assert "This installation does not send email." not in page


def test_changing_the_password_keeps_one_signed_in(as_alice: Client, alice: User) -> None:
    new = {"oldpassword": PASSWORD, "password1": "another horse", "password2": "another horse"}
    assert as_alice.post("/accounts/password/change/", new).status_code == 302
    assert as_alice.get("/gallery/").status_code == 200
    alice.refresh_from_db()
    assert alice.check_password("another horse")


def test_changing_the_password_takes_the_current_one(as_alice: Client, alice: User) -> None:
    new = {"oldpassword": "not it", "password1": "another horse", "password2": "another horse"}
    page = as_alice.post("/accounts/password/change/", new).content.decode()
    assert "This is not your current password." in page
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_who_has_no_password_sets_one(as_alice: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    as_alice.force_login(alice)
    answer = as_alice.get("/accounts/password/change/", follow=True)
    assert "Your account has no password yet." in answer.content.decode()


@WITH_MAIL
def test_a_new_address_counts_once_its_link_was_opened(anonymous: Client, alice: User) -> None:
    trust_address(alice)
    sign_in(anonymous)
    form = {"email": "New@example.com", "action_add": ""}
    page = anonymous.post("/accounts/email/", form, follow=True).content.decode()
    assert "We sent a link to <b>new@example.com</b>." in page
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    anonymous.post(link_in_mail())
    alice.refresh_from_db()
    assert alice.email == "new@example.com"


@WITH_MAIL
def test_who_did_not_sign_in_lately_gives_the_password_before_a_new_address(
    anonymous: Client, alice: User
) -> None:
    trust_address(alice)
    sign_in(anonymous)
    long_after(anonymous)
    form = {"email": "new@example.com", "action_add": ""}
    confirm = anonymous.post("/accounts/email/", form)["Location"]
    assert confirm.startswith("/accounts/reauthenticate/?")
    wrong = anonymous.post(confirm, {"password": "not it at all"})
    assert wrong.status_code == 200
    assert not mail.outbox
    assert not alice.emailaddress_set.filter(email="new@example.com").exists()
    anonymous.post(confirm, {"password": PASSWORD})
    assert [letter.to for letter in mail.outbox] == [["new@example.com"]], "what was typed is done"
    assert alice.emailaddress_set.filter(email="new@example.com", verified=False).exists()


@WITH_MAIL
def test_who_has_neither_password_nor_second_step_cannot_be_asked_for_one(alice: User) -> None:
    trust_address(alice)
    alice.set_unusable_password()
    alice.save()
    client = Client()
    client.force_login(alice)
    form = {"email": "new@example.com", "action_add": ""}
    page = client.post("/accounts/email/", form, follow=True).content.decode()
    assert "We sent a link to <b>new@example.com</b>." in page


def test_without_a_mail_server_addresses_are_the_administrators_matter(as_alice: Client) -> None:
    page = as_alice.get("/accounts/email/").content.decode()
    assert "Ask whoever runs it to change yours." in page
    assert 'name="action_add"' not in page


# --- language


def test_a_language_is_remembered_in_the_browser_and_with_the_person(
    as_alice: Client, alice: User
) -> None:
    answer = as_alice.post("/language/", {"language": "pt-br", "next": "/gallery/"})
    assert answer["Location"] == "/gallery/"
    assert answer.cookies["django_language"].value == "pt-br"
    alice.refresh_from_db()
    assert alice.language == "pt-br"
    assert '<html lang="pt-br">' in as_alice.get("/gallery/").content.decode()


def test_the_language_survives_the_next_sign_in_on_another_browser(
    as_alice: Client, alice: User, anonymous: Client
) -> None:
    as_alice.post("/language/", {"language": "pt-br"})
    assert '<html lang="en">' in anonymous.get(LOGIN).content.decode()
    sign_in(anonymous)
    assert '<html lang="pt-br">' in anonymous.get("/").content.decode()


def test_a_language_chosen_at_the_door_is_not_overruled(alice: User, anonymous: Client) -> None:
    alice.language = "pt-br"
    alice.save()
    anonymous.post("/language/", {"language": "en", "next": LOGIN})
    sign_in(anonymous)
    assert '<html lang="en">' in anonymous.get("/").content.decode()


def test_a_stranger_chooses_a_language_without_an_account(anonymous: Client) -> None:
    anonymous.post("/language/", {"language": "pt-br"})
    assert '<html lang="pt-br">' in anonymous.get("/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "de", "pt-br'"])
def test_an_unknown_language_changes_nothing(as_alice: Client, language: str) -> None:
    answer = as_alice.post("/language/", {"language": language, "next": "/gallery/"})
    assert answer["Location"] == "/gallery/"
    assert "django_language" not in answer.cookies


ELSEWHERE = ["https://evil.example/", "//evil.example", "javascript:x"]


@pytest.mark.parametrize("target", [*ELSEWHERE, "1", "home", "gallery:post-list", "\x00"])
def test_choosing_a_language_leads_to_no_other_site(anonymous: Client, target: str) -> None:
    assert anonymous.post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_choosing_a_language_takes_a_post(anonymous: Client) -> None:
    assert anonymous.get("/language/").status_code == 405


def test_the_doors_take_no_form_of_another_site(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert "Please send it again." in answer.content.decode()


def test_every_account_page_has_our_frame(anonymous: Client, as_alice: Client) -> None:
    doors = (
        "login/ signup/ password/reset/ password/reset/done/ password/reset/key/1-a/ inactive/"
        " password/reset/key/done/ confirm-email/ confirm-email/x/"
    )
    for door in doors.split():
        answer = anonymous.get(f"/accounts/{door}")
        assert answer.status_code == 200, door
        assert 'class="sign"' in answer.content.decode(), door
    for page in ["logout/", "password/change/", "email/", "reauthenticate/"]:
        answer = as_alice.get(f"/accounts/{page}")
        assert answer.status_code == 200, page
        assert "pad account" in answer.content.decode(), page


def test_the_closed_door_says_who_makes_accounts(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pixelstream.accounts.adapter.AccountAdapter.is_open_for_signup", lambda *_: False
    )
    assert "No new accounts" in anonymous.get(SIGNUP).content.decode()


def test_a_person_made_by_hand_signs_in(anonymous: Client) -> None:
    create_user("hand@example.com")
    assert sign_in(anonymous, "hand@example.com").status_code == 302
