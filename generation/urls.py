"""Addresses of the workshop. Posts are named without a prefix: both floors link to them."""

from django.urls import path

from generation.views import keys, posts, studio

urlpatterns = [
    path("posts/create/", studio.studio, name="studio"),
    path("posts/<int:pk>/", posts.post_detail, name="post-detail"),
    path("posts/<int:pk>/results/", posts.post_results, name="post-results"),
    path("posts/<int:pk>/retry/", posts.post_retry, name="post-retry"),
    path("posts/<int:pk>/regenerate/", posts.post_regenerate, name="post-regenerate"),
    path("posts/<int:pk>/cancel/", posts.post_cancel, name="post-cancel"),
    path("settings/", keys.settings_start, name="settings"),
    path("settings/keys/", keys.key_list, name="key-list"),
    path("settings/keys/<slug:provider>/", keys.key_store, name="key-store"),
    path("settings/keys/<slug:provider>/test/", keys.key_test, name="key-test"),
    path("settings/keys/<slug:provider>/delete/", keys.key_delete, name="key-delete"),
]
