"""Numbers that server processes have in common, in memory that lies on no disk.

A file that is mapped must never lack its disk: writing to it would end the process (SIGBUS).
This one has no file system; its pages are there before anything is written. Whoever is
forked from the process that made it has the same table, and it goes with the last of them.
"""

import fcntl
import os
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from mmap import mmap

NAME_BYTES = 192

_used = struct.Struct("=Q")
_number = struct.Struct("=d")


class Full(Exception):
    """There is no row left for another name."""


class SharedTable:
    """At most `rows` rows: a name of up to NAME_BYTES without NUL, and `width` numbers."""

    def __init__(self, rows: int, width: int) -> None:
        self._most = rows
        self._row = struct.Struct(f"={NAME_BYTES}s{width}d")
        size = _used.size + rows * self._row.size
        self._file = os.memfd_create("strongroom-shared-table")
        os.posix_fallocate(self._file, 0, size)
        self._memory = mmap(self._file, size)
        self._places: dict[bytes, int] = {}  # of the rows that this process has met
        self._threads = threading.Lock()

    def add(self, name: str, amounts: Mapping[int, float]) -> None:
        """Add to the numbers of a row by their columns. Raises Full."""
        row = name.encode()
        with self._alone():
            place = self._found(row)
            for column, amount in amounts.items():
                at = place + NAME_BYTES + column * _number.size
                (before,) = _number.unpack_from(self._memory, at)
                _number.pack_into(self._memory, at, before + amount)

    def rows(self) -> dict[str, tuple[float, ...]]:
        """Every row as it is at one moment."""
        with self._alone():
            copy = self._memory[_used.size : self._place(self._count())]
        return {
            name.rstrip(b"\0").decode(): tuple(numbers)
            for name, *numbers in self._row.iter_unpack(copy)
        }

    def _found(self, name: bytes) -> int:
        if name not in self._places:
            self._meet_new_rows()
        if name not in self._places:
            self._make(name)
        return self._places[name]

    def _meet_new_rows(self) -> None:
        for number in range(len(self._places), self._count()):
            name, *_ = self._row.unpack_from(self._memory, self._place(number))
            self._places[name.rstrip(b"\0")] = self._place(number)

    def _make(self, name: bytes) -> None:
        """The count is written last: who is killed before it has made nothing."""
        count = self._count()
        if count >= self._most or len(name) > NAME_BYTES:
            raise Full
        place = self._place(count)
        self._memory[place : place + NAME_BYTES] = name.ljust(NAME_BYTES, b"\0")
        _used.pack_into(self._memory, 0, count + 1)
        self._places[name] = place

    def _count(self) -> int:
        count: int = _used.unpack_from(self._memory)[0]
        return count

    def _place(self, number: int) -> int:
        return _used.size + number * self._row.size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Among threads and processes. The kernel lets go for a process that is killed."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
