"""Addresses of the settings page of personal tokens."""

from django.urls import path

from pixelstream.api import pages

urlpatterns = [
    path("", pages.token_list, name="token-list"),
    path("make/", pages.token_make, name="token-make"),
    path("<int:pk>/revoke/", pages.token_revoke, name="token-revoke"),
]
