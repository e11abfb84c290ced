"""python -m tests.upgrade.keep: make LANDING, with the code that is here. See README.md."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crypto import root_key
from tests.support.server import PROJECT, Strongroom
from tests.upgrade import filling

LANDING = Path(__file__).resolve().parent / "landing"
ANSWERS = LANDING / "answers.json"


def rows(server: Strongroom, what: str) -> None:
    """`dump` or `load`. Raises CalledProcessError."""
    command = [sys.executable, "-m", "tests.upgrade.rows", what, str(LANDING)]
    subprocess.run(command, cwd=PROJECT, env=server.environment(), check=True)


def write_root_key(home: Path) -> None:
    """The one that the rows are sealed under, and all that a server needs beside them."""
    key = hashlib.sha256(b"the root key of tests/upgrade").digest()
    home.mkdir(mode=0o700)
    path = home / "root.key"
    path.touch(0o600)
    path.write_bytes(root_key._encoded(key))


def main() -> None:
    shutil.rmtree(LANDING, ignore_errors=True)
    LANDING.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        server = Strongroom(Path(folder, "home"))
        write_root_key(server.home)
        server.manage("bootstrap")
        server.start()
        try:
            ANSWERS.write_text(filling.written(filling.fill(server)))
        finally:
            server.stop()
        rows(server, "dump")


if __name__ == "__main__":
    main()
