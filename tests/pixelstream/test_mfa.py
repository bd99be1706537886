"""The second step of signing in: on, asked for, off, lost, and demanded of staff."""

from __future__ import annotations

import base64
import html
import re
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from gallery.models import AuditEvent
from gallery.services import erasure
from gallery.services.remains import remains_of
from pixelstream import encryption
from pixelstream.accounts import mfa
from pixelstream.accounts.models import User
from tests.factories import PASSWORD, create_user
from tests.pixelstream.test_settings import manage

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/2fa/totp/activate/"
CODES = "/accounts/2fa/recovery-codes/"
PERIOD = 30


def code_for(secret: str, periods: int = 0) -> str:
    """What an app shows now, or showed so many periods ago."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + periods))


def secret_on(page: str) -> str:
    found = re.search(r'mfa__secret">(\w+)<', page)
    assert found, page
    return found[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", page)


def sign_in(client: Client, person: User, **more: str) -> Any:
    form = {"login": person.email, "password": PASSWORD, **more}
    return client.post("/accounts/login/", form)


def confirm_password(client: Client, then: str) -> None:
    answer = client.post(f"/accounts/reauthenticate/?next={then}", {"password": PASSWORD})
    assert answer["Location"] == then


def long_after(client: Client) -> None:
    """As if the person had signed in some time ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def switch_on(client: Client) -> str:
    """On the pages, right after signing in; gives the secret that the app has now."""
    secret = secret_on(client.get(ACTIVATE).content.decode())
    assert client.post(ACTIVATE, {"code": code_for(secret)})["Location"] == CODES
    return secret


def later() -> None:
    """As if the period of the code were over: used ones are forgotten."""
    cache.clear()


@pytest.fixture
def client_of_alice(alice: User) -> Client:
    client = Client()
    sign_in(client, alice)
    return client


# --- on and off


def test_switching_it_on_asks_for_the_password_and_for_a_code(client_of_alice: Client) -> None:
    client = client_of_alice
    long_after(client)
    assert client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    confirm_password(client, ACTIVATE)
    page = client.get(ACTIVATE)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "data:" in page["Content-Security-Policy"].partition("img-src")[2].partition(";")[0]
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert "There is a problem." in wrong.content.decode()
    assert not Authenticator.objects.exists()
    secret = secret_on(wrong.content.decode())
    assert secret == secret_on(page.content.decode()), "the same secret stays on the page"
    assert client.post(ACTIVATE, {"code": code_for(secret)})["Location"] == CODES
    assert len(codes_on(client.get(CODES).content.decode())) == 10


def test_the_key_of_the_app_is_not_stored_in_the_clear(
    client_of_alice: Client, alice: User
) -> None:
    secret = switch_on(client_of_alice)
    for row in Authenticator.objects.filter(user=alice):
        assert secret not in str(row.data)
        sealed = row.data[mfa.SECRETS[row.type]]
        assert sealed.startswith("v1:")
        assert encryption.decrypt(sealed, mfa.CONTEXT)


def test_without_a_key_to_seal_with_the_page_says_so_and_stores_nothing(
    client_of_alice: Client, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ""
    page = client_of_alice.get(ACTIVATE).content.decode()
    assert "cannot be switched on here yet" in page
    assert "mfa__secret" not in page
    answer = client_of_alice.post(ACTIVATE, {"code": "123456"})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_switching_it_off_asks_again_and_takes_the_recovery_codes_along(
    client_of_alice: Client,
) -> None:
    switch_on(client_of_alice)
    page = client_of_alice.get("/accounts/2fa/").content.decode()
    assert "Switch off" in page
    off = reverse("mfa_deactivate_totp")
    long_after(client_of_alice)
    assert client_of_alice.get(off)["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.exists()
    confirm_password(client_of_alice, off)
    assert client_of_alice.get(off).status_code == 200
    assert client_of_alice.post(off)["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()


def test_every_change_is_in_the_audit_log(
    client_of_alice: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        switch_on(client_of_alice)
    with django_capture_on_commit_callbacks(execute=True):
        client_of_alice.post(reverse("mfa_generate_recovery_codes"))
    client_of_alice.post(reverse("mfa_deactivate_totp"))
    events = AuditEvent.objects.filter(target_id=alice.pk, actor=alice).order_by("id")
    assert [event.action for event in events] == [
        "person.mfa_on",
        "person.recovery_codes",
        "person.mfa_off",
    ]


def test_recovery_codes_are_shown_loaded_down_and_made_anew(client_of_alice: Client) -> None:
    switch_on(client_of_alice)
    shown = codes_on(client_of_alice.get(CODES).content.decode())
    file = client_of_alice.get(reverse("mfa_download_recovery_codes"))
    assert file["Content-Type"].startswith("text/plain")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert file.content.decode().split() == shown
    client_of_alice.post(reverse("mfa_generate_recovery_codes"))
    assert not set(shown) & set(codes_on(client_of_alice.get(CODES).content.decode()))


# --- signing in


def test_signing_in_asks_for_a_code_and_goes_on_to_where_one_wanted_to_go(
    client_of_alice: Client, alice: User, settings: Any
) -> None:
    secret = switch_on(client_of_alice)
    later()
    browser = Client()
    assert sign_in(browser, alice, next="/gallery/")["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/gallery/").status_code == 302, "not signed in yet"
    assert "recovery codes" in browser.get("/accounts/2fa/authenticate/").content.decode()
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "There is a problem." in wrong.content.decode()
    empty = browser.post("/accounts/2fa/authenticate/", {"code": ""}).content.decode()
    assert "Enter the code." in html.unescape(empty)
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert answer["Location"] == "/gallery/"
    assert browser.get("/gallery/").status_code == 200


def test_a_recovery_code_signs_in_once(client_of_alice: Client, alice: User) -> None:
    switch_on(client_of_alice)
    code = codes_on(client_of_alice.get(CODES).content.decode())[0]
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, alice)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


@pytest.mark.parametrize("periods", [-1, 0, 1])
def test_a_code_of_the_app_is_good_half_a_minute_more_or_less_and_once(
    client_of_alice: Client, alice: User, settings: Any, periods: int
) -> None:
    secret = switch_on(client_of_alice)
    later()
    code = code_for(secret, periods)
    first, second = Client(), Client()
    sign_in(first, alice)
    first.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" in first.session
    # allauth's own memory of it ends after one period; the code is good for longer.
    cache.delete(f"allauth.mfa.totp.used?user={alice.pk}&code={code}")
    sign_in(second, alice)
    second.post("/accounts/2fa/authenticate/", {"code": f"{code[:3]} {code[3:]}"})
    assert "_auth_user_id" not in second.session


def test_codes_cannot_be_guessed_for_long(client_of_alice: Client, alice: User) -> None:
    secret = switch_on(client_of_alice)
    browser = Client()
    sign_in(browser, alice)
    for _ in range(11):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret, 1)})
    assert "_auth_user_id" not in browser.session


