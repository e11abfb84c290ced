"""Reads NIST's response files, as PyPI `cryptography-vectors` carries them."""

from collections.abc import Iterator

from cryptography_vectors import open_vector_file


def cases(filename: str) -> Iterator[dict[str, str]]:
    """Each case with the settings of its section: `[Name = value]`, `Name = value`, `FAIL`.

    A section without a value, `[P-256,SHA-256]`, is the setting "section". A case ends at
    an empty line, or where the next one's count stands.
    """
    section: dict[str, str] = {}
    case: dict[str, str] = {}
    with open_vector_file(filename, "r") as file:
        for line in [*map(str.strip, file), ""]:
            name, equals, value = (part.strip() for part in line.strip("[]").partition("="))
            if case and (not line or name == "count"):
                yield section | case
                case = {}
            if line.startswith("["):
                section |= {name: value} if equals else {"section": name}
            elif line and not line.startswith("#"):
                case[name] = value
