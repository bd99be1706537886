"""Addresses of the settings page of sessions. allauth's own page is not among them: it deletes rows
when somebody looks at it, and asks for no password.
"""

from django.urls import path

from pixelstream.accounts import session_pages

urlpatterns = [
    path("", session_pages.session_list, name="session-list"),
    path("end-others/", session_pages.session_end_others, name="session-end-others"),
    path("<int:pk>/end/", session_pages.session_end, name="session-end"),
]
