"""To another root key, step by step: what is sealed stays open, to whoever begins where."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.core.checks import run_checks
from django.db import connection, transaction

from crypto.errors import CannotOpen, RootKeyMissing, RootKeyUnavailable, WrongRootKey
from crypto.keyring import Keyring
from crypto.root_key import FileRootKey
from sealing import introductions, root, rotation, vault
from sealing.models import CurrentRootKey, Introduction, WrappingKey
from sealing.root import Opened
from service.errors import Unavailable

pytestmark = pytest.mark.django_db

ACCOUNT, REGIONS = "111122223333", ("us-east-1", "eu-west-1", "eu-west-2")


@pytest.fixture
def sealed():
    """By region."""
    return {region: vault.seal(ACCOUNT, region, region.encode()) for region in REGIONS}


@pytest.fixture
def new(tmp_path):
    return made(tmp_path / "new.key")


def made(path):
    return Opened(FileRootKey.create(path), path.as_uri())


def begin(new):
    told = rotation.introductions_for(new)
    with transaction.atomic():
        rotation.begin(new.key, told, root.locked().root_key_id)


def finish(new):
    with transaction.atomic():
        rotation.finish(new.key)


def rotate(new):
    begin(new)
    for row in rotation.left(new.key):
        rotation.wrap_anew(row, new.key)
    finish(new)


def restart(monkeypatch, settings, uri=None):
    """As another process that begins with the root key at `uri`."""
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))
    root._known.cache_clear()
    if uri:
        settings.STRONGROOM_ROOT_KEY_URI = uri


def opens(sealed):
    return all(
        vault.open_sealed(ACCOUNT, region, each) == region.encode()
        for region, each in sealed.items()
    )


def under():
    return set(WrappingKey.objects.values_list("root_key_id", flat=True))


def ids():
    found = run_checks(include_deployment_checks=False, databases=["default"])
    return [check.id for check in found if (check.id or "").startswith("sealing.")]


def test_all_is_under_the_new_root_key_and_opens_without_the_old_one(
    sealed, new, root_key_file, settings, monkeypatch
):
    before = dict(WrappingKey.objects.values_list("id", "sealed"))
    rotate(new)

    assert under() == {new.key.id}
    assert not set(before.values()) & set(WrappingKey.objects.values_list("sealed", flat=True))
    assert rotation.check_each_opens(new.key) == 3
    assert rotation.is_finished(new.key)
    root_key_file.unlink()
    restart(monkeypatch, settings, new.uri)
    assert opens(sealed)
    assert ids() == []


def test_a_process_that_runs_follows_by_itself(sealed, new, root_key_file, monkeypatch):
    """It has the old root key in memory, though its file may be gone."""
    rotate(new)
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))
    root_key_file.unlink()

    assert opens(sealed)


@pytest.mark.parametrize("begins_with", ["old", "new"])
@pytest.mark.parametrize("moved", [0, 1, 3])
def test_a_database_that_is_partly_rotated_opens_from_either_side(
    sealed, new, root_key_file, settings, monkeypatch, begins_with, moved
):
    begin(new)
    for row in rotation.left(new.key)[:moved]:
        rotation.wrap_anew(row, new.key)

    uri = new.uri if begins_with == "new" else root_key_file.as_uri()
    restart(monkeypatch, settings, uri)
    assert opens(sealed)
    vault.seal(ACCOUNT, "us-west-2", b"x")
    assert WrappingKey.objects.get(region="us-west-2").root_key_id == new.key.id
    warned = {"sealing.W001"} if begins_with == "old" else set()
    assert set(ids()) == (warned if moved == 3 else {*warned, "sealing.W002"})


def test_from_the_beginning_on_new_wrapping_keys_are_under_the_new_root_key(sealed, new):
    begin(new)
    vault.seal(ACCOUNT, "us-west-2", b"x")

    assert WrappingKey.objects.get(region="us-west-2").root_key_id == new.key.id
    assert rotation.left(new.key).count() == 3


def test_when_it_is_finished_the_new_root_key_does_not_lead_to_the_old_one(
    sealed, new, root_key_file, settings, monkeypatch
):
    """Who has the old one, and can write to the database, could else bring it back."""
    row = WrappingKey.objects.get(region="us-east-1")
    old_sealed, old_id = row.sealed, row.root_key_id
    rotate(new)
    WrappingKey.objects.filter(pk=row.pk).update(sealed=old_sealed, root_key_id=old_id)
    restart(monkeypatch, settings, new.uri)

    with pytest.raises(WrongRootKey):
        vault.open_sealed(ACCOUNT, "us-east-1", sealed["us-east-1"])
    assert ids() == ["sealing.E002"]


def test_it_may_be_begun_again_and_finished_by_another(sealed, new):
    begin(new)
    rotation.wrap_anew(rotation.left(new.key)[0], new.key)
    old = rotation.before(new.key)[0]

    assert not rotation.is_finished(new.key)
    assert old not in (new.key.id, "")
    rotate(new)
    assert rotation.is_finished(new.key)
    assert rotation.before(new.key) == (new.key.id, new.uri)
    assert under() == {new.key.id}
    assert opens(sealed)


def test_a_rotation_that_was_not_finished_may_be_left_for_another(
    sealed, new, tmp_path, settings, monkeypatch
):
    begin(new)
    rotation.wrap_anew(rotation.left(new.key)[0], new.key)
    third = made(tmp_path / "third.key")

    rotate(third)

    assert under() == {third.key.id}
    assert set(Introduction.objects.values_list("root_key_id", flat=True)) == {
        new.key.id,
        third.key.id,
    }
    restart(monkeypatch, settings, third.uri)
    assert opens(sealed)


def test_a_second_rotation_is_followed_by_who_knows_the_first_root_key_only(
    sealed, new, tmp_path, settings, root_key_file, monkeypatch
):
    third = made(tmp_path / "third.key")
    rotate(new)
    rotate(third)
    (tmp_path / "new.key").unlink()

    restart(monkeypatch, settings, root_key_file.as_uri())
    assert opens(sealed)


def test_a_rotation_and_back(sealed, new, root_key_file, settings, monkeypatch):
    rotate(new)
    rotate(Opened(FileRootKey(root_key_file), root_key_file.as_uri()))

    restart(monkeypatch, settings)
    (root_key_file.with_name("new.key")).unlink()
    assert opens(sealed)
    assert ids() == []


def test_of_two_rotations_to_different_root_keys_the_later_wins(sealed, new, tmp_path):
    third = made(tmp_path / "third.key")
    begin(new)
    row = rotation.left(new.key)[0]
    begin(third)

    with pytest.raises(rotation.Overtaken):
        rotation.wrap_anew(row, new.key)
    with pytest.raises(rotation.Overtaken), transaction.atomic():
        rotation.begin(new.key, [], instead_of="another")
    with pytest.raises(rotation.Overtaken):
        finish(new)


def test_it_is_not_finished_while_one_is_left(sealed, new):
    begin(new)

    with pytest.raises(rotation.Overtaken):
        finish(new)


def test_a_new_root_key_that_does_not_give_back_what_it_wraps_gets_nothing(
    sealed, new, monkeypatch
):
    class Broken(FileRootKey):
        __slots__ = ()

        def unwrap(self, wrapped, associated):
            return bytes(32)

    begin(new)
    broken = Broken(root.place(new.uri).path)
    with pytest.raises(CannotOpen, match="does not give back"):
        rotation.wrap_anew(rotation.left(new.key)[0], broken)

    assert rotation.left(new.key).count() == 3


def test_what_does_not_open_under_the_new_root_key_is_found(sealed, new):
    rotate(new)
    row = WrappingKey.objects.first()
    other = WrappingKey.objects.last()
    WrappingKey.objects.filter(pk=row.pk).update(sealed=other.sealed)

    with pytest.raises(CannotOpen):
        rotation.check_each_opens(new.key)


def test_a_wrapping_key_that_is_too_short_is_none(sealed, new):
    rotate(new)
    row = WrappingKey.objects.first()
    WrappingKey.objects.filter(pk=row.pk).update(sealed=vault.wrapped_by(new.key, row, b"short"))

    with pytest.raises(CannotOpen, match="is no key"):
        rotation.check_each_opens(new.key)


def test_a_row_that_was_read_before_it_was_moved_opens_all_the_same(
    sealed, new, settings, monkeypatch
):
    """As of a process that begins with the new root key just when the rotation ends."""
    stale = WrappingKey.objects.get(region="us-east-1")
    rotate(new)
    restart(monkeypatch, settings, new.uri)
    monkeypatch.setattr(vault, "_numbered", lambda *given: stale)

    assert vault.open_sealed(ACCOUNT, "us-east-1", sealed["us-east-1"]) == b"us-east-1"


# -- what leads from one root key to another


def test_who_can_write_to_the_database_cannot_introduce_a_root_key(sealed, tmp_path):
    """Neither his own, nor another place: a place may name a library that is loaded."""
    theirs = made(tmp_path / "theirs.key")
    ours = root.configured()
    Introduction.objects.create(
        by=ours.key.id,
        root_key_id=theirs.key.id,
        uri=theirs.uri,
        sealed_uri=introductions.sealed(theirs.key, theirs.key.id, theirs.uri),
    )
    CurrentRootKey.objects.update(root_key_id=theirs.key.id)

    with pytest.raises(CannotOpen):
        vault.seal(ACCOUNT, "us-west-2", b"x")
    assert not WrappingKey.objects.filter(region="us-west-2").exists()


def test_an_introduction_is_good_for_one_root_key_only(sealed, new, tmp_path):
    begin(new)
    third = made(tmp_path / "third.key")
    Introduction.objects.filter(root_key_id=new.key.id).update(root_key_id=third.key.id)
    CurrentRootKey.objects.update(root_key_id=third.key.id)

    with pytest.raises(CannotOpen):
        root.find(third.key.id)


def test_a_root_key_that_nothing_leads_to_is_not_found(sealed, new):
    with pytest.raises(WrongRootKey, match=r"holds the root key .* sealed under " + new.key.id):
        root.find(new.key.id)


def test_another_root_key_where_the_new_one_should_be_is_refused(sealed, new, tmp_path):
    """As on a machine to which another file was copied."""
    rotate(new)
    (tmp_path / "new.key").unlink()
    made(tmp_path / "new.key")

    with pytest.raises(RootKeyUnavailable, match="on this machine too"):
        root.find(new.key.id)
    assert ids() == ["sealing.E002"]


def test_a_new_root_key_that_is_not_on_this_machine_is_missed_until_it_is_there(
    sealed, new, tmp_path, monkeypatch
):
    path = tmp_path / "new.key"
    rotate(new)
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))
    path.rename(tmp_path / "elsewhere.key")

    with pytest.raises(Unavailable):
        opens(sealed)
    with pytest.raises(Unavailable):
        vault.seal(ACCOUNT, "us-west-2", b"x")
    assert ids() == ["sealing.E002"]

    (tmp_path / "elsewhere.key").rename(path)
    assert opens(sealed)


# -- what operators are told


def test_a_setting_that_is_out_of_date_is_told(sealed, new, settings, monkeypatch):
    rotate(new)

    found = run_checks(include_deployment_checks=False, databases=["default"])
    (warning,) = [each for each in found if each.id == "sealing.W001"]
    assert f"STRONGROOM_ROOT_KEY_URI={new.uri}" in warning.hint
    restart(monkeypatch, settings, new.uri)
    assert ids() == []


def test_who_begins_with_a_root_key_that_is_gone_is_told_where_the_database_went(
    sealed, new, root_key_file, settings, monkeypatch
):
    rotate(new)
    root_key_file.unlink()
    restart(monkeypatch, settings)

    with pytest.raises(RootKeyMissing, match=f"if {new.uri} is familiar"):
        root.verify()
    with pytest.raises(RootKeyMissing):
        root.create()
    assert not root_key_file.exists()
    assert ids() == ["sealing.E002"]


def test_who_names_the_new_root_key_before_the_rotation_is_told_how_it_is_done(
    sealed, new, settings, monkeypatch
):
    restart(monkeypatch, settings, new.uri)

    with pytest.raises(WrongRootKey, match=r"use `manage\.py rotate_root_key`"):
        root.verify()


def test_two_settings_that_name_different_root_keys_are_refused(settings, root_key_file):
    settings.STRONGROOM_ROOT_KEY_PATH = str(root_key_file)
    assert ids() == []

    settings.STRONGROOM_ROOT_KEY_PATH = "/elsewhere"
    assert ids() == ["sealing.E003"]


def test_a_uri_that_is_none_is_found(settings):
    settings.STRONGROOM_ROOT_KEY_URI = "http://x"

    assert ids() == ["sealing.E001"]


def test_the_checks_say_nothing_of_a_database_of_an_older_version(sealed, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["sealing_wrappingkey"])

    assert ids() == []


# -- at the same time


@pytest.mark.django_db(transaction=True)
def test_a_wrapping_key_that_is_being_made_is_waited_for(sealed, new):
    made, committed = threading.Event(), threading.Event()

    def make():
        with transaction.atomic():
            vault.seal(ACCOUNT, "us-west-2", b"x")
            made.set()
            assert not committed.wait(0.5)

    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(closing_the_connection(make))
        assert made.wait(20)
        begin(new)
        committed.set()
        making.result()

    assert "us-west-2" in rotation.left(new.key).values_list("region", flat=True)


@pytest.mark.django_db(transaction=True)
def test_who_makes_a_wrapping_key_while_a_rotation_begins_waits_and_makes_it_under_the_new_one(
    sealed, new
):
    told = rotation.introductions_for(new)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            rotation.begin(new.key, told, root.locked().root_key_id)
            making = pool.submit(
                closing_the_connection(lambda: vault.seal(ACCOUNT, "us-west-2", b"x"))
            )
            assert not wait([making], timeout=0.5).done
        making.result()

    assert WrappingKey.objects.get(region="us-west-2").root_key_id == new.key.id


def closing_the_connection(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    return run
