"""How settings are read: from the environment, or from the file that `NAME_FILE` names."""

from pathlib import Path

import environ
from environ.fileaware_mapping import FileAwareMapping


class _Values(FileAwareMapping):  # type: ignore[misc]
    """Editors end a file with a newline, which is no part of the secret in it."""

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.rstrip("\r\n")


class Environment(environ.Env):  # type: ignore[misc]
    ENVIRON = _Values()

    def secret(self, name: str) -> str:
        """The value as it is, empty if there is none: `str` would take "$X" for another name."""
        value: str = self.ENVIRON.get(name, "")
        return value


def read_secret(path: Path) -> str:
    """What the file holds; empty where there is none yet."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
