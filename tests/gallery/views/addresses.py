"""Every address of the library: what it is of, how it is asked, and what it reads.

Whoever adds an address adds a line here, and with it who may come in and which rubbish it is fed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from gallery.account_forms import EraseForm
from gallery.batch_forms import BatchForm, DownloadForm
from gallery.conversation_forms import SelectForm, TitleForm
from gallery.conversation_list import ConversationsNewsQuery, ConversationsQuery
from gallery.forms import CursorForm, GalleryQuery, ProjectForm, UploadForm, VisibilityForm
from gallery.models import (
    EditConversation,
    ExportPart,
    GeneratedImage,
    Post,
    Project,
    ReferenceImage,
    TrashEmptying,
)
from gallery.news_forms import NewsQuery
from gallery.post_forms import CaptionForm, CoverForm, PostProjectForm
from gallery.reference_forms import RenameForm
from gallery.services import exporting, outbox, trash
from gallery.services.captions import mark_of
from gallery.storage_forms import AutoCleanForm, BackForm, StorageQuery
from gallery.trash_forms import (
    ConfirmForm,
    DeleteForm,
    RestoreForm,
    TrashedForm,
    TrashNewsQuery,
    TrashQuery,
)
from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_post,
    create_project,
    create_reference,
    create_turn,
)

CAPTION = "Last light."
WALL = tuple(GalleryQuery({}).fields)


@dataclass(frozen=True)
class Address:
    """An address of `gallery.urls`. What it is *of* is one person's, and of no other's."""

    name: str
    of: str = ""
    """`post`, `reference`, `project`, `trashed` (a post of the trash), `picture` (of such a post)
    `emptying` (of the trash), `export` (a part of one) or `conversation`; empty for what everybody
    has, like a gallery."""
    verb: bool = False
    """Only by POST; every other one only by GET and HEAD, `form` by both."""
    form: bool = False
    reads: tuple[str, ...] = ()
    """The parameters or fields that it looks at."""
    sends: dict[str, str] = field(default_factory=dict)
    """What makes a verb work."""
    twice: bool = False
    """Whether it is no error to ask again when it has already happened."""

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


Thing = (
    Post | ReferenceImage | Project | GeneratedImage | TrashEmptying | ExportPart | EditConversation
)


def _fields(form: object) -> tuple[str, ...]:
    return tuple(form.base_fields)  # type: ignore[attr-defined]


def _of_post(name: str, form: object, **sends: str) -> Address:
    return Address(f"post-{name}", of="post", verb=True, reads=_fields(form), sends=sends)


def _of_trashed(name: str, form: object, **sends: str) -> Address:
    return Address(f"post-{name}", of="trashed", verb=True, reads=_fields(form), sends=sends)


def _of_trash(name: str, form: object, **sends: str) -> Address:
    return Address(f"trash-{name}", verb=True, reads=_fields(form), sends=sends)


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
    Address("lightbox-relatives", of="post"),
    Address("post-lineage", of="post"),
    Address("post-relatives", of="post"),
    Address("conversation-list", reads=_fields(ConversationsQuery)),
    Address("conversation-list-news", reads=_fields(ConversationsNewsQuery)),
    Address(
        "conversation-rename",
        of="conversation",
        verb=True,
        reads=_fields(TitleForm),
        sends={"title": "Clear night"},
    ),
    Address("conversation-trash", of="conversation", verb=True, twice=True),
    Address(
        "output-select",
        of="conversation",
        verb=True,
        reads=_fields(SelectForm),
        sends={"image": "1"},
    ),
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
    Address(
        "reference-delete",
        of="reference",
        verb=True,
        reads=_fields(DeleteForm),
        sends={"confirm": "1"},
    ),
    Address("post-trash", of="post", verb=True, twice=True),
    _of_trashed("restore", RestoreForm),
    _of_trashed("delete", DeleteForm, confirm="1"),
    Address("picture-file", of="picture", reads=("w",)),
    Address("trash-list", reads=_fields(TrashQuery)),
    Address("trash-news", reads=_fields(TrashNewsQuery)),
    _of_trash("restore", TrashedForm, posts="1"),
    _of_trash("delete", TrashedForm, posts="1", confirm="1"),
    _of_trash("empty", ConfirmForm),
    Address("trash-emptying", of="emptying"),
    Address("storage", reads=tuple(StorageQuery.base_fields)),
    Address("storage-cleaning", verb=True, reads=tuple(AutoCleanForm.base_fields)),
    Address("storage-notice-hide", verb=True, reads=tuple(BackForm.base_fields)),
    Address("account"),
    Address("account-export", verb=True, twice=True),
    Address("account-export-progress"),
    Address("account-export-delete", verb=True),
    Address("account-export-part", of="export"),
    Address(
        "account-erase",
        form=True,
        reads=tuple(EraseForm.base_fields),
        sends={"understood": "on"},
    ),
    Address("account-keep", verb=True),
]
PUBLIC = {"public-object", "withdrawn"}
"""Addresses for everybody, who have to know an unguessable key or token."""

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
        case "trashed" | "picture":
            post = create_post(owner, caption=CAPTION)
            trash.trash(owner=owner, ids=[post.pk])
            outbox.run()
            return post if kind == "trashed" else post.images.get()
        case "conversation":
            conversation = create_conversation(owner)
            create_turn(conversation, outputs=1)
            return conversation
        case "emptying":
            return TrashEmptying.objects.create(owner=owner, found=1)
        case "export":
            export = exporting.begin(owner)
            exporting.carry_out(export.pk)
            return export.parts.get()
        case "reference":
            return create_reference(owner, kept=True)
        case "project":
            return create_project(owner)
    return None


def rows() -> list[object]:
    """Everything that a verb might change, to be compared."""
    models = (Post, Project, ReferenceImage, GeneratedImage, TrashEmptying, EditConversation)
    return [list(model.objects.order_by("pk").values()) for model in models]
