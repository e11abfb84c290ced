"""python -m tests.upgrade.keep: make LANDING, with the code that is here. See README.md."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.server import PROJECT, Strongroom
from tests.upgrade import filling

LANDING = Path(__file__).resolve().parent / "landing"
ANSWERS, HOME = LANDING / "answers.json", LANDING / "home"
# what a server needs to be who it was; the rest is made anew, or in the rows
KEPT = ("root.key", "aws/credentials", "console-password", "django-secret-key")


def rows(server: Strongroom, what: str) -> None:
    """`dump` or `load`. Raises CalledProcessError."""
    command = [sys.executable, "-m", "tests.upgrade.rows", what, str(LANDING)]
    subprocess.run(command, cwd=PROJECT, env=server.environment(), check=True)


def main() -> None:
    shutil.rmtree(LANDING, ignore_errors=True)
    LANDING.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        server = Strongroom(Path(folder, "home"))
        server.manage("bootstrap")
        server.start()
        try:
            ANSWERS.write_text(filling.written(filling.fill(server)))
        finally:
            server.stop()
        rows(server, "dump")
        for name in KEPT:
            (HOME / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(server.home / name, HOME / name)


if __name__ == "__main__":
    main()
