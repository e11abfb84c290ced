"""A tree as a dotenv file, which tells values alone: `NAME=value`, one after the other.

A name is the parameter's below the path of the tree, with "__" for each slash. A value
stands bare, in single quotes (as it is) or in double quotes (with escapes), and may go on
over lines within quotes. What is written here, a POSIX shell reads as the same values.
"""

import re
from collections.abc import Iterator, Sequence

from params.transfer.entries import Entry, FileProblem

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]+", re.ASCII)
_LEVEL = "__"
_ESCAPED = re.compile(r'([\\"$`])')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", **{sign: sign for sign in '\\"$`'}}
_HEAD = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_SKIP = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t\r]*(?:#[^\n]*\Z)?")
_END = re.compile(r"[ \t\r]*(?:[ \t]#[^\n]*)?(?:\n|\Z)")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_TO_END = re.compile(r"[^\n]*")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_MEANT = re.compile(r"""['"\\$`]""")


class NoDotenvName(ValueError):
    """A parameter's name that no dotenv file can tell."""


def write(entries: Sequence[Entry], path: str) -> str:
    """Raises NoDotenvName."""
    return "".join(f"{_key(entry, path)}={_quoted(entry.value)}\n" for entry in entries)


def read(text: str, path: str, kind: str) -> Iterator[Entry]:
    """The entries in the order of the file, each with its line. Raises FileProblem.

    `kind`: the type of those that are to be made; the others have theirs.
    """
    for key, line, found in _Reader(text).pairs():
        yield Entry(f"{_prefix(path)}{_relative(key)}", kind, found, value_only=True, line=line)


def _prefix(path: str) -> str:
    return "/" if path == "/" else f"{path}/"


def _key(entry: Entry, path: str) -> str:
    relative = entry.path.removeprefix(_prefix(path))
    key = relative.replace("/", _LEVEL)
    if not _NAME.fullmatch(key) or _relative(key) != relative:
        raise NoDotenvName(
            f"{entry.name} has no name in a dotenv file: below {path} that takes letters, digits "
            "and single underscores, and no digit first. Use JSON or YAML."
        )
    return key


def _relative(key: str) -> str:
    return key.replace(_LEVEL, "/")


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text
    if "'" not in text:
        return f"'{text}'"
    return '"' + _ESCAPED.sub(r"\\\1", text) + '"'


class _Reader:
    """Goes through the file from one name to the next."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._line, self._counted = 1, 0

    def pairs(self) -> Iterator[tuple[str, int, str]]:
        while self._next():
            line = self._here()
            head = _HEAD.match(self._text, self._at)
            if head is None:
                raise FileProblem(line, "expecting NAME=value, with letters, digits and _ in NAME")
            self._at = head.end()
            yield head[1], line, self._value(line)

    def _next(self) -> bool:
        skipped = _SKIP.match(self._text, self._at)
        self._at = skipped.end() if skipped else self._at
        return self._at < len(self._text)

    def _value(self, line: int) -> str:
        sign = self._text[self._at : self._at + 1]
        if sign not in ("'", '"'):
            return self._bare(line)
        quoted = (_SINGLE if sign == "'" else _DOUBLE).match(self._text, self._at)
        if quoted is None:
            raise FileProblem(line, "the value's quotes do not end")
        end = _END.match(self._text, quoted.end())
        if end is None:
            raise FileProblem(line, "something follows the value's quotes")
        self._at = end.end()
        return quoted[1] if sign == "'" else _unescaped(quoted[1], line)

    def _bare(self, line: int) -> str:
        rest = _TO_END.match(self._text, self._at)
        text = rest[0] if rest else ""
        self._at += len(text)
        found = _COMMENT.sub("", text).strip(" \t\r")
        if _MEANT.search(found):
            raise FileProblem(line, "a value with quotes, $, ` or \\ in it must be in quotes")
        return found

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _unescaped(text: str, line: int) -> str:
    parts = re.split(r"\\(.)", text, flags=re.DOTALL)
    plain, escapes = parts[::2], parts[1::2]
    if any(sign in part for part in plain for sign in "$`"):
        raise FileProblem(line, "nothing is filled in here: write \\$ and \\` in double quotes")
    if any(each not in _ESCAPES for each in escapes):
        raise FileProblem(line, "an escape in double quotes must be one of " + "".join(_ESCAPES))
    told = [_ESCAPES[each] for each in escapes]
    return "".join(each for pair in zip(plain, [*told, ""], strict=True) for each in pair)
