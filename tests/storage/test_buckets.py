"""What both servers must do for us, and our storage make of it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.base import ContentFile, File

from pixelstream.object_storage import buckets
from pixelstream.storages import LocalStorage, StorageUnavailableError
from tests.storage.servers import Place, Server

KEY = "generated/7/1700000000000-abc.png"


def fetch(address: str) -> tuple[int, bytes, dict[str, str]]:
    """What anybody gets."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, answer.read(), headers
    except urllib.error.HTTPError as error:
        return error.code, b"", {}


def test_an_object_comes_back_as_it_was_stored(place: Place) -> None:
    area = place.area("public")
    data = os.urandom(300_000)
    assert area.save(KEY, ContentFile(data)) == KEY
    with area.open(KEY) as stored:
        assert stored.read() == data
    assert area.exists(KEY)
    assert area.size(KEY) == 300_000
    age = datetime.now(UTC) - area.get_modified_time(KEY)
    assert abs(age) < timedelta(minutes=5)
    assert area.listdir("") == (["generated"], [])
    assert area.listdir("generated/7") == ([], ["1700000000000-abc.png"])


def test_a_public_object_is_served_for_ever_under_a_plain_address(place: Place) -> None:
    area = place.area("public")
    area.save(KEY, ContentFile(b"picture"))
    address = area.url(KEY)
    assert address == f"{place.server.endpoint}/{place.bucket}/{KEY}"
    status, body, headers = fetch(address)
    assert (status, body) == (200, b"picture")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "image/png"


def test_a_private_object_needs_a_signature(place: Place) -> None:
    area = place.area("private")
    area.save(KEY, ContentFile(b"secret"))
    address = area.url(KEY)
    assert "X-Amz-Expires=60&" in address
    status, body, headers = fetch(address)
    assert (status, body) == (200, b"secret")
    assert headers["cache-control"] == "private, no-store"
    assert fetch(address.partition("?")[0])[0] == 403
    assert fetch(f"{place.server.endpoint}/{place.bucket}/{KEY}")[0] in {403, 404}


