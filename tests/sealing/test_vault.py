"""What is sealed opens where it was sealed, for what it was sealed, and nowhere else."""

import pytest
from django.core.checks import run_checks

from crypto.errors import CannotOpen, RootKeyMissing, WrongRootKey
from crypto.keyring import Keyring
from crypto.root_key import FileRootKey
from sealing import root, vault
from sealing.models import WrappingKey

pytestmark = pytest.mark.django_db

ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "us-east-1"
FIELDS = ("iam:access-key", "AKIA1")


@pytest.fixture
def sealed():
    return vault.seal(ACCOUNT, REGION, b"a secret", *FIELDS)


def opened(sealed, account=ACCOUNT, region=REGION, fields=FIELDS):
    return vault.open_sealed(account, region, sealed, *fields)


def another_root_key(settings, tmp_path):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "another.key").as_uri()
    return FileRootKey.create(tmp_path / "another.key")


def test_what_was_sealed_opens(sealed):
    assert opened(sealed) == b"a secret"
    assert b"a secret" not in sealed


def test_each_account_and_region_has_one_wrapping_key_of_its_own(sealed):
    vault.seal(ACCOUNT, REGION, b"another", *FIELDS)
    vault.seal(ACCOUNT, "eu-west-1", b"another", *FIELDS)
    vault.seal(OTHER, REGION, b"another", *FIELDS)

    places = WrappingKey.objects.order_by("id").values_list("account", "region", "number")
    assert list(places) == [(ACCOUNT, REGION, 1), (ACCOUNT, "eu-west-1", 1), (OTHER, REGION, 1)]
    assert str(WrappingKey.objects.first()) == f"wrapping key 1 of {ACCOUNT}/{REGION}"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"account": OTHER},
        {"region": "eu-west-1"},
        {"fields": ("iam:access-key", "AKIA2")},
        {"fields": ("iam:access-keyAKIA1",)},
        {"fields": ()},
    ],
)
def test_it_opens_nowhere_else(sealed, elsewhere):
    vault.seal(OTHER, REGION, b"x")
    vault.seal(ACCOUNT, "eu-west-1", b"x")

    with pytest.raises(CannotOpen):
        opened(sealed, **elsewhere)


def test_no_bit_of_it_can_be_changed(sealed):
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(CannotOpen):
            opened(bytes(altered))


@pytest.mark.parametrize("length", [0, 4, 5, 20])
def test_a_part_of_it_does_not_open(sealed, length):
    with pytest.raises(CannotOpen):
        opened(sealed[:length])


def test_a_wrapping_key_of_another_account_opens_nothing_here(sealed):
    """Neither under the number of the one it replaces, nor when it takes its row."""
    vault.seal(OTHER, REGION, b"x")
    theirs = WrappingKey.objects.get(account=OTHER)
    WrappingKey.objects.filter(account=ACCOUNT).update(sealed=theirs.sealed)

    with pytest.raises(CannotOpen):
        opened(sealed)


def test_the_newest_wrapping_key_seals_and_older_ones_still_open(sealed):
    row = WrappingKey.objects.get()
    second = WrappingKey(account=ACCOUNT, region=REGION, number=2, root_key_id=row.root_key_id)
    second.sealed = vault.wrapped_by(root.current(), second, bytes(32))
    second.save()

    newer = vault.seal(ACCOUNT, REGION, b"newer", *FIELDS)

    assert newer[1:5] == (2).to_bytes(4, "big")
    assert (opened(sealed), opened(newer)) == (b"a secret", b"newer")
    row.delete()
    with pytest.raises(CannotOpen, match="Wrapping key 1 of"):
        opened(sealed)


def test_under_another_root_key_nothing_opens_and_nothing_new_is_sealed(
    sealed, settings, tmp_path, monkeypatch
):
    another_root_key(settings, tmp_path)
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))

    with pytest.raises(WrongRootKey):
        opened(sealed)
    with pytest.raises(WrongRootKey):
        vault.seal(OTHER, REGION, b"x")


# -- the root key of this process


def test_a_root_key_that_went_missing_is_not_made_anew(sealed, root_key_file, settings, tmp_path):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "gone.key").as_uri()

    with pytest.raises(RootKeyMissing):
        root.create()
    assert not (tmp_path / "gone.key").exists()


def test_a_root_key_is_made_where_nothing_is_sealed(settings, tmp_path):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "first.key").as_uri()

    assert root.create().id == FileRootKey(tmp_path / "first.key").id


def ids(**given):
    found = run_checks(include_deployment_checks=False, **given)
    return [check.id for check in found if (check.id or "").startswith("sealing.")]


def test_the_checks_pass_where_all_is_well(sealed):
    assert ids(databases=["default"]) == []


def test_the_checks_know_a_first_start(settings, tmp_path):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "first.key").as_uri()

    assert ids() == []
    assert ids(databases=["default"]) == []


def test_the_checks_find_a_file_that_others_may_read(sealed, settings, tmp_path):
    path = tmp_path / "open.key"
    FileRootKey.create(path)
    path.chmod(0o644)
    settings.STRONGROOM_ROOT_KEY_URI = path.as_uri()

    assert ids(databases=["default"]) == ["sealing.E001"]


@pytest.mark.parametrize("made", [True, False], ids=["another", "gone"])
def test_the_checks_find_a_root_key_that_is_not_the_databases(sealed, settings, tmp_path, made):
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "another.key").as_uri()
    if made:
        another_root_key(settings, tmp_path)

    assert ids(databases=["default"]) == ["sealing.E002"]
