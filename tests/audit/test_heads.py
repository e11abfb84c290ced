"""The file of a head says where the database can be, to readers that come at any moment."""

import zlib

import pytest

from audit import heads, outside
from audit.heads import HeadFile
from audit.places import Head
from tests.audit import making

FIRST, SECOND, THIRD = (Head(place, bytes([place]) * 32) for place in range(3))


def test_a_file_says_what_was_written_last():
    file = HeadFile(7, FIRST, exact=True)
    file.write(FIRST, Head(10**12, b"\xff" * 32))
    file.write(FIRST, SECOND)

    bounds = heads.read(7)

    assert bounds is not None
    assert (bounds.least, bounds.most) == (FIRST, SECOND)
    assert bounds.boot == heads.boot_id()


def test_no_file_says_nothing():
    assert heads.read(7) is None


def test_only_files_of_heads_are_chains(home):
    HeadFile(7, FIRST, exact=True)
    HeadFile(12, FIRST, exact=True)
    (home / "audit" / "heads" / ".9.123").touch()

    assert sorted(heads.chains()) == [7, 12]


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"0 0 0 0 00000000\n"])
def test_a_damaged_file_is_unreadable(home, damage):
    HeadFile(7, FIRST, exact=True)
    (home / "audit" / "heads" / "7").write_bytes(damage)

    with pytest.raises(heads.Unreadable):
        heads.read(7)


def test_a_file_that_was_read_in_the_middle_of_a_write_is_read_again(home, monkeypatch):
    file = HeadFile(7, FIRST, exact=True)
    (home / "audit" / "heads" / "7").write_bytes(b"torn")
    monkeypatch.setattr(heads.time, "sleep", lambda seconds: file.write(SECOND, SECOND))

    bounds = heads.read(7)

    assert bounds is not None
    assert bounds.least == SECOND


def test_a_file_whose_writer_lives_is_not_left():
    file = HeadFile(7, FIRST, exact=True)
    making.let_a_while_pass()
    assert not heads.is_left(7)
    file.let_go()
    assert heads.is_left(7)


def test_a_file_that_was_just_written_is_not_left():
    HeadFile(7, FIRST, exact=True).let_go()
    assert not heads.is_left(7)


def test_a_file_that_is_elsewhere_is_not_left():
    assert not heads.is_left(7)


def test_a_removed_file_is_gone_and_may_be_removed_again():
    HeadFile(7, FIRST, exact=True)
    heads.remove(7)
    heads.remove(7)
    assert list(heads.chains()) == []


LEAST, MOST = Head(1, b"a" * 32), Head(4, b"d" * 32)


@pytest.mark.parametrize(
    ("head", "allowed"),
    [
        (Head(0, b"z" * 32), False),
        (LEAST, True),
        (Head(1, b"x" * 32), False),
        (Head(3, b"x" * 32), None),
        (MOST, True),
        (Head(4, b"x" * 32), False),
        (Head(5, b"x" * 32), False),
    ],
)
def test_the_database_is_where_the_writer_left_it(head, allowed):
    """Between the two only where the writer may have written one record after the other."""
    for exact in (True, False):
        expected = not exact if allowed is None else allowed
        assert heads.Bounds(LEAST, MOST, heads.boot_id(), exact).allow(head) is expected


def test_after_a_restart_of_the_machine_the_file_may_be_behind():
    bounds = heads.Bounds(LEAST, MOST, "another-boot", exact=True)
    assert bounds.allow(Head(9, b"x" * 32))
    assert not bounds.allow(Head(4, b"x" * 32))


def test_a_machine_that_does_not_tell_its_boots_has_one(monkeypatch, tmp_path):
    heads.boot_id.cache_clear()
    monkeypatch.setattr(heads, "_BOOT_ID", tmp_path / "missing")
    try:
        HeadFile(7, FIRST, exact=True)
        bounds = heads.read(7)
        assert bounds is not None
        assert bounds.boot == ""
    finally:
        heads.boot_id.cache_clear()


def test_only_the_owner_may_look(home):
    HeadFile(7, FIRST, exact=True)
    assert (home / "audit" / "heads").stat().st_mode & 0o077 == 0


def test_files_of_earlier_versions_are_read(monkeypatch):
    line = f"{1:013d} {'61' * 32} {4:013d} {'64' * 32} {heads.boot_id():36}".encode()
    path = outside.directory("heads") / "7"
    path.write_bytes(b"%s %08x\n" % (line, zlib.crc32(line)))

    assert heads.read(7) == heads.Bounds(LEAST, MOST, heads.boot_id(), exact=False)