def test_the_address_of_a_film_works_for_as_long_as_somebody_looks_at_it(place: Place) -> None:
    area = place.area("private")
    area.save("generated/7/film.mp4", ContentFile(b"a film of some length"))
    address = area.url("generated/7/film.mp4")
    assert "X-Amz-Expires=900&" in address
    request = urllib.request.Request(address, headers={"Range": "bytes=2-5"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Range"] == "bytes 2-5/21"
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.read() == b"film"
    assert "X-Amz-Expires=60&" in area.url("generated/7/film.w320.webp")


def test_a_forged_signature_opens_nothing(seaweedfs: Server) -> None:
    place = seaweedfs.new_place()
    area = place.area("private")
    area.save(KEY, ContentFile(b"secret"))
    area.save("generated/7/other.png", ContentFile(b"secret"))
    address = area.url(KEY)
    assert fetch(address)[0] == 200
    last = "0" if address[-1] != "0" else "1"
    assert fetch(address[:-1] + last)[0] == 403
    assert fetch(address.replace(KEY, "generated/7/other.png"))[0] == 403
    assert fetch(address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"))[0] == 403


def test_a_signed_address_dies_with_its_time(
    seaweedfs: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = seaweedfs.new_place()
    area = place.area("private")
    area.save(KEY, ContentFile(b"secret"))
    assert fetch(signed_ago(area, seconds=50, monkeypatch=monkeypatch))[0] == 200
    assert fetch(signed_ago(area, seconds=65, monkeypatch=monkeypatch))[0] == 403


def signed_ago(area: object, *, seconds: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address that the storage would have given out so long ago."""
    import botocore.auth

    real = botocore.auth.get_current_datetime
    with monkeypatch.context() as earlier:
        earlier.setattr(
            botocore.auth,
            "get_current_datetime",
            lambda *args, **kwargs: real(*args, **kwargs) - timedelta(seconds=seconds),
        )
        address: str = area.url(KEY)  # type: ignore[attr-defined]
    return address


def test_a_key_is_written_once(place: Place) -> None:
    area = place.area("public")
    area.save(KEY, ContentFile(b"one"))
    with pytest.raises(FileExistsError):
        area.save(KEY, ContentFile(b"two"))
    with pytest.raises(FileExistsError):
        area.save(KEY, ContentFile(b"one"))
    assert area.open(KEY).read() == b"one"


def test_of_two_writers_of_a_key_one_wins(place: Place) -> None:
    area = place.area("public")

    def write(number: int) -> bool:
        try:
            area.save(KEY, ContentFile(b"%d" % number))
        except OSError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(write, range(8)))
    assert won.count(True) == 1
    assert area.open(KEY).read() == b"%d" % won.index(True)


def test_a_server_without_conditional_writes_is_asked_first(moto: Server) -> None:
    area = moto.new_place().area("public")
    area._writes_conditionally = False
    area.save(KEY, ContentFile(b"one"))
    with pytest.raises(FileExistsError):
        area.save(KEY, ContentFile(b"two"))


def test_a_large_object_is_one_upload(place: Place) -> None:
    """A multipart upload that is cut off leaves parts behind that nobody lists."""
    area = place.area("public")
    data = os.urandom(1024) * (20 * 1024)
    area.save(KEY, ContentFile(data))
    client = place.server.client()
    assert "-" not in client.head_object(Bucket=place.bucket, Key=KEY)["ETag"]
    assert not client.list_multipart_uploads(Bucket=place.bucket).get("Uploads")
    assert area.open(KEY).read() == data


def test_a_file_is_streamed_from_where_it_is(moto: Server, tmp_path: object) -> None:
    area = moto.new_place().area("public")
    path = tmp_path / "export.zip"  # type: ignore[operator]
    path.write_bytes(b"PK" * 1000)
    with path.open("rb") as file:
        file.read(10)
        area.save("export/7/x.zip", File(file, "x.zip"))
    assert area.size("export/7/x.zip") == 2000
    _status, _body, headers = fetch(area.url("export/7/x.zip"))
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment"


@pytest.mark.parametrize("name", ["x/7/a.svg", "x/7/a.html", "x/7/a", "x/7/a.png.js"])
def test_what_is_no_picture_is_never_served_to_be_shown(moto: Server, name: str) -> None:
    area = moto.new_place().area("public")
    content = ContentFile(b"<script>")
    content.content_type = "text/html"
    area.save(name, content)
    headers = fetch(area.url(name))[2]
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment"


def test_what_is_not_there_is_said_to_be_missing(place: Place) -> None:
    area = place.area("public")
    assert not area.exists(KEY)
    area.delete(KEY)
    assert area.delete_many([KEY]) == {}
    assert list(area.walk()) == []
    assert area.listdir("") == ([], [])
    for ask in (area.open, area.size, area.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask(KEY)
    with pytest.raises(FileNotFoundError):
        area.copy(KEY, place.area("private"), KEY)


def test_without_its_bucket_nothing_is_said_to_be_missing(place: Place) -> None:
    area = place.area("public", bucket_name="there-is-no-such-bucket")
    for ask in (
        lambda: area.exists(KEY),
        lambda: area.size(KEY),
        lambda: area.open(KEY),
        lambda: area.delete(KEY),
        lambda: list(area.walk()),
        lambda: area.save(KEY, ContentFile(b"x")),
        lambda: area.copy(KEY, place.area("private"), KEY),
    ):
        with pytest.raises(StorageUnavailableError):
            ask()
    assert set(area.delete_many([KEY, "b"])) == {KEY, "b"}


def test_wrong_keys_say_nothing_about_objects(seaweedfs: Server) -> None:
    place = seaweedfs.new_place()
    place.area("public").save(KEY, ContentFile(b"x"))
    area = place.area("public", secret_key="another")
    for ask in (
        lambda: area.exists(KEY),
        lambda: area.open("nothing.png"),
        lambda: area.delete(KEY),
        lambda: list(area.walk()),
        lambda: area.save("b.png", ContentFile(b"x")),
    ):
        with pytest.raises(StorageUnavailableError):
            ask()
    assert list(area.delete_many([KEY])) == [KEY]
    assert place.area("public").exists(KEY)


def test_a_thousand_and_one_are_deleted_in_two_calls(seaweedfs: Server) -> None:
    place = seaweedfs.new_place()
    area = place.area("public")
    fill(place, 1001)
    area.save(KEY, ContentFile(b"stays"))
    asked = [f"m/{number}.png" for number in range(1001)] + ["m/never-there.png"]
    assert area.delete_many(asked) == {}
    assert [key for key, _size, _modified in area.walk()] == [KEY]


def test_when_a_call_fails_the_server_is_not_asked_for_the_rest(
    moto: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = moto.new_place()
    area = place.area("public")
    monkeypatch.setattr(buckets, "KEYS_OF_ONE_CALL", 1)
    monkeypatch.setattr(buckets, "CALLS_AT_ONCE", 2)
    keys = [f"m/{number}.png" for number in range(5)]
    for key in keys:
        area.save(key, ContentFile(b"x"))
    real, asked = area._delete_chunk, []

    def fail_once(names: list[str]) -> dict[str, str]:
        asked.extend(names)
        if names == ["m/2.png"]:
            raise StorageUnavailableError("away")
        return real(names)

    monkeypatch.setattr(area, "_delete_chunk", fail_once)
    assert area.delete_many(iter(keys)) == {"m/2.png": "away", "m/4.png": "away"}
    assert set(asked) == {"m/0.png", "m/1.png", "m/2.png", "m/3.png"}
    assert {key for key, _size, _modified in area.walk()} == {"m/2.png", "m/4.png"}


def test_the_server_takes_no_more_than_a_thousand_at_once(seaweedfs: Server) -> None:
    """So that the test above shows something."""
    place = seaweedfs.new_place()
    objects = [{"Key": f"{number}"} for number in range(1001)]
    with pytest.raises(Exception, match=r"InvalidArgument|MalformedXML"):
        seaweedfs.client().delete_objects(Bucket=place.bucket, Delete={"Objects": objects})


def test_walking_goes_through_every_page(seaweedfs: Server) -> None:
    place = seaweedfs.new_place()
    area = place.area("public")
    fill(place, 1100)
    area.save("n/1.png", ContentFile(b"12345"))
    walked = list(area.walk("m/"))
    assert {key for key, _size, _modified in walked} == {f"m/{n}.png" for n in range(1100)}
    ((key, size, modified),) = area.walk("n")
    assert (key, size) == ("n/1.png", 5)
    assert abs(datetime.now(UTC) - modified) < timedelta(minutes=5)


def fill(place: Place, count: int) -> None:
    """Many small objects, without waiting for each."""
    client = place.server.client()
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda number: client.put_object(
                    Bucket=place.bucket, Key=f"m/{number}.png", Body=b"x"
                ),
                range(count),
            )
        )


def test_a_copy_on_the_server_has_the_headers_of_its_new_area(place: Place) -> None:
    public, private = place.area("public"), place.area("private")
    public.save(KEY, ContentFile(b"picture"))
    public.copy(KEY, private, "generated/7/b.png")
    _status, body, headers = fetch(private.url("generated/7/b.png"))
    assert body == b"picture"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-type"] == "image/png"
    private.copy("generated/7/b.png", public, "generated/7/c.png")
    assert fetch(public.url("generated/7/c.png"))[2]["cache-control"].startswith("public")
    with pytest.raises(FileExistsError):
        public.copy(KEY, private, "generated/7/b.png")


def test_copies_go_to_the_disk_and_back(moto: Server, tmp_path: object) -> None:
    disk = LocalStorage(location=tmp_path, base_url=None)
    area = moto.new_place().area("public")
    disk.save("a.png", ContentFile(b"picture"))
    disk.copy("a.png", area, KEY)
    area.copy(KEY, disk, "b.png")
    assert disk.open("b.png").read() == b"picture"
    with pytest.raises(FileExistsError):
        disk.copy("a.png", area, KEY)


# --- one bucket ------------------------------------------------------------------------------


def test_in_one_bucket_the_private_area_is_a_prefix_that_no_public_address_leads_to(
    server: Server,
) -> None:
    place = server.new_place(buckets=1)
    public, private = place.area("public"), place.area("private")
    public.save(KEY, ContentFile(b"public"))
    private.save(KEY, ContentFile(b"private"))
    assert place.keys() == {f"{place.bucket}/{KEY}", f"{place.bucket}/private/{KEY}"}
    assert [key for key, _size, _modified in public.walk()] == [KEY]
    assert [key for key, _size, _modified in private.walk()] == [KEY]
    assert public.listdir("") == (["generated"], [])
    assert fetch(private.url(KEY))[1] == b"private"
    for name in (f"private/{KEY}", f"./private/{KEY}", f"x/../private/{KEY}", "private"):
        for ask in (public.url, public.open, public.delete, public.exists, public.listdir):
            with pytest.raises(SuspiciousOperation):
                ask(name)
    private.copy(KEY, public, "generated/7/c.png")
    assert private.delete_many([KEY]) == {}
    assert {key for key, _size, _modified in public.walk()} == {KEY, "generated/7/c.png"}


def test_a_key_never_leaves_its_area(moto: Server) -> None:
    private = moto.new_place(buckets=1).area("private")
    for name in ("../generated/1/x.png", "a/../../x.png"):
        with pytest.raises(SuspiciousOperation):
            private.open(name)


# --- laziness and threads --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("endpoint_url", "R2_ACCOUNT_ID"),
        ("access_key", "R2_ACCESS_KEY_ID"),
        ("secret_key", "R2_SECRET_ACCESS_KEY"),
        ("bucket_name", "R2_BUCKET_NAME"),
        ("public_url", "R2_PUBLIC_URL"),
    ],
)
def test_a_missing_variable_is_named_at_the_first_use(
    moto: Server, option: str, variable: str
) -> None:
    area = moto.new_place().area("public", **{option: ""})
    message = f"Missing required environment variable: {variable}"
    for ask in (area.exists, area.open, area.delete):
        with pytest.raises(ImproperlyConfigured, match=message):
            ask(KEY)
    with pytest.raises(ImproperlyConfigured, match=message):
        area.save(KEY, io.BytesIO(b"x"))


def test_all_threads_share_one_client(moto: Server) -> None:
    place = moto.new_place()
    public, private = place.area("public"), place.area("private")
    with ThreadPoolExecutor(8) as threads:
        clients = set(threads.map(lambda area: area.client, [public, private] * 8))
    assert len(clients) == 1


def test_nothing_of_boto_is_loaded_before_a_picture_is_used() -> None:
    code = (
        "import sys, django; django.setup(); from django.core.checks import run_checks;"
        "run_checks(); import pixelstream.urls;"
        "print([name for name in ('boto3', 'botocore', 'storages') if name in sys.modules])"
    )
    environment = {
        **os.environ,
        "R2_BUCKET_NAME": "b",
        "DJANGO_SETTINGS_MODULE": "pixelstream.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
