"""Every address of the library: what it is of, how it is asked, and what it reads.

Whoever adds an address adds a line here, and with it who may come in and which rubbish it is fed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from gallery.batch_forms import BatchForm, DownloadForm
from gallery.forms import CursorForm, GalleryQuery, ProjectForm, UploadForm, VisibilityForm
from gallery.models import GeneratedImage, Post, Project, ReferenceImage
from gallery.news_forms import NewsQuery
from gallery.post_forms import CaptionForm, CoverForm, PostProjectForm
from gallery.reference_forms import RenameForm
from gallery.services.captions import mark_of
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, create_reference

CAPTION = "Last light."
WALL = tuple(GalleryQuery({}).fields)


@dataclass(frozen=True)
class Address:
    """An address of `gallery.urls`. What it is *of* is one person's, and of no other's."""

    name: str
    of: str = ""
    """`post`, `reference` or `project`; empty for what everybody has, like a gallery."""
    verb: bool = False
    """Only by POST; every other one only by GET and HEAD, `form` by both."""
    form: bool = False
    reads: tuple[str, ...] = ()
    """The parameters or fields that it looks at."""
    sends: dict[str, str] = field(default_factory=dict)
    """What makes a verb work."""

    @property
    def methods(self) -> set[str]:
        """How it may be asked."""
        return ({"POST"} if self.takes else set()) | ({"GET", "HEAD"} if not self.verb else set())

    @property
    def takes(self) -> bool:
        """Whether something can be sent to it."""
        return self.verb or self.form

    def __str__(self) -> str:
        return self.name

    def of_thing(self, thing: Thing | None) -> str:
        """The address itself."""
        return reverse(f"gallery:{self.name}", args=[thing.pk] if thing and self.of else [])


Thing = Post | ReferenceImage | Project


def _of_post(name: str, form: object, **sends: str) -> Address:
    reads = tuple(form.base_fields)  # type: ignore[attr-defined]
    return Address(f"post-{name}", of="post", verb=True, reads=reads, sends=sends)


ADDRESSES = [
    Address("post-list", reads=WALL),
    Address(
        "batch",
        verb=True,
        reads=tuple(BatchForm.base_fields),
        sends={"action": "move", "project": "none", "posts": "1"},
    ),
    Address("post-news", reads=tuple(NewsQuery({}).fields)),
    Address("post-download", of="post", reads=tuple(DownloadForm.base_fields)),
    Address("post-lightbox", of="post", reads=("img",)),
    _of_post("visibility", VisibilityForm, visibility="public"),
    _of_post("caption", CaptionForm, caption="Mine.", seen=mark_of(CAPTION)),
    _of_post("cover", CoverForm, img="1"),
    _of_post("project", PostProjectForm, project=""),
    Address(
        "project-create",
        form=True,
        reads=tuple(ProjectForm.base_fields),
        sends={"name": "Farol"},
    ),
    Address("project-detail", of="project", reads=WALL),
    Address("reference-list", reads=tuple(CursorForm.base_fields)),
    Address("reference-library", reads=tuple(CursorForm.base_fields)),
    Address("reference-add", verb=True, reads=tuple(UploadForm.base_fields)),
    Address("reference-upload", verb=True, reads=tuple(UploadForm.base_fields)),
    Address("reference-image", of="reference"),
    Address("reference-keep", of="reference", verb=True),
    Address(
        "reference-rename",
        of="reference",
        verb=True,
        reads=tuple(RenameForm.base_fields),
        sends={"name": "Pier"},
    ),
    Address("reference-delete", of="reference", verb=True),
]
PUBLIC = {"public-object"}
"""Addresses for everybody, who have to know an unguessable key."""

OWNED = [address for address in ADDRESSES if address.of]
PAGES = [address for address in ADDRESSES if not address.takes]


def by_name(address: Address) -> str:
    """For the names of tests."""
    return address.name


def named(name: str) -> Address:
    """The address with this name."""
    return next(address for address in ADDRESSES if address.name == name)


def make(kind: str, owner: User, *, trashed: bool = False) -> Thing | None:
    """Something of the person's that an address may be of."""
    match kind:
        case "post":
            deleted_at = timezone.now() if trashed else None
            return create_post(owner, caption=CAPTION, deleted_at=deleted_at)
        case "reference":
            return create_reference(owner, kept=True)
        case "project":
            return create_project(owner)
    return None


def rows() -> list[object]:
    """Everything that a verb might change, to be compared."""
    models = (Post, Project, ReferenceImage, GeneratedImage)
    return [list(model.objects.order_by("pk").values()) for model in models]
