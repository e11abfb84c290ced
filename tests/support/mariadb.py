"""MariaDB of Debian (`apt-get install mariadb-server`), on a directory that goes with it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from tests.support import daemons
from tests.support.server import free_port

SERVER = shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/bin")
INSTALL = shutil.which("mariadb-install-db")
SECONDS = 30
_SMALL = (
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--aria-log-file-size=8M",
    "--aria-pagecache-buffer-size=8M",
)

is_there = bool(SERVER and INSTALL)


@contextmanager
def started(*options: str) -> Iterator[tuple[Path, int]]:
    """A server's directory and its port. `root` comes in by `socket` there, without a password."""
    assert SERVER
    assert INSTALL
    port = free_port()
    with daemons.directory("mariadb") as folder:
        data = "--no-defaults", f"--datadir={folder / 'data'}", *_SMALL
        daemons.run(INSTALL, *data, "--auth-root-authentication-method=normal", "--skip-test-db")
        places = f"--socket={folder / 'socket'}", f"--port={port}", "--bind-address=127.0.0.1"
        quick = "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"
        process = daemons.start(SERVER, *data, *places, *quick, *options, log=folder / "log")
        try:
            _await(folder)
            yield folder, port
        finally:
            process.kill()
            process.wait()


def connected(folder: Path) -> "pymysql.Connection":
    """As root."""
    socket = str(folder / "socket")
    return pymysql.connect(unix_socket=socket, user="root", autocommit=True, charset="utf8mb4")


def _await(folder: Path) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            return connected(folder).close()
        except pymysql.OperationalError:
            if time.monotonic() > end:
                raise AssertionError((folder / "log").read_text()) from None
            time.sleep(0.05)
