"""Addresses of the library."""

from django.urls import path

from gallery.views import (
    batch,
    downloads,
    gallery,
    lightbox,
    media,
    news,
    posts,
    projects,
    references,
)

app_name = "gallery"
urlpatterns = [
    path("gallery/", gallery.post_list, name="post-list"),
    path("gallery/news/", news.post_news, name="post-news"),
    path("gallery/batch/", batch.batch_posts, name="batch"),
    path("posts/<int:pk>/download/", downloads.post_download, name="post-download"),
    path("posts/<int:pk>/visibility/", posts.post_visibility, name="post-visibility"),
    path("posts/<int:pk>/caption/", posts.post_caption, name="post-caption"),
    path("posts/<int:pk>/cover/", posts.post_cover, name="post-cover"),
    path("posts/<int:pk>/project/", posts.post_project, name="post-project"),
    path("posts/<int:pk>/lightbox/", lightbox.post_lightbox, name="post-lightbox"),
    path("projects/create/", projects.project_create, name="project-create"),
    path("projects/<int:pk>/", gallery.project_detail, name="project-detail"),
    path("references/", references.reference_list, name="reference-list"),
    path("references/add/", references.reference_add, name="reference-add"),
    path("references/upload/", references.reference_upload, name="reference-upload"),
    path("references/library/", references.reference_library, name="reference-library"),
    path("references/<int:pk>/image/", references.reference_image, name="reference-image"),
    path("references/<int:pk>/keep/", references.reference_keep, name="reference-keep"),
    path("references/<int:pk>/rename/", references.reference_rename, name="reference-rename"),
    path("references/<int:pk>/delete/", references.reference_delete, name="reference-delete"),
    path("media/<path:key>", media.public_object, name="public-object"),
]
