"""The root key: under it, directly or not, lies everything that Strongroom stores sealed.

A root key file is one line: `strongroom-root-key-1 ID KEY`, the key's 32 random bytes in
base64. The id is derived from the key and no secret: it is stored with what the key
wrapped, and tells a damaged file from a whole one.
"""

import base64
import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from crypto.envelope import KEY_BYTES, open_sealed, seal
from crypto.errors import DamagedRootKeyFile, RootKeyMissing, RootKeyUnavailable, UnsafeRootKeyFile
from crypto.kdf import derive

_FORM = re.compile(rb"strongroom-root-key-1 ([0-9a-f]{32}) ([A-Za-z0-9+/]{43}=)\n?")
_MOST_BYTES = 1024


class RootKey(Protocol):
    """A key that wraps other keys and can be kept where it cannot be read, as on an HSM."""

    @property
    def id(self) -> str:
        """Tells this root key from any other, for good; no secret."""
        ...

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes:
        """Raises RootKeyUnavailable."""
        ...

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """What `wrap` was given. Raises CannotOpen, RootKeyUnavailable."""
        ...

    def check(self) -> None:
        """Raises RootKeyUnavailable unless it can be used at the moment."""
        ...


class FileRootKey:
    """A root key in a file that nobody but the server's user may read."""

    __slots__ = ("_wrapping", "id")

    def __init__(self, path: Path) -> None:
        """Read the file. Raises RootKeyMissing, UnsafeRootKeyFile, DamagedRootKeyFile, and
        RootKeyUnavailable where it cannot be read."""
        key = _decoded(_read(path), path)
        self.id = _fingerprint(key)
        self._wrapping = derive(key, b"strongroom root key wraps")

    @classmethod
    def create(cls, path: Path) -> "FileRootKey":
        """The root key at `path`, made there if nothing is. Raises what reading it raises.

        Of several processes one makes it and all return the same. One that is killed
        leaves no file or a whole one.
        """
        try:
            with _locked(path.parent) as directory:
                # of one who was killed: it may be a second name of the root key
                _draft(path).unlink(missing_ok=True)
                if not os.path.lexists(path):
                    _write(path, directory)
        except OSError as error:
            raise RootKeyUnavailable(f"{path} cannot be made: {error.strerror}.") from None
        return cls(path)

    def __repr__(self) -> str:
        return f"FileRootKey(id={self.id!r})"

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes:
        return seal(self._wrapping, plaintext, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        return open_sealed(self._wrapping, wrapped, associated)

    def check(self) -> None:
        """It is in memory."""


def _fingerprint(key: bytes) -> str:
    return derive(key, b"strongroom root key id", length=16).hex()


def _encoded(key: bytes) -> bytes:
    return b"strongroom-root-key-1 %s %s\n" % (_fingerprint(key).encode(), base64.b64encode(key))


def _decoded(line: bytes, path: Path) -> bytes:
    found = _FORM.fullmatch(line)
    if not found:
        raise DamagedRootKeyFile(
            f"{path} does not hold a root key in a form that this version reads. "
            "Restore it from its backup."
        )
    key = base64.b64decode(found[2])
    if _fingerprint(key) != found[1].decode():
        raise DamagedRootKeyFile(
            f"{path} is damaged: its key is not the one that its id names. "
            "Restore it from its backup."
        )
    return key


def _read(path: Path) -> bytes:
    try:
        # without waiting, in case it is a pipe
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            _refuse_unsafe(os.fstat(descriptor), path)
            return os.read(descriptor, _MOST_BYTES)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unavailable(path, error) from None


def _refuse_unsafe(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeRootKeyFile(f"{path} is not a regular file. Put the root key's file there.")
    if status.st_uid != os.geteuid():
        raise UnsafeRootKeyFile(
            f"{path} belongs to user {status.st_uid}, but the server runs as user "
            f"{os.geteuid()}. Run it as the owner, or chown the file."
        )
    if status.st_mode & 0o077:
        raise UnsafeRootKeyFile(
            f"{path} is open to others (mode {stat.S_IMODE(status.st_mode):04o}). "
            "If nobody has read it, chmod it to 0600."
        )


def _unavailable(path: Path, error: OSError) -> RootKeyUnavailable:
    if isinstance(error, FileNotFoundError):
        return RootKeyMissing(
            f"There is no root key at {path}. If this server stored anything before, restore "
            "the file from its backup; at a first start, `manage.py bootstrap` makes it."
        )
    if error.errno == errno.ELOOP:
        return UnsafeRootKeyFile(f"{path} is a symbolic link. Put the root key's file there.")
    return RootKeyUnavailable(f"{path} cannot be read: {error.strerror}.")


@contextmanager
def _locked(directory: Path) -> Iterator[int]:
    """Hold the directory for ourselves; its open descriptor."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _write(path: Path, directory: int) -> None:
    """A fresh key at `path`, whole or not at all, and on disk when this returns."""
    draft = _draft(path)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)  # whatever the umask took away
            file.write(_encoded(os.urandom(KEY_BYTES)))
            file.flush()
            os.fsync(descriptor)
        os.link(draft, path)  # which, unlike a rename, never replaces a root key
    finally:
        draft.unlink(missing_ok=True)
    os.fsync(directory)
