"""One noun a file; this is the shop window."""

from gallery.models.audit import AuditEvent
from gallery.models.conversations import EditConversation, EditTurn, TurnBase
from gallery.models.erasures import AccountErasure
from gallery.models.exports import AccountExport, ExportPart, Imported, Installation
from gallery.models.images import CostBasis, GeneratedImage
from gallery.models.messages import ChatMessage
from gallery.models.objects import StoredObject
from gallery.models.posts import Post
from gallery.models.projects import Project
from gallery.models.references import ReferenceImage
from gallery.models.reports import Report
from gallery.models.trash import TrashEmptying
from gallery.models.usage import Usage

__all__ = [
    "AccountErasure",
    "AccountExport",
    "AuditEvent",
    "ChatMessage",
    "CostBasis",
    "EditConversation",
    "EditTurn",
    "ExportPart",
    "GeneratedImage",
    "Imported",
    "Installation",
    "Post",
    "Project",
    "ReferenceImage",
    "Report",
    "StoredObject",
    "TrashEmptying",
    "TurnBase",
    "Usage",
]
