"""Every address of the library: what it is of, how it is asked, and what it reads.

Whoever adds an address adds a line here, and with it which rubbish it is fed; who may come in says
the access matrix (tests/pixelstream/test_access_matrix.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

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
    Report,
    TrashEmptying,
)
from gallery.news_forms import NewsQuery
from gallery.post_forms import CaptionForm, CoverForm, PostProjectForm
from gallery.profile_forms import ProfileForm
from gallery.public_forms import ExploreQuery, PublicCursorForm
from gallery.reference_forms import RenameForm
from gallery.report_forms import ReportForm
from gallery.services import exporting, outbox, trash
from gallery.services.captions import mark_of
from gallery.share_forms import SharingForm
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
    has, like a gallery. What others may see: `shared` (a public post, by its token) or `profile` (a
    person, by the handle)."""
    also: tuple[object, ...] = ()
    """What stands in it after the thing."""
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
        name = [name_of(thing, self.of)] if thing and self.of else []
        return reverse(f"gallery:{self.name}", args=[*name, *self.also])


Thing = (
    Post
    | ReferenceImage
    | Project
    | GeneratedImage
    | TrashEmptying
    | ExportPart
    | EditConversation
    | User
)


def name_of(thing: Thing, kind: str) -> object:
    """What the thing is called in addresses of this kind."""
    match thing:
        case Post() if kind == "shared":
            return thing.share_token
        case User():
            return thing.handle
    return thing.pk


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
    Address("conversation-trash", of="conversation", verb=True),
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
        "share-settings",
        of="post",
        form=True,
        reads=_fields(SharingForm),
        sends={"visibility": "public", "sharing_enabled": "on", "ends": "never"},
    ),
    Address("share-revoke", of="post", verb=True, reads=("view",)),
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
    Address("post-trash", of="post", verb=True),
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
    Address("account-export", verb=True),
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
    Address("share", of="shared"),
    Address("report", of="shared", form=True, reads=_fields(ReportForm), sends={"reason": "spam"}),
    Address("share-download", of="shared", also=(1,)),
    Address("explore", reads=tuple(ExploreQuery({}).fields)),
    Address("explore-rss"),
    Address("profile", of="profile", reads=_fields(PublicCursorForm)),
    Address("profile-rss", of="profile"),
    Address(
        "profile-settings",
        form=True,
        reads=_fields(ProfileForm),
        sends={"name": "Alice", "handle": "alice_w", "bio": "Slow things."},
    ),
    Address("sitemap"),
    Address("robots"),
]
PUBLIC = {"public-object", "withdrawn", "oembed", "sitemap-part"}
"""Addresses for everybody, who have to know an unguessable key or token, and a part of the sitemap,
which is there when something public is in it.
"""

SEEN_BY_OTHERS = {"shared", "profile"}
OWNED = [address for address in ADDRESSES if address.of and address.of not in SEEN_BY_OTHERS]
SHARED = [address for address in ADDRESSES if address.of in SEEN_BY_OTHERS]
PAGES = [address for address in ADDRESSES if not address.takes]


def by_name(address: Address) -> str:
    """For the names of tests."""
    return address.name


def named(name: str) -> Address:
    """The address with this name."""
    return next(address for address in ADDRESSES if address.name == name)


def make(kind: str, owner: User) -> Thing | None:
    """Something of the person's that an address may be of."""
    match kind:
        case "post":
            return create_post(owner, caption=CAPTION)
        case "shared":
            return create_post(owner, caption=CAPTION, visibility=Post.Visibility.PUBLIC)
        case "profile":
            User.objects.filter(pk=owner.pk).update(handle="alice_w")
            owner.refresh_from_db(fields=["handle"])
            create_post(owner, caption=CAPTION, visibility=Post.Visibility.PUBLIC)
            return owner
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
    models = (
        *(Post, Project, ReferenceImage, GeneratedImage),
        *(TrashEmptying, EditConversation, Report),
    )
    return [list(model.objects.order_by("pk").values()) for model in models]
