"""Reads NIST's response files, as PyPI `cryptography-vectors` carries them."""

from collections.abc import Iterator

from cryptography_vectors import open_vector_file


def cases(filename: str) -> Iterator[dict[str, str]]:
    """Each case with the settings of its section: `[Name = value]`, `Name = value`, `FAIL`."""
    section: dict[str, str] = {}
    case: dict[str, str] = {}
    with open_vector_file(filename, "r") as file:
        for line in [*map(str.strip, file), ""]:
            name, _, value = (part.strip() for part in line.strip("[]").partition("="))
            if line.startswith("["):
                section[name] = value
            elif line and not line.startswith("#"):
                case[name] = value
            elif case:
                yield section | case
                case = {}
