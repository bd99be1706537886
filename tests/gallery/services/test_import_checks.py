"""Records that somebody made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape

from gallery.models import Post, Project, StoredObject
from gallery.services import import_records, importing
from gallery.services.import_files import BrokenArchiveError
from generation import sizes
from pixelstream.accounts.models import User
from tests.gallery.services.archives import Change, forged, read, with_posts, with_text, without

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE: dict[str, Change] = {
    "climbs up": lambda files: files.update({"../evil.jpg": b"x"}),
    "climbs up inside": lambda files: files.update({"pictures/../../evil.jpg": b"x"}),
    "absolute": lambda files: files.update({"/etc/cron.d/evil": b"x"}),
    "windows": lambda files: files.update({"C:\\evil.jpg": b"x"}),
    "hidden": lambda files: files.update({"pictures/.htaccess": b"x"}),
    "a folder": lambda files: files.update({"pictures/": b""}),
    "deep": lambda files: files.update({"pictures/a/b.jpg": b"x"}),
    "no posts": without("posts.json"),
    "posts are no list": with_text("posts.json", b"{}"),
    "posts are no json": with_text("posts.json", b"[{"),
    "posts are not utf-8": with_text("posts.json", b"[\xff]"),
    "posts are numbers": with_text("posts.json", b"[1]"),
    "deep json": with_text("posts.json", b"[" * 200_000),
    "a huge number": with_text("posts.json", b"[" + b"9" * 10_000 + b"]"),
    "no number": with_text("posts.json", b"[NaN]"),
    "an id that is text": with_posts(lambda posts: posts[0].update(id="1")),
    "an id that is true": with_posts(lambda posts: posts[0].update(id=True)),
    "an endless id": with_posts(lambda posts: posts[0].update(id=2**70)),
    "no id": with_posts(lambda posts: posts[0].pop("id")),
    "an unknown status": with_posts(lambda posts: posts[0].update(status="burning")),
    "a ratio of nothing": with_posts(lambda posts: posts[0].update(aspect_ratio="1:0")),
    "a time of nowhere": with_posts(lambda posts: posts[0].update(created_at="2024-01-01")),
    "a time that is no time": with_posts(lambda posts: posts[0].update(created_at="now")),
    "a time that is a number": with_posts(lambda posts: posts[0].update(created_at=5)),
    "a nul": with_posts(lambda posts: posts[0].update(caption="a\x00b")),
    "half a letter": with_posts(lambda posts: posts[0].update(caption="\ud800")),
    "no prompt": with_posts(lambda posts: posts[0].update(prompt=None)),
    "an endless seed": with_posts(lambda posts: posts[0].update(seed=2**80)),
    "images are text": with_posts(lambda posts: posts[0].update(images="abc")),
    "settings are a list": with_posts(lambda posts: posts[0]["images"][0].update(params=[1])),
    "a long name": with_posts(lambda posts: posts[0]["images"][0].update(filename="a" * 201)),
    "a low place": with_posts(lambda posts: posts[0]["images"][0].update(position=-1)),
    "two in one place": with_posts(lambda posts: posts[0]["images"][1].update(position=0)),
    "a strange role": with_posts(lambda posts: posts[0]["messages"][0].update(role="root")),
    "attached text": with_posts(lambda posts: posts[0]["messages"][0].update(attachments=["1"])),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_whole(
    name: str, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(parts[0], tmp_path / "forged.zip", HOSTILE[name])
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)
    assert not Post.objects.owned_by(bob).exists()
    assert not StoredObject.objects.filter(owner=bob).exists()
    assert not (tmp_path / "evil.jpg").exists()


def in_post(**changes: Any) -> Change:
    return with_posts(lambda posts: posts[0].update(changes))


def in_picture(**changes: Any) -> Change:
    return with_posts(lambda posts: posts[0]["images"][0].update(changes))


def in_message(**changes: Any) -> Change:
    return with_posts(lambda posts: posts[0]["messages"][0].update(changes))


def in_project(**changes: Any) -> Change:
    def change(files: dict[str, bytes]) -> None:
        account = json.loads(files["account.json"])
        account["projects"][0].update(changes)
        files["account.json"] = json.dumps(account).encode()

    return change


def in_reference(**changes: Any) -> Change:
    def change(files: dict[str, bytes]) -> None:
        references = json.loads(files["references.json"])
        references[0].update(changes)
        files["references.json"] = json.dumps(references).encode()

    return change


NO_TEXT: tuple[Any, ...] = (None, 5, True, ["x"], {"x": 1})
NO_CHOICE: tuple[Any, ...] = (*NO_TEXT, "", "burning", "x" * 500)
NO_RATIO: tuple[Any, ...] = (*NO_TEXT, "", "1:0", "0:1", "101:1", "1920:1080", "wide", "1:1:1")
NO_NUMBER: tuple[Any, ...] = ("1", "x", 1.5, True, [1], -1, 2**31, 2**70)
NO_BOOLEAN: tuple[Any, ...] = (None, "True", 0, 1, "yes", [])
NO_SETTINGS: tuple[Any, ...] = ([1], "x", 5)
NO_AMOUNT: tuple[Any, ...] = (
    *("-0.01", "NaN", "Infinity", "-Infinity", "1e30", "1000000", "0.0000001", "x", ""),
    *(0.04, True, ["1"]),
)
NO_MOMENT: tuple[Any, ...] = (
    *(5, "", "soon", "2031-01-01", "2031-01-01T00:00:00", "1999-12-31T23:59:59Z"),
    *("9999-12-31T23:59:59-12:00", "2031-13-01T00:00:00Z"),
)

RUBBISH: dict[str, tuple[Callable[..., Change], Sequence[Any]]] = {
    "post.status": (in_post, NO_CHOICE),
    "post.aspect_ratio": (in_post, NO_RATIO),
    "post.resolution": (in_post, NO_TEXT),
    "post.seed": (in_post, (*NO_NUMBER[:5], None, -2, 2**31)),
    "post.caption_model": (in_post, (*NO_TEXT, "x" * 121)),
    "post.cover_position": (in_post, (*NO_NUMBER, 2**15)),
    "post.download_count": (in_post, (None, *NO_NUMBER)),
    "post.sharing_enabled": (in_post, NO_BOOLEAN),
    "post.is_disabled_by_admin": (in_post, NO_BOOLEAN),
    "post.share_expires_at": (in_post, NO_MOMENT),
    "post.created_at": (in_post, (None, *NO_MOMENT)),
    "post.deleted_at": (in_post, NO_MOMENT),
    "picture.model": (in_picture, (*NO_TEXT, "", "x" * 121)),
    "picture.model_name": (in_picture, (*NO_TEXT, "", "x" * 121)),
    "picture.aspect_ratio": (in_picture, NO_RATIO),
    "picture.resolution": (in_picture, NO_TEXT),
    "picture.seed": (in_picture, (*NO_NUMBER[:5], -2, 2**31)),
    "picture.duration_ms": (in_picture, NO_NUMBER),
    "picture.cost": (in_picture, NO_AMOUNT),
    "picture.cost_basis": (in_picture, [one for one in NO_CHOICE if one != ""]),
    "picture.selected": (in_picture, NO_BOOLEAN),
    "picture.position": (in_picture, (None, *NO_NUMBER, 2**15)),
    "picture.params": (in_picture, (None, *NO_SETTINGS, {"ignored": 5}, {"ignored": [["seed"]]})),
    "message.role": (in_message, NO_CHOICE),
    "message.credits_used": (in_message, (None, *NO_NUMBER)),
    "message.duration_ms": (in_message, NO_NUMBER),
    "message.error": (in_message, (*NO_TEXT, "x" * 41)),
    "message.snapshot": (in_message, (None, *NO_SETTINGS, {"models": "x"}, {"models": [[]]})),
    "project.name": (in_project, (*NO_TEXT, "", "x" * 81)),
    "reference.kept": (in_reference, NO_BOOLEAN),
    "reference.filename": (in_reference, (*NO_TEXT, "", "x" * 201)),
}


@pytest.mark.parametrize("what", ["post", "picture", "message", "project", "reference"])
def test_rubbish_in_a_field_is_refused_with_the_record_it_is_in(
    what: str, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    within = {"picture": "post", "message": "post", "project": "account"}.get(what, what)
    for field, (changed, values) in RUBBISH.items():
        noun, _dot, name = field.partition(".")
        for value in values if noun == what else ():
            path = forged(parts[0], tmp_path / "forged.zip", changed(**{name: value}))
            with pytest.raises(BrokenArchiveError) as refused:
                importing.import_account([path], to=bob)
            assert f"forged.zip: {within} number 1" in str(refused.value), (field, value)
    assert not Post.objects.owned_by(bob).exists()
    assert not Project.objects.owned_by(bob).exists()
    assert not StoredObject.objects.filter(owner=bob).exists()


@pytest.mark.parametrize("value", ["8K", "", "1k", "1K ", "x" * 500])
def test_a_resolution_that_is_not_known_is_replaced_and_told(
    value: str,
    alice: User,
    bob: User,
    tmp_path: Path,
    parts: list[Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask_for_it(posts: list[dict[str, Any]]) -> None:
        posts[0]["resolution"] = posts[0]["images"][1]["resolution"] = value

    path = forged(parts[0], tmp_path / "forged.zip", with_posts(ask_for_it))
    first, *_others = read(path, "posts.json")
    call_command("import_account", str(path), to=bob.email)
    named = (f"post {first['id']}", first["images"][1]["file"])
    said = capsys.readouterr().out
    for what in named:
        assert f"{what}: resolution {value[:20]!r} is not known here, 1K instead\n" in said
    post = Post.objects.owned_by(bob).earliest("pk")
    assert post.resolution == "1K"
    assert {image.resolution for image in post.images.all()} == {"1K"}
    assert importing.import_account([path], to=bob).replaced == [], "it is here already"


def test_what_can_be_asked_for_is_what_can_be_made() -> None:
    assert tuple(sizes.RESOLUTION_EDGE) == import_records.RESOLUTIONS
    assert tuple(sizes.CLIP_EDGE) == import_records.CLIP_RESOLUTIONS
    for resolution in import_records.RESOLUTIONS:
        for ratio in ("1:1", "100:1", "1:100"):
            assert import_records.RATIO.fullmatch(ratio)
            assert min(sizes.pixel_size(ratio, resolution)) > 0


def test_what_a_visibility_says_makes_no_difference(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    for number, value in enumerate(("public", "everybody", "", None, 5)):
        path = forged(
            parts[0],
            tmp_path / "forged.zip",
            in_post(visibility=value, id=10**9 + number, share_token="a" * 22),
        )
        importing.import_account([path], to=bob)
    mine = Post.objects.owned_by(bob)
    assert mine.count() == 8
    assert {post.visibility for post in mine} == {"unlisted"}
    assert not mine.filter(share_token="a" * 22).exists()


STRANGE_MODELS = (
    "nobody/nothing",
    "../../etc",
    "\u202e\U0001f30a",
    "<b>model</b>",
    "builtin/",
)


@pytest.mark.parametrize("model", STRANGE_MODELS)
def test_a_model_that_nobody_knows_is_shown_by_its_name(
    model: str, bob: User, as_bob: Client, parts: list[Path], tmp_path: Path
) -> None:
    def rename(posts: list[dict[str, Any]]) -> None:
        posts[0]["caption_model"] = posts[0]["images"][0]["model"] = model
        posts[0]["images"][0]["model_name"] = model
        posts[0]["messages"][0]["snapshot"] = {"models": [model]}

    path = forged(parts[0], tmp_path / "forged.zip", with_posts(rename))
    importing.import_account([path], to=bob)
    post = Post.objects.owned_by(bob).earliest("pk")
    html = as_bob.get(post.get_absolute_url()).content.decode()
    assert escape(model) in html
    for address in ("/gallery/", f"/posts/create/?post={post.pk}", "/gallery/?model=" + model):
        assert as_bob.get(address).status_code == 200
