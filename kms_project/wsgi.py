"""What the server calls. `POST /` goes straight to the AWS door; all else goes by Django.

The AWS API gets no middleware, no URL resolver and no request object: they would cost more
than the call itself.
"""

import json
import logging
import os
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kms_project.settings")
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from audit.events import where  # noqa: E402
from gateway import door  # noqa: E402
from service.database import connection  # noqa: E402
from service.peer import peer  # noqa: E402

Headers = list[tuple[str, str]]

logger = logging.getLogger("strongroom.wsgi")

_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_pages = WSGIHandler()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/" and environ["REQUEST_METHOD"] == "POST":
        status, headers, body = _answer(environ)
        start_response(_REASONS.get(status, str(status)), headers)
        return [body]
    environ["wsgi.url_scheme"] = "https" if peer(environ)[1] else "http"
    return _pages(environ, start_response)


def _answer(environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
    try:
        return door.answer(environ)
    except Exception as error:
        logger.error("the AWS door failed: %s", where(error))
        return _failure()
    finally:
        # only looks at it, unless something went wrong with it in this call
        connection().close_if_unusable_or_obsolete()


def _failure() -> tuple[int, Headers, bytes]:
    body = json.dumps({"__type": "InternalFailure", "message": ""}).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(body))),
    ]
    return 500, headers, body
