"""Everything under `/api/` but what vendors and job inputs call (generation.urls)."""

from django.urls import path

from pixelstream.api import views
from pixelstream.api.site import api

urlpatterns = [
    path("openapi.json", views.openapi, name="api-openapi"),
    path("docs", views.docs, name="api-docs"),
    path("", api.urls),
]
