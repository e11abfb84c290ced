"""manage.py rotate_root_key: what it says, refuses and records."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from audit.models import Record
from crypto.keyring import Keyring
from crypto.root_key import FileRootKey
from kms_project import root_key_rotation
from kms_project.management.commands import rotate_root_key
from sealing import rotation, vault
from sealing.models import CurrentRootKey, Introduction, WrappingKey

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = () if connection.vendor == "sqlite" else ("--on-every-machine",)


@pytest.fixture(autouse=True)
def old(settings, tmp_path, monkeypatch):
    """The root key that everything is under at first."""
    settings.STRONGROOM_HOME = tmp_path
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "old.key").as_uri()
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))
    made = FileRootKey.create(tmp_path / "old.key")
    for region in ("us-east-1", "eu-west-1"):
        vault.seal("111122223333", region, b"a secret")
    return made


@pytest.fixture
def uri(tmp_path):
    return (tmp_path / "new.key").as_uri()


def rotate(uri, *options):
    out = StringIO()
    call_command("rotate_root_key", "--to", uri, *options, *EVERYWHERE, stdout=out)
    return out.getvalue()


def events():
    bodies = [json.loads(bytes(body)) for body in Record.objects.values_list("body", flat=True)]
    return [each for each in bodies if "RootKey" in each["eventName"]]


def test_it_makes_the_root_key_moves_everything_and_says_what_is_left_to_do(old, uri, tmp_path):
    said = rotate(uri)

    new = FileRootKey(tmp_path / "new.key")
    assert set(WrappingKey.objects.values_list("root_key_id", flat=True)) == {new.id}
    assert "2 wrapping keys were wrapped anew." in said
    assert f"are under the root key {new.id}" in said
    assert f"set STRONGROOM_ROOT_KEY_URI='{uri}'" in said
    assert f"The old root key, {old.id} at {(tmp_path / 'old.key').as_uri()}, may be" in said


def test_its_beginning_and_its_end_are_in_the_trail(old, uri, tmp_path):
    rotate(uri)

    begun, finished = events()
    new = FileRootKey(tmp_path / "new.key")
    assert (begun["eventName"], finished["eventName"]) == (
        "BeginRootKeyRotation",
        "FinishRootKeyRotation",
    )
    for each in (begun, finished):
        assert each["eventType"] == "AwsServiceEvent"
        assert each["userIdentity"] == {
            "type": "AWSService",
            "invokedBy": "manage.py rotate_root_key",
        }
        asked = each["requestParameters"]
        assert asked["rootKeyId"] == new.id
        assert asked["previousRootKeyId"] == old.id
        assert asked["rootKeyUri"] == uri
        assert asked["operatingSystemUser"]
    assert finished["responseElements"] == {
        "wrappingKeys": WrappingKey.objects.filter(account="111122223333").count()
    }


def test_done_again_it_changes_and_records_nothing(uri):
    rotate(uri)
    before = list(WrappingKey.objects.values_list("id", "sealed"))

    said = rotate(uri)

    assert list(WrappingKey.objects.values_list("id", "sealed")) == before
    assert len(events()) == 2
    assert "anew" not in said
    assert "Each other root key may be destroyed" in said


def test_one_that_was_killed_is_finished_and_has_one_beginning(old, uri, monkeypatch):
    def killed(new):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "check_each_opens", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(uri)
    said = rotate(uri)

    assert [each["eventName"] for each in events()] == [
        "BeginRootKeyRotation",
        "FinishRootKeyRotation",
    ]
    assert events()[1]["requestParameters"]["previousRootKeyId"] == old.id
    assert f"The old root key, {old.id}" in said


def test_a_dry_run_changes_nothing(old, uri, tmp_path):
    said = rotate(uri, "--dry-run")

    assert f"The current root key is {old.id} at " in said
    assert f"There is no root key at {uri} yet" in said
    assert "2 wrapping keys would be wrapped anew. Each opens." in said
    assert not (tmp_path / "new.key").exists()
    assert events() == []
    assert not Introduction.objects.exists()
    assert CurrentRootKey.objects.get().root_key_id == old.id


def test_a_dry_run_tells_the_id_of_a_root_key_that_is_there(uri, tmp_path):
    new = FileRootKey.create(tmp_path / "new.key")

    assert f"The root key {new.id} is at {uri}, and can be used." in rotate(uri, "--dry-run")


def test_a_dry_run_finds_what_does_not_open(uri):
    one, other = WrappingKey.objects.all()[:2]
    WrappingKey.objects.filter(pk=one.pk).update(sealed=other.sealed)

    with pytest.raises(CommandError, match="altered"):
        rotate(uri, "--dry-run")


def test_what_does_not_open_is_left_where_it_is(old, uri):
    one, other = WrappingKey.objects.order_by("id")[:2]
    WrappingKey.objects.filter(pk=one.pk).update(sealed=other.sealed)

    with pytest.raises(CommandError, match="altered"):
        rotate(uri)

    assert WrappingKey.objects.get(pk=one.pk).root_key_id == old.id


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://x", "neither file:///PATH nor"),
        ("file:///no/such/directory/root.key", "cannot be made"),
        ("pkcs11:token=t;object=o?module-path=/m.so", "has to name a pin-source"),
        ("pkcs11:token=t;object=o?module-path=/m.so&pin-source=/no/pin", "No such file"),
    ],
)
def test_a_new_root_key_that_cannot_be_is_refused_and_nothing_is_begun(old, to, why):
    with pytest.raises(CommandError, match=why):
        rotate(to)

    assert CurrentRootKey.objects.get().root_key_id == old.id
    assert events() == []


def test_a_damaged_new_root_key_is_refused(old, uri, tmp_path):
    (tmp_path / "new.key").write_text("strongroom-root-key-1 no")
    (tmp_path / "new.key").chmod(0o600)

    with pytest.raises(CommandError, match="Restore it from its backup"):
        rotate(uri)
    assert CurrentRootKey.objects.get().root_key_id == old.id


def test_without_the_old_root_key_nothing_is_begun(uri, settings, tmp_path):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "gone.key").as_uri()

    with pytest.raises(CommandError, match="There is no root key at"):
        rotate(uri)
    assert not (tmp_path / "new.key").exists()


def test_if_it_cannot_be_recorded_it_is_not_begun(old, uri, monkeypatch):
    from audit.events import Event

    def fail(self):
        raise OSError

    monkeypatch.setattr(Event, "body", fail)

    with pytest.raises(CommandError, match="record could not be written"):
        rotate(uri)
    assert CurrentRootKey.objects.get().root_key_id == old.id


def test_it_shows_its_progress(uri, monkeypatch):
    monkeypatch.setattr(rotate_root_key, "_EVERY", 0.0)

    assert "1 of 2 wrapping keys\n2 of 2 wrapping keys\n" in rotate(uri)


def test_one_who_is_overtaken_says_so(uri, monkeypatch):
    def overtaken(new):
        raise rotation.Overtaken

    monkeypatch.setattr(rotation, "finish", overtaken)

    with pytest.raises(CommandError, match="came in between"):
        rotate(uri)


def test_a_database_that_does_not_answer_is_told(uri, monkeypatch):
    def full(new):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(rotation, "finish", full)

    with pytest.raises(CommandError, match="disk is full"):
        rotate(uri)


def test_a_user_without_a_name_is_recorded_by_number(uri, monkeypatch):
    monkeypatch.setattr(root_key_rotation.os, "getuid", lambda: 4_000_000)

    assert root_key_rotation._user() == "4000000"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite is one machine's")
def test_where_there_may_be_other_machines_it_stops_until_they_have_the_root_key(
    old, uri, tmp_path
):
    with pytest.raises(CommandError, match="Nothing was moved yet") as stopped:
        call_command("rotate_root_key", "--to", uri)

    assert FileRootKey(tmp_path / "new.key").id in str(stopped.value)
    assert CurrentRootKey.objects.get().root_key_id == old.id
