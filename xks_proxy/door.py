"""The XKS door: one request in, one answer out, and whatever happens it is recorded."""

import logging
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse

from audit.events import where
from iam.authenticate import Arrival
from kms_project import metrics
from service import wire
from service.call import call, refuse
from service.caller import Caller
from service.errors import InternalFailure, ServiceError
from service.operation import Operation
from service.wsgi import Body, Environ
from xks_proxy import answers, requests
from xks_proxy.errors import InvalidUriPath, MethodNotAllowed

logger = logging.getLogger("strongroom.xks")


def answer(request: HttpRequest, prefix: str, path: str) -> HttpResponse:
    """`path` is what follows /PREFIX/kms/xks/v1/. Never raises."""
    began, code = perf_counter(), ""
    operation, named = requests.operation_at(path)
    name = operation.name if operation else requests.UNKNOWN
    try:
        caller, params = _admitted(request, prefix, operation, named)
        assert operation is not None  # noqa: S101 - who asked for nothing was refused
        return answers.success(wire.encode(call(caller, operation, params)))
    except ServiceError as error:
        code = error.code
        return answers.failure(error)
    except Exception as error:
        logger.error("%s failed in the door: %s", name, where(error))
        code = InternalFailure.code
        return answers.failure(InternalFailure())
    finally:
        metrics.observe(name, code, perf_counter() - began)


def _admitted(
    request: HttpRequest,
    prefix: str,
    operation: type[Operation[Any, Any]] | None,
    named: dict[str, str],
) -> tuple[Caller, dict[str, Any]]:
    """Who calls, and the parameters. What ends here is recorded here."""
    environ: Environ = request.META
    arrival, body = Arrival.now(environ, door="xks"), Body(environ)
    caller = None
    try:
        if request.method != "POST":
            raise MethodNotAllowed
        caller, own = requests.caller(environ, body, arrival)
        if operation is None or prefix != own:
            raise InvalidUriPath
        return caller, {**requests.params(operation.name, body.read()), **named}
    except Exception as error:
        told = error if isinstance(error, ServiceError) else InternalFailure()
        name = operation.name if operation else requests.UNKNOWN
        refuse(caller or requests.stranger(environ, prefix, arrival), name, told)
        raise
