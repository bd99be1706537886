"""One noun a file; this is the shop window."""

from gallery.models.audit import AuditEvent
from gallery.models.images import CostBasis, GeneratedImage
from gallery.models.messages import ChatMessage
from gallery.models.objects import StoredObject
from gallery.models.posts import Post
from gallery.models.projects import Project
from gallery.models.references import ReferenceImage

__all__ = [
    "AuditEvent",
    "ChatMessage",
    "CostBasis",
    "GeneratedImage",
    "Post",
    "Project",
    "ReferenceImage",
    "StoredObject",
]
