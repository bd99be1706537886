"""Addresses of the library."""

from django.urls import path

from gallery.views import gallery, media, projects, references

app_name = "gallery"
urlpatterns = [
    path("gallery/", gallery.post_list, name="post-list"),
    path("projects/create/", projects.project_create, name="project-create"),
    path("projects/<int:pk>/", gallery.project_detail, name="project-detail"),
    path("references/upload/", references.reference_upload, name="reference-upload"),
    path("references/library/", references.reference_library, name="reference-library"),
    path("references/<int:pk>/image/", references.reference_image, name="reference-image"),
    path("references/<int:pk>/keep/", references.reference_keep, name="reference-keep"),
    path("media/<path:key>", media.public_object, name="public-object"),
]
