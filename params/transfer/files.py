"""Files of trees: read whole, written whole, for their owner's eyes only."""

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from params.transfer import dotenv_files, json_files, yaml_files
from params.transfer.entries import Entry, FileProblem

STANDARD = "-"  # in place of a file: the standard input or output
MOST_BYTES = 32 * 2**20
_SUFFIXES = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".env": "dotenv"}


class Format(StrEnum):
    JSON = "json"
    YAML = "yaml"
    DOTENV = "dotenv"

    @property
    def has_all(self) -> bool:
        """Whether it tells more than values."""
        return self is not Format.DOTENV


def format_of(file: str, given: str | None) -> Format:
    """The one that is given, or that the file's name says: `x.json`, `x.yaml`, `.env`, `x.env`.

    Raises ValueError.
    """
    name = Path(file).name
    told = given or _SUFFIXES.get(Path(name).suffix) or _SUFFIXES.get(name)
    if told is None:
        raise ValueError(f"the name {file} tells no format: say --format")
    return Format(told)


def written(entries: Sequence[Entry], form: Format, path: str) -> str:
    """Raises NoDotenvName."""
    match form:
        case Format.DOTENV:
            return dotenv_files.write(entries, path)
        case Format.YAML:
            return yaml_files.write(entries)
        case Format.JSON:
            return json_files.write(entries)


def read(data: bytes, form: Format, path: str, kind: str) -> list[Entry]:
    """The entries in the file's order; `kind` is the type of those that tell none.

    Raises FileProblem.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblem(line, "the file is not in UTF-8") from None
    match form:
        case Format.DOTENV:
            return list(dotenv_files.read(text, path, kind))
        case Format.YAML:
            return list(yaml_files.read(text))
        case Format.JSON:
            return list(json_files.read(text))


def load(file: str) -> bytes:
    """Raises OSError, and FileProblem for a file that is too long."""
    if file == STANDARD:
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FileProblem(1, f"the file is longer than {MOST_BYTES // 2**20} MB")
    return data


def save(file: str, text: str) -> None:
    """Put `text` in place of what the file has, all at once, with the mode 0600. Raises OSError."""
    place = Path(file)
    if place.exists() and not place.is_file():
        raise OSError("it is not a file")
    descriptor, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text.encode())
            opened.flush()
            os.fsync(opened.fileno())
        Path(beside).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
