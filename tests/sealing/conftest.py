"""Each test has a root key of its own."""

from pathlib import Path

import pytest

from crypto.keyring import Keyring
from crypto.root_key import FileRootKey
from sealing import vault


@pytest.fixture(autouse=True)
def root_key_file(settings, tmp_path, monkeypatch) -> Path:
    path = tmp_path / "root.key"
    settings.STRONGROOM_ROOT_KEY_URI = path.as_uri()
    FileRootKey.create(path)
    monkeypatch.setattr(vault, "_opened", Keyring(vault.MOST_KEYS, vault.SECONDS))
    return path
