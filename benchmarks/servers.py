"""The servers that are measured, each started for the run and ended with it."""

import configparser
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.credentials import Credentials

PROJECT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 16


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[str]:
    """Start `command`, wait until it listens, yield its URL, end it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def strongroom(home: Path) -> Iterator[tuple[str, Credentials]]:
    """The real server, on SQLite with the trail's fsync, and its administrator's credentials."""
    port = free_port()
    environment = {
        "STRONGROOM_HOME": str(home),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "STRONGROOM_WORKERS": str(WORKERS),
        "STRONGROOM_THREADS": str(THREADS),
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run(
        [*manage, "bootstrap"],
        cwd=PROJECT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    profile = configparser.ConfigParser()
    profile.read(home / "aws" / "credentials")
    keys = profile["strongroom"]
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    with running([*manage, "serve"], port, home / "serve.log", **environment) as url:
        yield url, credentials


@contextmanager
def floor(folder: Path) -> Iterator[str]:
    """An empty Django view on granian with the same workers and threads."""
    port = free_port()
    given = map(str, (port, WORKERS, THREADS))
    command = [sys.executable, "-m", "benchmarks.floor", *given]
    with running(command, port, folder / "floor.log") as url:
        yield url


@contextmanager
def moto(folder: Path) -> Iterator[str]:
    """moto's server out of an environment of its own, with its pinned packages."""
    port = free_port()
    command = [str(_moto_environment() / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, port, folder / "moto.log") as url:
        yield url


def _moto_environment() -> Path:
    folder = PROJECT / ".venv" / "bench-moto"
    pins = PROJECT / "requirements" / "moto.txt"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        venv.create(folder, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", str(pins)]
        subprocess.run([str(folder / "bin" / "python"), *install], check=True)
        stamp.write_text(pins.read_text())
    return folder
