"""The chains' heads, kept outside the database: one small file for each chain that is written.

Before a commit a file says "from this head to that one", after it "that one". So the head
in the database is always within what the file says, though the process be killed at any
line; a database whose tail was cut off, or that was rolled back to an older copy, is not.

The writer holds a lock on its file for as long as it lives. The file is not flushed to
the disk with each commit: after a loss of power it may be behind, which the id of the
machine's boot in it lets a reader tell.
"""

import fcntl
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from audit import outside
from audit.places import Head
from service.value import value

QUIET = 60.0  # seconds without a commit after which none can still be on its way
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_EXACT, _BETWEEN = "exactly", "between"  # of equal length
_READS = 5  # a reader may come in the middle of a write


class Unreadable(Exception):
    """The file of a head is not one that a process of this service wrote."""


@value
class Bounds:
    """The head in the database is not before `least` and not after `most`; `boot` as written.

    `exact`: it is one of the two, for all that is between is written in one transaction.
    """

    least: Head
    most: Head
    boot: str
    exact: bool

    def allow(self, head: Head) -> bool:
        """Whether the database can have come to `head` by what the chain's writer did."""
        for bound in (self.least, self.most):
            if head.sequence == bound.sequence:
                return head == bound
        if head.sequence > self.most.sequence:
            return self.boot != boot_id()  # the file may have been behind when the power went
        return head.sequence > self.least.sequence and not self.exact


class HeadFile:
    """The file of one chain, as its only writer holds it."""

    def __init__(self, chain: int, head: Head, *, exact: bool) -> None:
        """Make it, whole and locked before anyone can see it. Raises OSError."""
        self._exact = exact
        path = _path(chain)
        making = path.with_name(f".{chain}.{os.getpid()}")
        self._file = making.open("w+b", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.write(head, head)
        os.fsync(self._file.fileno())
        making.rename(path)
        outside.flush_directory(path.parent)

    def write(self, least: Head, most: Head) -> None:
        os.pwrite(self._file.fileno(), _encode(Bounds(least, most, boot_id(), self._exact)), 0)

    def let_go(self) -> None:
        """The chain is written no more; the file stays."""
        self._file.close()


def read(chain: int) -> Bounds | None:
    """What the file of `chain` says; None if there is none here. Raises Unreadable."""
    for _ in range(_READS):
        try:
            return _decode(_path(chain).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            time.sleep(0.01)
    raise Unreadable


def chains() -> Iterator[int]:
    """The chains that have a file here."""
    for path in _directory().iterdir():
        with suppress(ValueError):
            yield int(path.name)


def is_left(chain: int) -> bool:
    """Whether the file's writer has gone, and nothing that it began is still on its way."""
    try:
        with _path(chain).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return time.time() - os.fstat(file.fileno()).st_mtime > QUIET
    except (FileNotFoundError, BlockingIOError):
        return False


def remove(chain: int) -> None:
    """Forget a chain that a checkpoint has closed: the checkpoint holds its head now."""
    _path(chain).unlink(missing_ok=True)


@cache
def boot_id() -> str:
    """What tells this run of the machine from every other; empty where it cannot be told."""
    return _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""


def _directory() -> Path:
    return outside.directory("heads")


def _path(chain: int) -> Path:
    return _directory() / str(chain)


def _encode(bounds: Bounds) -> bytes:
    """Always as long as the last one, so that a shorter text never leaves a rest behind."""
    least, most = bounds.least, bounds.most
    line = (
        f"{least.sequence:013d} {least.digest.hex()} {most.sequence:013d} {most.digest.hex()} "
        f"{bounds.boot or '-':36} {_EXACT if bounds.exact else _BETWEEN}"
    ).encode()
    return b"%s %08x\n" % (line, zlib.crc32(line))


def _decode(text: bytes) -> Bounds:
    """Raise ValueError unless `text` is whole. Files of earlier versions say less."""
    line, _, check = text.rstrip(b"\n").rpartition(b" ")
    if int(check, 16) != zlib.crc32(line):
        raise ValueError("torn")
    least, least_digest, most, most_digest, *rest = line.decode().split()
    return Bounds(
        Head(int(least), bytes.fromhex(least_digest)),
        Head(int(most), bytes.fromhex(most_digest)),
        "" if not rest or rest[0] == "-" else rest[0],
        exact=rest[1:] == [_EXACT],
    )
