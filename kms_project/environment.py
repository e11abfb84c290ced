"""How settings are read: from the environment, or from the file that `NAME_FILE` names.

What cannot be read stops nothing here: the setting has its default, and a system check says
what was wrong (strongroom.E010), so that nobody has to read a traceback.
"""

import warnings
from pathlib import Path
from typing import Any

import environ
from environ.fileaware_mapping import FileAwareMapping

_KINDS = {int: "a whole number", bool: "true or false"}
_DATABASES = ("django.db.backends.postgresql", "django.db.backends.sqlite3")


class _Unreadable(Exception):
    """The file that `NAME_FILE` names; the message says why."""


class _Values(FileAwareMapping):  # type: ignore[misc]
    """Editors end a file with a newline, which is no part of the secret in it."""

    def __getitem__(self, key: str) -> str:
        try:
            value: str = super().__getitem__(key)
        except OSError as error:
            raise _Unreadable(error.strerror) from None
        except UnicodeDecodeError:
            raise _Unreadable("it is no text") from None
        return value.rstrip("\r\n")


class Environment(environ.Env):  # type: ignore[misc]
    """`mistakes` says what is wrong with what was read so far, without telling any value."""

    ENVIRON = _Values()
    _FALSE = ("false", "off", "n", "no", "0", "")

    def __init__(self) -> None:
        super().__init__()
        self.mistakes: list[str] = []

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **more: Any
    ) -> Any:
        try:
            return super().get_value(var, cast=cast, default=default, **more)
        except _Unreadable as error:
            self.mistakes.append(f"{var}_FILE names a file that cannot be read: {error}.")
        except ValueError:
            self.mistakes.append(f"{var} has to be {_KINDS[cast]}.")
        return default

    @classmethod
    def parse_value(cls, value: Any, cast: Any) -> Any:
        """As django-environ does, but what is neither true nor false is not false."""
        if cast is bool and value.lower() not in (*cls.BOOLEAN_TRUE_STRINGS, *cls._FALSE):
            raise ValueError
        if cast is list:
            return [part.strip() for part in value.split(",") if part.strip()]
        return super().parse_value(value, cast)

    def db(self, var: str, default: str) -> dict[str, Any]:
        """The database that a URL names."""
        try:
            with warnings.catch_warnings(action="ignore"):  # they tell the password
                found: dict[str, Any] = self.db_url_config(self.str(var, default=default))
        except ValueError:
            found = {}
        if found.get("ENGINE") in _DATABASES:
            return found
        self.mistakes.append(
            f"{var} has to be postgres://USER:PASSWORD@HOST:PORT/NAME, with what a URL reserves"
            " percent-encoded, or sqlite:///PATH."
        )
        return dict(self.db_url_config(default))

    def secret(self, name: str) -> str:
        """The value as it is, empty if there is none: `str` would take "$X" for another name."""
        try:
            value: str = self.ENVIRON.get(name, "")
        except _Unreadable as error:
            self.mistakes.append(f"{name}_FILE names a file that cannot be read: {error}.")
            return ""
        return value

    def stored(self, path: Path) -> str:
        """As `read_secret`."""
        try:
            return read_secret(path)
        except OSError as error:
            self.mistakes.append(f"{path} cannot be read: {error.strerror}.")
            return ""


def read_secret(path: Path) -> str:
    """What the file holds; empty where there is none yet."""
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
