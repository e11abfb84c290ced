"""What the server calls: the AWS door without detours, and Django for the rest."""

import io
import json

import pytest
from django.db import connection, connections

from gateway import door
from kms_project import wsgi

pytestmark = pytest.mark.django_db


def asked(method="POST", path="/", **more):
    """Status, headers and body, as a server gets them."""
    started = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        **more,
    }
    body = b"".join(wsgi.application(environ, lambda *given: started.append(given)))
    return *started[0], body


def test_the_aws_door_answers_posts_to_the_root(monkeypatch):
    monkeypatch.setattr(door, "answer", lambda environ: (403, [("X-A", "b")], b"no"))

    assert asked() == ("403 Forbidden", [("X-A", "b")], b"no")


def test_all_else_is_djangos():
    status, _, body = asked("GET", "/healthz")

    assert (status, json.loads(body)) == ("200 OK", {"status": "ok"})
    assert asked("GET", "/nowhere")[0] == "404 Not Found"


def test_a_door_that_breaks_tells_nothing(monkeypatch, caplog):
    def broken(environ):
        raise RuntimeError("hunter2")

    monkeypatch.setattr(door, "answer", broken)

    status, headers, body = asked()

    assert status == "500 Internal Server Error"
    assert json.loads(body)["__type"] == "InternalFailure"
    assert ("Content-Length", str(len(body))) in headers
    assert "the AWS door failed: RuntimeError at tests/" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_not_used_again(monkeypatch):
    def broken(environ):
        connection.ensure_connection()
        connection.errors_occurred = True
        raise RuntimeError

    monkeypatch.setattr(door, "answer", broken)
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)

    asked()

    assert connection.connection is None


def test_a_trusted_proxy_says_what_scheme_a_page_was_asked_by(monkeypatch, settings):
    seen = []
    monkeypatch.setattr(wsgi, "_pages", lambda environ, start: seen.append(environ) or [])
    settings.STRONGROOM_TRUSTED_PROXIES = ["127.0.0.1"]

    wsgi.application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/console/",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_X_FORWARDED_PROTO": "https",
            "wsgi.url_scheme": "http",
        },
        lambda *given: None,
    )

    assert seen[0]["wsgi.url_scheme"] == "https"
