"""A server for tests: the real commands, with a home, a port and processes of its own."""

import configparser
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.credentials import Credentials
from botocore.loaders import Loader, create_loader

PROJECT = Path(__file__).resolve().parent.parent.parent
START = 60  # seconds
STOP = 30
# what the surroundings of the tests may set, and the server must not see
_OURS = ("AWS_", "STRONGROOM_", "DATABASE_URL", "DJANGO_", "PROMETHEUS_", "HOST", "PORT")
# what `bootstrap` makes depends on these
_OF_A_HOME = {"DATABASE_URL", "STRONGROOM_ACCOUNT_ID", "STRONGROOM_ROOT_KEY_URI"}
_one_client_at_a_time = threading.Lock()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def _models() -> Loader:
    """AWS's models, which each session would read for itself: that takes a tenth of a second."""
    return create_loader()


@cache
def _bootstrapped() -> "tempfile.TemporaryDirectory[str]":
    """Has a home as `bootstrap` leaves it; it goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="strongroom-bootstrapped-")
    Strongroom(Path(folder.name, "home")).manage("bootstrap")
    return folder


class Strongroom:
    """`manage.py serve` on `home`, which is made if there is none; may be killed and started again.

    Homes are copies of one, where the settings do not speak of what is in it: no test but
    those that call `manage("bootstrap")` is about what makes it.
    """

    def __init__(self, home: Path, **settings: str) -> None:
        """`settings`: more of the server's environment."""
        self.home, self.port = home, free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._log = home.with_name(f"{home.name}.log")

    @property
    def url(self) -> str:
        scheme = "https" if "STRONGROOM_TLS_CERTIFICATE" in self._settings else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> Credentials:
        """The administrator's, as the first start wrote them down."""
        profiles = configparser.RawConfigParser()
        profiles.read(self.home / "aws" / "credentials")
        keys = profiles["strongroom"]
        return Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])

    def environment(self) -> dict[str, str]:
        """What AWS clients and `manage.py` need to be run beside the server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return {
            **kept,
            "STRONGROOM_HOME": str(self.home),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "aws" / "credentials"),
            "AWS_CONFIG_FILE": str(self.home / "aws" / "config"),
            "AWS_PROFILE": "strongroom",
            "AWS_EC2_METADATA_DISABLED": "true",
            **self._settings,
        }

    def prepare(self) -> None:
        """Make the home, as `bootstrap` does."""
        if _OF_A_HOME & self._settings.keys():
            self.manage("bootstrap")
        else:
            shutil.copytree(Path(_bootstrapped().name, "home"), self.home)

    def start(self, *options: str) -> None:
        """Returns when calls are answered. Raises RuntimeError with the end of the log."""
        if not self.home.exists():
            self.prepare()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *options],
                cwd=PROJECT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_listens()

    def stop(self) -> None:
        """As an operator does; nothing if it does not run."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP)
            self._process = None

    def kill(self) -> None:
        """As a power cut does to processes: all at once, and without notice."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP)
        self._process = None
        while self._listens():  # its workers may take a moment longer to go
            time.sleep(0.01)

    def manage(self, *words: str) -> str:
        """Run an operator's command; what it printed. Raises RuntimeError."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=START,
        )
        if done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}:\n{done.stderr[-4000:]}")
        return done.stdout

    def client(self, service: str, **overrides: Any) -> Any:
        """A boto3 client of the administrator."""
        keys = self.credentials
        given = {
            "aws_access_key_id": keys.access_key,
            "aws_secret_access_key": keys.secret_key,
            "region_name": "us-east-1",
            "endpoint_url": self.url,
            **overrides,
        }
        session = botocore.session.Session()
        session.register_component("data_loader", _models())
        with _one_client_at_a_time:
            return boto3.session.Session(botocore_session=session).client(service, **given)

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.home / "strongroom.sqlite3", timeout=30)) as connection:
            yield connection

    def log(self) -> bytes:
        """All that the server wrote to its output so far."""
        return self._log.read_bytes()

    def _wait_until_it_listens(self) -> None:
        assert self._process is not None
        end = time.monotonic() + START
        while time.monotonic() < end and self._process.poll() is None:
            if self._listens():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log()[-4000:].decode()}")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
