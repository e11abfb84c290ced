"""The floor: an empty Django view, on the same server with the same workers and threads."""

import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from granian.constants import HTTPModes, Interfaces
from granian.server.mp import MPServer

from kms_project import cores


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/x-amz-json-1.1")


urlpatterns = [path("", empty)]


def serve(port: int, workers: int, threads: int) -> None:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=[],
        ROOT_URLCONF=__name__,
        SECRET_KEY="the floor keeps no secret",
    )
    application = get_wsgi_application()

    def load() -> Callable[..., Any]:
        cores.keep_to_one(workers)  # as the real server's processes do
        return application

    server = MPServer(
        __name__,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=threads,
    )
    server.serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
