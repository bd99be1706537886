"""Every address. Names that both floors use (home, posts, live) stand without a prefix."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from pixelstream import views

# The admin signs in through the same rate-limited pages as everybody.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _served_by_asgi(request: HttpRequest) -> HttpResponse:
    """Only names the address: `pixelstream.asgi` answers `/live/` before Django sees it."""
    raise Http404


urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.set_language, name="set-language"),
    path("_/components", views.components, name="components"),
    path("live/", _served_by_asgi, name="live"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("generation.urls")),
    path("", include("gallery.urls")),
]

handler400 = "pixelstream.views.unreadable"
