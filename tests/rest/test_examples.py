"""What docs/rest.md shows is run against a server, as it stands there."""

import json
import re
import shutil
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rest import docs
from tests.rest.test_routes import CASES, ONLY_SIGNED
from tests.rest.test_schema import operations
from tests.support.server import PROJECT

PAGE = (PROJECT / "docs" / "rest.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def run(server, home: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=home,
        env={**server.environment(), "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture
def token(server) -> str:
    return server.manage("api_token", "create", "administrator").strip()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_the_shells_examples_work(server, tmp_path):
    script = "\n".join(["set -eu -o pipefail", *blocks("sh"), "cat encrypted.json"])
    script = script.replace("http://127.0.0.1:8000", server.url)
    script = script.replace(".venv/bin/python manage.py", f"{sys.executable} {PROJECT}/manage.py")

    told = run(server, tmp_path, "bash", "-c", script)

    assert told.count('{"user_id": "AIDA') == 2
    assert '"event_name": "Encrypt"' in told
    assert '"key_state": "PendingDeletion"' in told
    assert '"ciphertext_blob": "' in told
    assert (tmp_path / ".strongroom").stat().st_mode & 0o077 == 0


def test_pythons_examples_work(server, tmp_path, token):
    with_token, signed = blocks("python")
    environment = {"STRONGROOM_API": f"{server.url}/api/v1", "STRONGROOM_TOKEN": token}

    told = run(server, tmp_path, sys.executable, "-c", with_token, **environment)
    assert told == "b'hello'\n"

    told = run(server, tmp_path, sys.executable, "-c", signed, **environment)
    assert "'keys': [{'key_id': '" in told


def test_the_page_lists_each_request_with_its_operation():
    listed = set(re.findall(r"^\| `([A-Z]+) (/api/\S+)` \| `[\w-]+:(\w+)` \|$", PAGE, re.MULTILINE))
    paths = {(method.upper(), path) for path, method, _ in operations(docs.document())}

    assert {(method, path) for method, path, _ in listed} == paths
    assert {(method, name) for method, _, name in listed} == {
        (case.asks, case.event) for case in CASES + ONLY_SIGNED
    }


# -- what only a server shows


def connection(server) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=30)


def test_a_body_in_chunks_is_read(server, token):
    client = connection(server)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    chunks = iter([b'{"description": ', b'"in chunks"}'])
    client.request("POST", "/api/v1/keys", chunks, headers, encode_chunked=True)

    assert json.load(client.getresponse())["description"] == "in chunks"


def test_a_body_that_is_too_large_is_refused_though_its_length_is_unknown(server, token):
    client = connection(server)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    chunks = (b" " * 65536 for _ in range(17))
    client.request("POST", "/api/v1/keys", chunks, headers, encode_chunked=True)

    assert client.getresponse().status == 413


@pytest.mark.parametrize(
    "path",
    [b"/api/v1/\xff", b"/api/v1/%ff", b"/api/v1/%00", b"/api/v1/%C3%BC", b"/api/v1/keys/%F0%9F"],
)
def test_a_path_that_is_no_text_is_refused(server, token, path):
    with socket.create_connection(("127.0.0.1", server.port), 30) as wire:
        head = f" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        wire.sendall(b"GET " + path + head.encode())
        answer = wire.makefile("rb").read()

    assert answer.split()[1] in (b"400", b"404"), answer
    assert b"Traceback" not in answer
