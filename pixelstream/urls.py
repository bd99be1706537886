"""Every address. Names that both floors use (home, posts, live) stand without a prefix."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from pixelstream import views
from pixelstream.accounts import mfa
from pixelstream.health import system
from pixelstream.health import views as health

# The admin signs in through the same rate-limited pages as everybody, and asks staff for the second
# step where the settings say so.
admin.autodiscover()
admin.site.login = secure_admin_login(  # type: ignore[method-assign]
    mfa.second_step_first(admin.site.login)
)
admin.site.has_permission = mfa.with_second_step(  # type: ignore[method-assign, assignment]
    admin.site.has_permission
)


def _served_by_asgi(request: HttpRequest) -> HttpResponse:
    """Only names the address: `pixelstream.asgi` answers `/live/` before Django sees it."""
    raise Http404


urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("language/", views.set_language, name="set-language"),
    path("_/components", views.components, name="components"),
    path("live/", _served_by_asgi, name="live"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/system/", require_safe(admin.site.admin_view(system.page)), name="system"),
    path("admin/", admin.site.urls),
    path("", include("generation.urls")),
    path("", include("gallery.urls")),
    # After the addresses that vendors call, which stand under /api/ as well.
    path("api/", include("pixelstream.api.urls")),
    path("settings/tokens/", include("pixelstream.api.page_urls")),
    path("settings/sessions/", include("pixelstream.accounts.session_urls")),
]

handler400 = "pixelstream.views.unreadable"
