"""The settings page of personal tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pixelstream.accounts.reauthentication import confirm_address, is_fresh
from pixelstream.accounts.requests import PersonRequest
from pixelstream.api import tokens
from pixelstream.api.forms import TokenForm
from pixelstream.api.models import ApiToken, Scope


@never_cache
@require_safe
def token_list(request: PersonRequest) -> HttpResponse:
    """The person's tokens, and the form for another one."""
    return _page(request, TokenForm(owner=request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_make(request: PersonRequest) -> HttpResponse:
    """Make a token and show its text, this once: it goes into no session and no message. Whoever
    comes by GET (after signing in, say) gets the page.
    """
    if request.method != "POST":
        return redirect("token-list")
    if not is_fresh(request):
        return _confirm_first(request)
    form = TokenForm(request.POST, owner=request.user)
    with tokens.one_form_at_a_time(request.user):  # the form looks its name up
        made = _make(form)
    if made is None:
        return _page(request, form, status=422)
    token, text = made
    return _page(request, TokenForm(owner=request.user), made=token, text=text)


@never_cache
@require_POST
def token_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Revoke a token."""
    token = get_object_or_404(ApiToken, pk=pk, owner=request.user)
    if not is_fresh(request):
        return _confirm_first(request)
    if tokens.revoke(token, by=request.user):
        said = _("The token “%(name)s” is revoked. It opens nothing any more.")
        messages.success(request, said % {"name": token.name})
    return redirect("token-list")


def _make(form: TokenForm) -> tuple[ApiToken, str] | None:
    """The token that the form asks for, with its text; None where the form says why not."""
    if not form.is_valid():
        return None
    try:
        return tokens.make(
            form.owner,
            name=form.cleaned_data["name"],
            scopes=[Scope(scope) for scope in form.cleaned_data["scopes"]],
            expires_at=form.expires_at,
        )
    except tokens.TooManyTokensError:
        form.add_error(None, _("You have as many tokens as one may have. Revoke one first."))
        return None


def _confirm_first(request: PersonRequest) -> HttpResponse:
    """To the page that asks for the password."""
    messages.info(request, _("Nothing was changed. Confirm that it is you, then do it again."))
    return redirect(confirm_address(reverse("token-list")))


def _page(
    request: PersonRequest,
    form: TokenForm,
    *,
    made: ApiToken | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "tokens": request.user.api_tokens.order_by("-pk"),  # at most tokens.MOST
        "form": form,
        "made": made,
        "text": text,
        "now": timezone.now(),
        "is_fresh": is_fresh(request),
        "confirm_url": confirm_address(reverse("token-list")),
    }
    return render(request, "settings/tokens.html", context, status=status)
