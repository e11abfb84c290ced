"""A Python handler's code: a zip, as Lambda takes one, that is taken apart without harm."""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from service.errors import ValidationFailed

MOST_ZIPPED = 10 * 1024 * 1024  # bytes; a row of the database holds it
MOST_BYTES = 100 * 1024 * 1024  # of all files, taken out
MOST_FILES = 5_000
_LEFT_OUT = {"__pycache__"}
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same folder makes the same zip
_CHUNK = 64 * 1024


def of_path(path: Path) -> bytes:
    """The zip at `path`, or one of the folder there. Raises ValidationFailed, OSError."""
    if path.is_dir():
        return _zipped(path)
    with path.open("rb") as file:
        found = file.read(MOST_ZIPPED + 1)
    if len(found) > MOST_ZIPPED:
        raise ValidationFailed(f"The code has more than {MOST_ZIPPED} bytes.")
    return found


def require_sound(code: bytes, handler: str) -> None:
    """Raise ValidationFailed unless `code` can be taken apart and has the handler's module."""
    with _opened(code) as archive:
        entries = _entries(archive)
        for info in entries:
            for _ in _content(archive, info):
                pass
    names = {_place(info).as_posix() for info in entries}
    module = handler.rpartition(".")[0].replace(".", "/")
    if not names & {f"{module}.py", f"{module}/__init__.py"}:
        raise ValidationFailed(f"The code has no module {module}.py, which the handler names.")


def extract(code: bytes, folder: Path) -> None:
    """Write the files below `folder`, which is empty and nobody else's.

    Raises ValidationFailed, OSError.
    """
    with _opened(code) as archive:
        for info in _entries(archive):
            path = folder / _place(info)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # what was executable stays so, for its owner
            mode = 0o700 if info.external_attr >> 16 & stat.S_IXUSR else 0o600
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(made, "wb") as file:
                file.writelines(_content(archive, info))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Never more than the entry says of itself."""
    try:
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise ValidationFailed(f"The code's file {info.filename} is damaged.") from None


def _opened(code: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(code))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ValidationFailed("The code is not a zip.") from None


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in it, after all were looked at. Raises ValidationFailed."""
    found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) > MOST_FILES:
        raise ValidationFailed(f"The code has more than {MOST_FILES} files.")
    if sum(info.file_size for info in found) > MOST_BYTES:
        raise ValidationFailed(f"The code has more than {MOST_BYTES} bytes when it is unpacked.")
    taken: set[PurePosixPath] = set()
    for info in found:
        _require_plain(info)
        if (place := _place(info)) in taken:
            raise ValidationFailed(f"The code has {info.filename} twice.")
        taken.add(place)
    if any(folder in taken for place in taken for folder in place.parents):
        raise ValidationFailed("The code has a file where it has a folder, too.")
    return found


def _require_plain(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise ValidationFailed(f"{info.filename} in the code is a link, or no file.")
    if info.flag_bits & 1 or info.compress_type not in _METHODS:
        raise ValidationFailed(f"{info.filename} in the code is encrypted, or not deflated.")


def _place(info: zipfile.ZipInfo) -> PurePosixPath:
    """Where the file goes, below the code's folder. Raises ValidationFailed."""
    name = info.orig_filename  # `filename` was cut at a NUL already
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or not path.parts:
        raise ValidationFailed("A name in the code leads out of it, or is none.")
    return path


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    total = 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            total += path.stat().st_size
            if total > MOST_BYTES:
                raise ValidationFailed(f"The folder has more than {MOST_BYTES} bytes.")
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _LONG_AGO)
            info.external_attr = (path.stat().st_mode & 0o100777) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if path.is_symlink():
            raise ValidationFailed(f"{path} is a link: put in its place what it leads to.")
        if path.is_dir():
            if name not in _LEFT_OUT:
                yield from _files(path)
        elif path.is_file():
            yield path
