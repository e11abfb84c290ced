"""Tells the processes of one machine that nothing has changed, without asking the database.

A file beside SQLite's holds two marks. A change writes a new first mark while it has the
database's write lock, and the same as the second mark after its commit. As long as both are
what they were, nothing was committed in between. A process that is killed half-way leaves
two that differ, and so does a change that fails in a way nobody understands: then everyone
asks the database, until another change has written both. So does who cannot read the file.

The file is mapped to be read, for every call does that. It is only ever written as a file,
so a disk without room ends nobody. Whether it is still the file of that name is looked at
twice a second: somebody may have removed it. Who finds it gone makes another, and goes on
when all the others must have looked.
"""

import os
import time
from mmap import ACCESS_READ, mmap

SIZE = 16  # bytes of a mark
LOOK_AGAIN = 0.5  # seconds


class Marks:
    """The file at `path`, as the threads of one process read it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._memory: mmap | None = None
        self._file: tuple[int, int] | None = None
        self._looked_at = -LOOK_AGAIN

    def standing(self) -> bytes | None:
        """The mark of the last change; None while there may be one that has not been finished."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_AGAIN:
            self._look()
            self._looked_at = now
        memory = self._memory
        if memory is None:
            return None
        first = memory[:SIZE]
        return first if memory[SIZE:] == first else None

    def _look(self) -> None:
        """Map the file that is there now, if it is whole and another than before."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._memory = self._file = None
            return
        try:
            found = os.fstat(descriptor)
            file = found.st_dev, found.st_ino
            if found.st_size != 2 * SIZE:
                self._memory = self._file = None
            elif file != self._file:
                self._memory, self._file = mmap(descriptor, 2 * SIZE, access=ACCESS_READ), file
        finally:
            os.close(descriptor)


def begin(path: str) -> bytes:
    """Mark a change, whose transaction has the write lock: none overtakes another. OSError."""
    mark = os.urandom(SIZE)
    is_new = not os.path.exists(path)
    _write(path, mark, 0)
    if is_new:
        time.sleep(LOOK_AGAIN)
    return mark


def end(path: str, mark: bytes) -> None:
    """The change is committed, or undone, and everyone has been told of it. Raises OSError.

    If another change has begun since, the marks go on to differ until that ends too.
    """
    _write(path, mark, SIZE)


def _write(path: str, mark: bytes, place: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(descriptor, mark, place)
    finally:
        os.close(descriptor)
