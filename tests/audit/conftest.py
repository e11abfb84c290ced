"""Each test has a STRONGROOM_HOME and a root key of its own."""

from pathlib import Path

import pytest

from crypto.root_key import FileRootKey


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    settings.STRONGROOM_HOME = tmp_path / "home"
    settings.STRONGROOM_HOME.mkdir()
    path = settings.STRONGROOM_HOME / "root.key"
    settings.STRONGROOM_ROOT_KEY_URI = path.as_uri()
    FileRootKey.create(path)
    return settings.STRONGROOM_HOME
