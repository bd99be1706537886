"""The settings page of people's own provider keys."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generation.key_forms import KeyForm
from generation.models import ProviderKey
from generation.providers import registry
from generation.providers.registry import ProviderInfo
from generation.services import keys as service
from generation.services.keys import KeyState, KeyTest, Outcome
from pixelstream import encryption
from pixelstream.accounts.models import User
from pixelstream.accounts.reauthentication import confirm_address, is_fresh
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import Level, add_toast, is_htmx

TESTS_A_MINUTE = 10
LEVELS: dict[str, int] = {
    "info": messages.INFO,
    "success": messages.SUCCESS,
    "error": messages.ERROR,
}


@dataclass(frozen=True)
class Panel:
    """A provider, the person's key for it, and the form for another one."""

    info: ProviderInfo
    host: str
    row: ProviderKey | None
    state: KeyState | None
    is_on_the_house: bool
    """Whether the installation has a key of its own, so that nobody needs to bring one."""
    confirm_url: str
    """Where the person gives their password before they may change anything here."""
    form: KeyForm

    @property
    def needs_another(self) -> bool:
        """Whether the stored key is of no use."""
        return self.state in {KeyState.REFUSED, KeyState.OTHER_HOST}


@require_safe
def settings_start(request: PersonRequest) -> HttpResponse:
    """The first page of the settings."""
    return redirect("gallery:profile-settings")


@never_cache
@require_safe
def key_list(request: PersonRequest) -> HttpResponse:
    """Every provider that takes a key, with the person's own."""
    return _page(request)


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
def key_store(request: PersonRequest, provider: str) -> HttpResponse:
    """Keep a key. Whoever comes by GET (after signing in, say) gets the page."""
    info = _remote_or_404(provider)
    if request.method != "POST":
        return redirect(_place_of(info))
    if not is_fresh(request):
        return _confirm_first(request, info)
    form = _form_of(info, request)
    if not form.is_valid():
        return _with_mistakes(request, info, form)
    try:
        service.store(request.user, info.slug, form.cleaned_data["key"])
    except ImproperlyConfigured:
        return _after(request, info, _("Keys cannot be stored here yet."), "error")
    return _after(
        request, info, _("The key is saved. Test it to be sure that it works."), "success"
    )


@never_cache
@require_POST
def key_test(request: PersonRequest, provider: str) -> HttpResponse:
    """Ask the provider what it thinks of the stored key."""
    info = _remote_or_404(provider)
    if not _may_test(request.user):
        message = _("You tested many keys in a short time. Wait a minute, then test again.")
        return _after(request, info, message, "error", stays=True)
    result = service.test(request.user, info.slug)
    level: Level = "success" if result.outcome is Outcome.ACCEPTED else "error"
    return _after(request, info, _words_for(result, info), level, stays=True)


@never_cache
@require_POST
def key_delete(request: PersonRequest, provider: str) -> HttpResponse:
    """Forget a key."""
    info = _remote_or_404(provider)
    if not is_fresh(request):
        return _confirm_first(request, info)
    if service.delete(request.user, info.slug):
        return _after(request, info, _("The key is deleted."), "success")
    return _after(request, info, _("There is no key to delete."))


def _remote_or_404(slug: str) -> ProviderInfo:
    info = registry.PROVIDERS.get(slug)
    if info is None or not info.is_remote:
        raise Http404
    return info


