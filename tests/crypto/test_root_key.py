"""The root key's file: made once, whole or not at all, and refused where others could touch it."""

import os
import stat
import threading

import pytest

from crypto.errors import (
    CannotOpen,
    DamagedRootKeyFile,
    RootKeyMissing,
    RootKeyUnavailable,
    UnsafeRootKeyFile,
)
from crypto.root_key import FileRootKey


@pytest.fixture
def path(tmp_path):
    return tmp_path / "root.key"


def test_a_root_key_is_made_once_and_read_again(path):
    made = FileRootKey.create(path)
    wrapped = made.wrap(b"a key", b"for this")

    assert FileRootKey.create(path).id == made.id
    assert FileRootKey(path).unwrap(wrapped, b"for this") == b"a key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_made_for_its_owner_alone_whatever_the_umask(path):
    before = os.umask(0o777)
    try:
        FileRootKey.create(path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_one_root_key_wrapped_another_does_not_open(path, tmp_path):
    wrapped = FileRootKey.create(path).wrap(b"a key", b"for this")
    other = FileRootKey.create(tmp_path / "other.key")

    with pytest.raises(CannotOpen):
        other.unwrap(wrapped, b"for this")
    with pytest.raises(CannotOpen):
        FileRootKey(path).unwrap(wrapped, b"for that")
    assert other.id != FileRootKey(path).id


def test_it_does_not_show_itself(path):
    key = FileRootKey.create(path)

    assert repr(key) == f"FileRootKey(id='{key.id}')"
    assert path.read_text().split()[2] not in repr(key)


def test_of_many_who_make_it_all_get_the_same(path):
    ids = []
    together = threading.Barrier(8)

    def make():
        together.wait()
        ids.append(FileRootKey.create(path).id)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_the_draft_of_one_who_was_killed_is_in_nobodys_way(path):
    draft = path.with_name(".root.key.new")
    draft.write_text("half a k")

    FileRootKey.create(path)

    assert not draft.exists()


def test_a_missing_root_key_says_what_to_do(path):
    with pytest.raises(RootKeyMissing, match="restore the file from its backup"):
        FileRootKey(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"strongroom-root-key-2 00 11\n", b"x" * 5000],
)
def test_a_file_that_holds_none_is_damaged(path, content):
    FileRootKey.create(path)
    path.write_bytes(content)

    with pytest.raises(DamagedRootKeyFile, match="Restore it"):
        FileRootKey(path)


def test_a_key_that_is_not_the_one_its_id_names_is_damaged(path):
    FileRootKey.create(path)
    form, name, key = path.read_text().split()
    altered = ("A" if key[0] != "A" else "B") + key[1:]
    path.write_text(f"{form} {name} {altered}\n")

    with pytest.raises(DamagedRootKeyFile, match="not the one that its id names") as damaged:
        FileRootKey(path)
    assert altered not in str(damaged.value)


def test_a_file_that_others_may_read_is_refused(path):
    FileRootKey.create(path)
    path.chmod(0o640)

    with pytest.raises(UnsafeRootKeyFile, match="mode 0640"):
        FileRootKey(path)


def test_a_file_of_another_user_is_refused(path, monkeypatch):
    FileRootKey.create(path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(UnsafeRootKeyFile, match="belongs to user"):
        FileRootKey(path)


def test_a_symbolic_link_is_refused_and_never_written_through(path, tmp_path):
    FileRootKey.create(tmp_path / "real.key")
    path.symlink_to(tmp_path / "real.key")

    with pytest.raises(UnsafeRootKeyFile, match="symbolic link"):
        FileRootKey(path)
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UnsafeRootKeyFile):
        FileRootKey.create(path)
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_refused_and_not_waited_for(path):
    os.mkfifo(path, 0o600)

    with pytest.raises(UnsafeRootKeyFile, match="regular file"):
        FileRootKey(path)


def test_what_cannot_be_read_or_made_says_so(path, tmp_path):
    with pytest.raises(RootKeyUnavailable, match="cannot be made"):
        FileRootKey.create(tmp_path / "no" / "root.key")
    (tmp_path / "file").write_text("")
    with pytest.raises(RootKeyUnavailable, match="cannot be read"):
        FileRootKey(tmp_path / "file" / "root.key")
