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
        self._path, self._doubt = f"{path}-wal", Path(f"{path}.doubtful")
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._identity = 0, 0  # of the file behind it
        self._has_failed = False
        # looked at with each flush, and no more often: a look lets go of the interpreter
        self._is_doubted = self._doubt.exists()

    @property
    def is_doubtful(self) -> bool:
        """As far as this process knows: of others' failures it learns with its next flush."""
        return self._has_failed or self._is_doubted

    def flush(self) -> None:
        """Return when all that was committed before is on disk. Raises OSError.

        By one thread at a time: the one that is not told of a failure must learn of it.
        """
        with self._lock:
            try:
                os.fdatasync(self._opened())
            except OSError:
                self._has_failed = True
                self._doubt.touch(0o600)
                raise
            self._is_doubted = os.path.exists(self._doubt)
            if self.is_doubtful:
                raise OSError("what was to be flushed before is not")

    def is_saved(self) -> None:
        """SQLite has flushed all of it into the database: no more doubt. Raises OSError."""
        with self._lock:
            self._doubt.unlink(missing_ok=True)
            self._has_failed = self._is_doubted = False

    def _opened(self) -> int:
        """SQLite removes the log with its last connection, and the next one makes another."""
        there = os.stat(self._path)
        if self._descriptor is not None:
            if (there.st_dev, there.st_ino) == self._identity:
                return self._descriptor
            os.close(self._descriptor)
            self._descriptor = None
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        mine = os.fstat(self._descriptor)
        self._identity = mine.st_dev, mine.st_ino
        return self._descriptor