def test_a_lost_sealing_key_lets_nobody_in_and_is_no_error_page(
    client_of_alice: Client, alice: User, settings: Any
) -> None:
    secret = switch_on(client_of_alice)
    settings.FIELD_ENCRYPTION_KEYS = "2:" + base64.b64encode(b"another".ljust(32)).decode()
    browser = Client()
    sign_in(browser, alice)
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret, 1)})
    assert "Codes cannot be checked" in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_code_confirms_that_it_is_you_as_the_password_does(
    client_of_alice: Client, alice: User, settings: Any
) -> None:
    secret = switch_on(client_of_alice)
    later()
    long_after(client_of_alice)
    erase = reverse("gallery:account-erase")
    assert "asks for your password first" in client_of_alice.get(erase).content.decode()
    asked = client_of_alice.get(f"/accounts/reauthenticate/?next={erase}").content.decode()
    assert f'href="/accounts/2fa/reauthenticate/?next={erase}"' in html.unescape(asked).replace(
        "%2F", "/"
    )
    answer = client_of_alice.post(
        "/accounts/2fa/reauthenticate/", {"code": code_for(secret), "next": erase}
    )
    assert answer["Location"] == erase
    assert "asks for your password first" not in client_of_alice.get(erase).content.decode()


# --- staff


@pytest.fixture
def required(settings: Any) -> None:
    settings.REQUIRE_STAFF_MFA = True


@pytest.fixture
def client_of_sam(sam: User) -> Client:
    client = Client()
    sign_in(client, sam)
    return client


def test_where_it_is_not_required_staff_enter_with_the_password(client_of_sam: Client) -> None:
    assert client_of_sam.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("path", ["/admin/", "/admin/gallery/post/", "/admin/jsi18n/"])
def test_staff_without_a_second_step_are_sent_to_switch_it_on(
    client_of_sam: Client, path: str
) -> None:
    answer = client_of_sam.get(path, follow=True)
    assert answer.request["PATH_INFO"] == ACTIVATE
    assert all("://" not in to for to, _status in answer.redirect_chain)
    assert "The admin is only for people" in answer.content.decode()


@pytest.mark.usefixtures("required")
def test_staff_without_a_second_step_change_nothing(client_of_sam: Client, bob: User) -> None:
    path = f"/admin/accounts/user/{bob.pk}/change/"
    assert client_of_sam.post(path, {"email": "x@example.com"}).status_code == 302
    bob.refresh_from_db()
    assert bob.email == "bob@example.com"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("required")
def test_staff_who_just_switched_it_on_go_on_into_the_admin(client_of_sam: Client) -> None:
    switch_on(client_of_sam)
    assert 'href="/admin/"' in client_of_sam.get(CODES).content.decode()
    assert client_of_sam.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required")
