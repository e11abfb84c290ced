"""Makes commits durable after SQLite's write lock was let go: the next writer need not wait.

SQLite itself would flush its log (DATABASE-wal) to disk while it holds the lock. Whatever it
does with the log it does in an order that keeps what is in it: it flushes the log before it
copies from it, and flushes the database before it writes over it. So a commit is durable
once the log was flushed after it, whoever else has written since.

What others read before that may be lost in a power cut; but no answer rests on it that does
not wait for a flush of its own, which covers all that was committed before.
"""

import os
import threading
from pathlib import Path


class Log:
    """The log of the database at `path` (without symbolic links), as this process flushes it.

    One descriptor is kept, because the kernel tells each descriptor of a failure once. After
    one the log is doubtful, and nothing that follows in it is safe: the kernel may have
    dropped what it could not write, and flush the rest. A file says so to the others.
    """

    def __init__(self, path: str) -> None:
        self._path, self._doubt = Path(f"{path}-wal"), Path(f"{path}.doubtful")
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._is_doubtful = False

    @property
    def is_doubtful(self) -> bool:
        return self._is_doubtful or self._doubt.exists()

    def flush(self) -> None:
        """Return when all that was committed before is on disk. Raises OSError.

        By one thread at a time: the one that is not told of a failure must learn of it.
        """
        with self._lock:
            try:
                os.fdatasync(self._opened())
            except OSError:
                self._is_doubtful = True
                self._doubt.touch(0o600)
                raise
            if self.is_doubtful:
                raise OSError("what was to be flushed before is not")

    def is_saved(self) -> None:
        """SQLite has flushed all of it into the database: no more doubt. Raises OSError."""
        with self._lock:
            self._doubt.unlink(missing_ok=True)
            self._is_doubtful = False

    def _opened(self) -> int:
        """SQLite removes the log with its last connection, and the next one makes another."""
        there = os.stat(self._path)
        if self._descriptor is not None:
            mine = os.fstat(self._descriptor)
            if (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino):
                return self._descriptor
            os.close(self._descriptor)
            self._descriptor = None
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        return self._descriptor
