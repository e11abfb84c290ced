"""Makes commits durable after SQLite's write lock was let go: the next writer need not wait.

SQLite itself would flush its log (DATABASE-wal) to disk while it holds the lock. Whatever it
does with the log it does in an order that keeps what is in it: it flushes the log before it
copies from it, and flushes the database before it writes over it. So a commit is durable
once the log was flushed after it, whoever else has written since.

What others read before that may be lost in a power cut; but no answer rests on it that does
not wait for a flush of its own, which covers all that was committed before.
"""

import os
from pathlib import Path


class Log:
    """The log of the database at `path`, as this process flushes it.

    One descriptor is kept, because the kernel tells each descriptor of a failure once.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(f"{path}-wal")
        self._descriptor: int | None = None
        self.is_doubtful = False

    def flush(self) -> None:
        """Return when all that was committed before is on disk.

        Raises OSError. From then on the log is doubtful, and nothing that follows in it is
        safe: the kernel may have dropped what it could not write, and flush the rest.
        """
        try:
            os.fdatasync(self._opened())
        except OSError:
            self.is_doubtful = True
            raise
        if self.is_doubtful:
            raise OSError("what was to be flushed before is not")

    def _opened(self) -> int:
        """SQLite removes the log with its last connection, and the next one makes another."""
        known = self._descriptor
        if known is not None and os.fstat(known).st_nlink:
            return known
        # the old one is left to those who may be flushing it
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        return self._descriptor