def test_a_session_from_before_has_to_show_a_code(
    client_of_sam: Client, sam: User, settings: Any
) -> None:
    stolen = Client()
    sign_in(stolen, sam)
    secret = switch_on(client_of_sam)
    later()
    answer = stolen.get("/admin/gallery/post/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/2fa/reauthenticate/"
    form = {"code": code_for(secret), "next": "/admin/gallery/post/"}
    assert stolen.post("/accounts/2fa/reauthenticate/", form)["Location"] == "/admin/gallery/post/"
    assert stolen.get("/admin/gallery/post/").status_code == 200


@pytest.mark.usefixtures("required")
def test_staff_sign_in_in_two_steps_and_arrive_in_the_admin(
    client_of_sam: Client, sam: User, settings: Any
) -> None:
    secret = switch_on(client_of_sam)
    later()
    browser = Client()
    sign_in(browser, sam, next="/admin/gallery/post/")
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert answer["Location"] == "/admin/gallery/post/"
    assert browser.get("/admin/gallery/post/").status_code == 200


@pytest.mark.usefixtures("required")
def test_people_who_are_not_staff_are_refused_as_ever(as_bob: Client, anonymous: Client) -> None:
    assert as_bob.get("/admin/", follow=True).status_code == 403
    assert anonymous.get("/admin/", follow=True).request["PATH_INFO"] == "/accounts/login/"


def test_the_check_names_an_admin_that_nobody_could_enter(settings: Any) -> None:
    def found() -> set[str | None]:
        return {message.id for message in run_checks()}

    settings.REQUIRE_STAFF_MFA = True
    assert "accounts.W001" not in found()
    settings.FIELD_ENCRYPTION_KEYS = ""
    assert "accounts.W001" in found()
    settings.REQUIRE_STAFF_MFA = False
    assert "accounts.W001" not in found()


def test_on_https_it_is_required_unless_said_otherwise(tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.REQUIRE_STAFF_MFA)"
    here = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 60}
    for expected, variables in (
        ("True", {"SITE_URL": "https://example.com"}),
        ("False", {"SITE_URL": "https://example.com", "REQUIRE_STAFF_MFA": "false"}),
        ("False", {"SITE_URL": "http://127.0.0.1:8000"}),
        ("False", {"SITE_URL": "https://example.com", "DEBUG": "true"}),
    ):
        shown = manage("shell", "-v0", "-c", code, **here, **variables)
        assert shown.stdout.strip() == expected, (variables, shown.stderr)


# --- the way back in, the end of the account, another key


def test_an_operator_lets_somebody_in_again(client_of_alice: Client, alice: User) -> None:
    switch_on(client_of_alice)
    out = StringIO()
    call_command("remove_mfa", "Alice@Example.com", stdout=out)
    assert "is off for alice@example.com" in out.getvalue()
    browser = Client()
    assert sign_in(browser, alice)["Location"] == "/"
    call_command("remove_mfa", "alice@example.com", stdout=out)
    assert "had no two-step sign-in" in out.getvalue()
    assert AuditEvent.objects.filter(action="person.mfa_off", actor=None).count() == 1
    with pytest.raises(CommandError, match="nobody"):
        call_command("remove_mfa", "nobody@example.com")


def test_no_admin_page_shows_the_secrets() -> None:
    from django.contrib import admin

    assert not admin.site.is_registered(Authenticator)


def test_of_an_erased_person_no_secret_is_left(client_of_alice: Client, alice: User) -> None:
    switch_on(client_of_alice)
    create_user("last@example.com", is_staff=True, is_superuser=True)
    assert erasure.carry_out(erasure.ask(alice, at_once=True).pk)
    alice.refresh_from_db()
    assert alice.email.startswith("erased-")
    assert remains_of(alice) == []
    assert not Authenticator.objects.exists()


def test_another_sealing_key_renews_the_secrets(
    client_of_alice: Client, alice: User, settings: Any
) -> None:
    old = settings.FIELD_ENCRYPTION_KEYS
    secret = switch_on(client_of_alice)
    later()
    new = "new:" + base64.b64encode(b"new".ljust(32)).decode()
    settings.FIELD_ENCRYPTION_KEYS = f"{new},{old}"
    out = StringIO()
    call_command("rotate_keys", "--limit", "1", stdout=out)
    assert "sign-in renewed: 1, current: 0" in out.getvalue()
    assert "Stopped at the limit" in out.getvalue()
    call_command("rotate_keys", stdout=out)
    call_command("rotate_keys", stdout=out)
    assert "sign-in renewed: 1, current: 1" in out.getvalue()
    assert "sign-in renewed: 0, current: 2" in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = new
    browser = Client()
    sign_in(browser, alice)
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert "_auth_user_id" in browser.session


def test_a_secret_that_cannot_be_opened_is_named_and_left(
    client_of_alice: Client, settings: Any
) -> None:
    switch_on(client_of_alice)
    settings.FIELD_ENCRYPTION_KEYS = "new:" + base64.b64encode(b"new".ljust(32)).decode()
    with pytest.raises(CommandError, match="Not everything could be decrypted"):
        call_command("rotate_keys", stdout=StringIO(), stderr=StringIO())
    assert len(mfa.rotate().unreadable) == 2
