"""`setup_storage` and `move_storage`."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from gallery.models import StoredObject
from pixelstream.accounts.models import User
from pixelstream.object_storage import moving
from tests.factories import create_object, create_post, create_reference
from tests.storage.servers import Place, Server, readable

# --- setup_storage ---------------------------------------------------------------------------


def set_up(*arguments: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    try:
        call_command("setup_storage", *arguments, stdout=out)
    except CommandError as error:
        out.write(f"exit 1: {error}")
    return out.getvalue()


@pytest.fixture
def used(place: Place, settings: Any) -> Place:
    """The application keeps its objects on either server."""
    place.use(settings)
    return place


def test_buckets_are_made_and_set_up_and_the_second_time_found(moto: Server, settings: Any) -> None:
    place = moto.new_place()
    place.use(settings)
    client = moto.client()
    client.delete_bucket(Bucket=place.private_bucket)
    first = set_up()
    assert f"done: bucket {place.private_bucket} made" in first
    assert f"found: bucket {place.bucket}" in first
    assert f"done: CORS of {place.bucket}" in first
    assert f"done: lifecycle of {place.bucket}" in first
    assert first.endswith("The storage is ready.\n")
    second = set_up()
    assert "done:" not in second
    assert second.endswith("The storage is ready.\n")


def test_cors_and_lifecycle_are_those_of_the_requirement(s3: Place) -> None:
    set_up()
    client = s3.server.client()
    for bucket in s3.buckets:
        (rule,) = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
        assert rule["AllowedOrigins"] == [
            "http://127.0.0.1:8000",
            "http://localhost:3000",
            "https://pixelstream.app",
            "https://*.pixelstream.app",
        ]
        assert rule["AllowedMethods"] == ["GET", "PUT", "POST", "HEAD"]
        assert rule["AllowedHeaders"] == ["Content-Type", "Content-Length", "x-amz-*"]
        assert rule["MaxAgeSeconds"] == 3600
        (cleaning,) = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert cleaning["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        assert "Expiration" not in cleaning


def test_other_origins_and_other_lifecycle_rules(s3: Place) -> None:
    client = s3.server.client()
    theirs = {
        "ID": "theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Expiration": {"Days": 3},
    }
    client.put_bucket_lifecycle_configuration(
        Bucket=s3.bucket, LifecycleConfiguration={"Rules": [theirs]}
    )
    set_up("--origin", "https://one.example", "--origin", "https://two.example")
    rules = client.get_bucket_lifecycle_configuration(Bucket=s3.bucket)["Rules"]
    assert [rule["ID"] for rule in rules] == ["theirs", "abort-unfinished-uploads"]
    (cors,) = client.get_bucket_cors(Bucket=s3.bucket)["CORSRules"]
    assert cors["AllowedOrigins"] == ["https://one.example", "https://two.example"]


def test_a_sound_storage_is_ready_and_nothing_is_left_in_it(used: Place) -> None:
    printed = set_up()
    assert "private pictures cannot be fetched without a signature" in printed
    assert "serves the public pictures" in printed
    assert printed.endswith("The storage is ready.\n")
    assert used.keys() == set()


def test_a_private_bucket_that_everybody_can_read_is_a_failure(s3: Place) -> None:
    s3.server.client().put_bucket_policy(
        Bucket=s3.private_bucket, Policy=readable(s3.private_bucket)
    )
    printed = set_up()
    assert f"FAILED: {s3.private_bucket} is public" in printed
    assert "exit 1" in printed


def test_one_public_bucket_is_noted_and_works(server: Server, settings: Any) -> None:
    place = server.new_place(buckets=1)
    place.use(settings)
    printed = set_up()
    assert "note: private pictures lie in the public bucket" in printed
    assert printed.endswith("The storage is ready.\n")
    assert place.keys() == set()


def test_a_public_address_that_shows_nothing_is_a_failure(s3: Place, settings: Any) -> None:
    s3.server.client().delete_bucket_policy(Bucket=s3.bucket)
    printed = set_up()
    assert f"does not serve what lies in {s3.bucket}" in printed
    assert "exit 1" in printed


def test_wrong_keys_are_a_failure_in_words(seaweedfs: Server, settings: Any) -> None:
    place = seaweedfs.new_place()
    place.use(settings)
    wrong = {
        name: {**area, "OPTIONS": {**area["OPTIONS"], "secret_key": "another"}}
        for name, area in place.areas.items()
    }
    settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": wrong}
    printed = set_up()
    assert f"FAILED: bucket {place.bucket}: SignatureDoesNotMatch" in printed
    assert "exit 1" in printed


def test_a_missing_variable_is_named(s3: Place, settings: Any) -> None:
    options = settings.STORAGE_PLACES["s3"]["public"]["OPTIONS"]
    options["access_key"] = ""
    assert set_up() == "exit 1: Missing required environment variable: R2_ACCESS_KEY_ID"


# --- move_storage ----------------------------------------------------------------------------


def move(to: str, *arguments: str) -> tuple[str, str]:
    """What the command prints, and on which failures it ends."""
    out, errors = io.StringIO(), io.StringIO()
    try:
        call_command("move_storage", "--to", to, *arguments, stdout=out, stderr=errors)
    except CommandError as error:
        errors.write(f"exit 1: {error}")
    return out.getvalue(), errors.getvalue()


@pytest.fixture
def elsewhere(moto: Server, settings: Any) -> Place:
    """Buckets that are configured and not used: the application is on the disk."""
    place = moto.new_place()
    settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": place.areas}
    return place


def keys_of_rows(place: Place) -> set[str]:
    """What must be in the buckets, by the database."""
    buckets = {"public": place.bucket, "private": place.private_bucket or f"{place.bucket}/private"}
    return {
        f"{buckets[obj.area]}/{key}"
        for obj in StoredObject.objects.filter(state=StoredObject.State.LIVE)
        for key in obj.all_keys
    }


@pytest.mark.django_db
def test_everything_is_copied_and_the_second_time_left_alone(elsewhere: Place, alice: User) -> None:
    create_post(alice)
    create_reference(alice)
    printed, errors = move("s3")
    assert "2 copied" in printed
    assert "set R2_BUCKET_NAME" in printed
    assert errors == ""
    assert elsewhere.keys() == keys_of_rows(elsewhere)
    printed, errors = move("s3")
    assert "0 copied (0\xa0bytes), 2 there already, 0 failed." in printed


@pytest.mark.django_db
def test_and_back_to_the_disk(s3: Place, alice: User, settings: Any) -> None:
    post = create_post(alice)
    obj = post.images.get().object
    printed, errors = move("local")
    assert "1 copied" in printed
    assert "take R2_BUCKET_NAME out" in printed
    assert errors == ""
    local = moving.areas_of("local")["public"]
    assert {key for key, _size, _modified in local.walk()} == set(obj.all_keys)
    assert s3.keys() == keys_of_rows(s3), "the source is as it was"


@pytest.mark.django_db
def test_a_limit_and_a_dry_run(elsewhere: Place, alice: User) -> None:
    for _ in range(3):
        create_object(alice)
    printed, _errors = move("s3", "--dry-run")
    assert "3 to copy" in printed
    assert "Nothing was copied" in printed
    assert elsewhere.keys() == set()
    printed, _errors = move("s3", "--limit", "2")
    assert "2 copied" in printed
    assert "Stopped at the limit" in printed
    printed, _errors = move("s3", "--limit", "2")
    assert "1 copied" in printed
    assert "Complete." in printed


@pytest.mark.django_db
def test_what_is_damaged_or_missing_is_told_and_the_rest_copied(
    elsewhere: Place, alice: User
) -> None:
    damaged, missing, sound = create_object(alice), create_object(alice), create_object(alice)
    local = moving.areas_of("local")["public"]
    with local.open(damaged.key) as stored:
        data = stored.read()
    local.delete(damaged.key)
    local.save(damaged.key, ContentFile(data[:-1] + b"?"))
    local.delete(missing.key)
    printed, errors = move("s3")
    assert "1 copied" in printed
    assert f"{damaged.key}: the source has other bytes" in errors
    assert missing.key in errors
    assert errors.endswith("exit 1: 2 objects could not be copied. Run it again.")
    target = elsewhere.area("public")
    assert target.exists(sound.key)
    assert not target.exists(damaged.key), "the original last: without it nothing is complete"


@pytest.mark.django_db
def test_a_copy_that_was_cut_off_is_made_anew(s3: Place, alice: User) -> None:
    obj = create_object(alice)
    local = moving.areas_of("local")["public"]
    for key in obj.all_keys:
        local.save(key, ContentFile(b"cut off"))
    printed, _errors = move("local")
    assert "1 copied" in printed
    source = s3.area("public")
    assert all(local.open(key).read() == source.open(key).read() for key in obj.all_keys)


@pytest.mark.django_db
def test_what_was_made_after_the_change_of_places_is_complete(s3: Place, alice: User) -> None:
    """The second run: the old place does not know the newest objects."""
    post = create_post(alice)
    assert post.images.get().object.rendition_widths
    printed, errors = move("s3")
    assert "0 copied (0\xa0bytes), 1 there already, 0 failed." in printed
    assert "uses this storage already" in printed
    assert errors == ""


@pytest.mark.django_db
def test_only_what_is_live_is_copied(elsewhere: Place, alice: User) -> None:
    create_object(alice)
    for state in (StoredObject.State.WRITING, StoredObject.State.DELETING):
        other = create_object(alice)
        StoredObject.objects.filter(pk=other.pk).update(state=state)
    printed, _errors = move("s3")
    assert "1 copied" in printed
    assert elsewhere.keys() == keys_of_rows(elsewhere)


@pytest.mark.django_db
def test_a_limit_of_nothing_is_refused() -> None:
    assert move("s3", "--limit", "0") == ("", "exit 1: --limit must be 1 or more.")


@pytest.mark.django_db
def test_moving_without_variables_names_the_first(alice: User) -> None:
    create_object(alice)
    _printed, errors = move("s3")
    assert errors == "exit 1: Missing required environment variable: R2_ACCOUNT_ID"
