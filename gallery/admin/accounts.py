"""What people take along, bring with them and leave behind."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gallery.models import (
    AccountErasure,
    AccountExport,
    ExportPart,
    Imported,
    Installation,
)
from pixelstream.admin import ReadOnlyAdmin, number_of


@admin.register(AccountExport)
class AccountExportAdmin(ReadOnlyAdmin):
    """What people take along, and how far it is."""

    list_display = (
        *("id", "owner", "requested_at", "found", "done"),
        *("lease_until", "finished_at", "told_at"),
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "requested_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)


@admin.register(ExportPart)
class ExportPartAdmin(ReadOnlyAdmin):
    """The archives of exports. Their content is their owner's."""

    list_display = ("id", number_of("export", _("export")), "number", "files")
    search_fields = ("=export__id",)


@admin.register(AccountErasure)
class AccountErasureAdmin(ReadOnlyAdmin):
    """Who wants to be forgotten, and when; afterwards that somebody was."""

    list_display = (
        *("id", "person", "requested_at", "due_at", "started_at", "emptied_at"),
        *("receipt_sent_at", "finished_at", "posts", "images", "references", "freed_bytes"),
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "due_at")
    list_select_related = ("person",)
    search_fields = ("person__email",)


@admin.register(Installation)
class InstallationAdmin(ReadOnlyAdmin):
    """Which installation this is, as its exports say."""

    list_display = ("identifier",)


@admin.register(Imported)
class ImportedAdmin(ReadOnlyAdmin):
    """Where imported posts and references come from."""

    list_display = ("id", "owner", "kind", "source", "source_id", "local_id")
    list_filter = ("kind",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "=source_id", "=local_id")
