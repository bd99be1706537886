"""Addresses of the workshop. Posts are named without a prefix: both floors link to them."""

from django.urls import path

from generation.views import (
    animate,
    conversation_news,
    conversation_parts,
    conversation_verbs,
    conversations,
    credits,
    edit_start,
    inputs,
    keys,
    posts,
    studio,
    webhooks,
)

urlpatterns = [
    path("posts/create/", studio.studio, name="studio"),
    path("posts/<int:pk>/", posts.post_detail, name="post-detail"),
    path("posts/<int:pk>/results/", posts.post_results, name="post-results"),
    path("posts/<int:pk>/retry/", posts.post_retry, name="post-retry"),
    path("posts/<int:pk>/regenerate/", posts.post_regenerate, name="post-regenerate"),
    path("posts/<int:pk>/cancel/", posts.post_cancel, name="post-cancel"),
    path("posts/<int:pk>/edit/", edit_start.post_edit, name="post-edit"),
    path("posts/animate/", animate.animate, name="animate"),
    path("posts/<int:pk>/animate/", animate.post_animate, name="post-animate"),
    path("posts/edit/<int:pk>/", conversations.conversation, name="conversation"),
    path(
        "posts/edit/<int:pk>/news/",
        conversation_news.conversation_news,
        name="conversation-news",
    ),
    path(
        "posts/edit/<int:pk>/turns/",
        conversation_parts.conversation_turns,
        name="conversation-turns",
    ),
    path(
        "posts/edit/<int:pk>/strip/",
        conversation_parts.conversation_strip,
        name="conversation-strip",
    ),
    path(
        "posts/edit/<int:pk>/compare/",
        conversation_parts.conversation_compare,
        name="conversation-compare",
    ),
    path(
        "posts/edit/<int:pk>/retry/",
        conversation_verbs.conversation_retry,
        name="conversation-retry",
    ),
    path(
        "posts/edit/<int:pk>/cancel/",
        conversation_verbs.conversation_cancel,
        name="conversation-cancel",
    ),
    path("api/inputs/<str:token>/", inputs.job_input, name="job-input"),
    path("api/video-callback/<slug:provider>/", webhooks.video_callback, name="video-callback"),
    path("settings/", keys.settings_start, name="settings"),
    path("settings/credits/", credits.credit_list, name="credit-list"),
    path("settings/keys/", keys.key_list, name="key-list"),
    path("settings/keys/<slug:provider>/", keys.key_store, name="key-store"),
    path("settings/keys/<slug:provider>/test/", keys.key_test, name="key-test"),
    path("settings/keys/<slug:provider>/delete/", keys.key_delete, name="key-delete"),
]