def _may_test(person: User) -> bool:
    """Count a test. False when there were too many within this minute."""
    counter = service.tests_counter(person, int(time.time() // 60))
    cache.add(counter, 0, timeout=120)
    return int(cache.incr(counter)) <= TESTS_A_MINUTE


def _words_for(result: KeyTest, info: ProviderInfo) -> str:
    if result.outcome is Outcome.ACCEPTED and result.remaining is not None:
        left = f"${formats.number_format(result.remaining, 2, force_grouping=True)}"
        return _("The key works. %(money)s left.") % {"money": left}
    sentences = {
        Outcome.ACCEPTED: _("The key works."),
        Outcome.NO_CREDIT: _("%(provider)s knows the key, but its account has no credit left."),
        Outcome.REFUSED: _("%(provider)s refused the key."),
        Outcome.BUSY: _("%(provider)s is too busy to say; the key was not changed."),
        Outcome.UNREACHABLE: _("%(provider)s could not be reached; the key was not changed."),
        Outcome.UNCLEAR: _("%(provider)s gave no clear answer; the key was not changed."),
        Outcome.MISSING: _("There is no key to test."),
        Outcome.OTHER_HOST: _("The key was entered for another address. Enter it again."),
        Outcome.UNREADABLE: _("The key can no longer be read here. Enter it again."),
    }
    return sentences[result.outcome] % {"provider": info.title}


# --- answers


def _place_of(info: ProviderInfo) -> str:
    return f"{reverse('key-list')}#key-{info.slug}"


def _confirm_address(info: ProviderInfo) -> str:
    return confirm_address(_place_of(info))


def _form_of(info: ProviderInfo, request: PersonRequest | None = None) -> KeyForm:
    return KeyForm(request.POST if request else None, auto_id=f"{info.slug}-%s")


def _confirm_first(request: PersonRequest, info: ProviderInfo) -> HttpResponse:
    """To the page that asks for the password. What was sent is dropped: it may be a key."""
    messages.info(request, _("Nothing was changed. Confirm that it is you, then do it again."))
    address = _confirm_address(info)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _after(
    request: PersonRequest,
    info: ProviderInfo,
    message: str,
    level: Level = "info",
    *,
    stays: bool = False,
) -> HttpResponse:
    """Say what came of it: the panel with a toast, or the page.

    `stays` says that the button which was pressed is there again, so it keeps the focus; else the
    panel's title takes it.
    """
    if is_htmx(request):
        response = _panel(request, info, _form_of(info), takes_focus=not stays)
        add_toast(response, message, level)
        return response
    messages.add_message(request, LEVELS[level], message)
    return redirect(_place_of(info))


def _with_mistakes(request: PersonRequest, info: ProviderInfo, form: KeyForm) -> HttpResponse:
    form.fields["key"].widget.attrs["data-focus"] = ""
    if is_htmx(request):
        return _panel(request, info, form, status=422)
    return _page(request, {info.slug: form}, status=422)


def _panel(
    request: PersonRequest,
    info: ProviderInfo,
    form: KeyForm,
    *,
    takes_focus: bool = False,
    status: int = 200,
) -> HttpResponse:
    row = service.own_keys(request.user).get(info.slug)
    context = {
        "panel": _panel_of(info, row, form),
        "takes_focus": takes_focus,
        **_common(request),
    }
    return render(request, "settings/_key_panel.html", context, status=status)


def _page(
    request: PersonRequest, forms: dict[str, KeyForm] | None = None, status: int = 200
) -> HttpResponse:
    rows = service.own_keys(request.user)
    forms = forms or {}
    panels = [
        _panel_of(info, rows.get(info.slug), forms.get(info.slug) or _form_of(info))
        for info in registry.PROVIDERS.values()
        if info.is_remote
    ]
    context = {"panels": panels, "has_errors": bool(forms), **_common(request)}
    return render(request, "settings/keys.html", context, status=status)


def _panel_of(info: ProviderInfo, row: ProviderKey | None, form: KeyForm) -> Panel:
    return Panel(
        info=info,
        host=registry.host(info.slug),
        row=row,
        state=service.state_of(row) if row else None,
        is_on_the_house=registry.operator_connection(info.slug) is not None,
        confirm_url=_confirm_address(info),
        form=form,
    )


def _common(request: PersonRequest) -> dict[str, object]:
    problem = encryption.find_problem()
    return {
        "can_store": not problem,
        "problem": problem if request.user.is_staff else "",
        "is_fresh": is_fresh(request),
    }
