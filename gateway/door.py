"""The AWS door: one request in, one answer out, and whatever happens it is recorded.

The door finds out who calls and what is asked for, and hands over to `service.call`. What
never becomes a call (unsigned, unknown, unreadable) it refuses, with a record.
"""

import logging
from time import perf_counter
from typing import Any

from audit.events import where
from gateway.protocols import Answer, Protocol, spoken_by
from gateway.protocols.base import Asked
from gateway.request import Request
from iam import authenticate
from iam.authenticate import Arrival
from iam.sigv4 import SignedRequest
from kms_project import metrics
from kms_project.operations import OPERATIONS
from service import model, wire
from service.call import call, refuse
from service.caller import Caller
from service.errors import InternalFailure, ServiceError, UnknownOperation
from service.operation import Operation
from service.wsgi import Environ

logger = logging.getLogger("strongroom.gateway")


def answer(environ: Environ) -> Answer:
    """Never raises: what is wrong in here is answered as InternalFailure.

    Takes any request that `is_for_this_door`; all but POST / are refused.
    """
    began, code = perf_counter(), ""
    request = Request.of(environ)
    protocol = spoken_by(request)
    arrival = Arrival.now(environ, door="aws", query=protocol.query_codes)
    asked = protocol.addressed(request)
    try:
        caller = _authenticated(request, arrival, protocol, asked)
        asked = protocol.asked(request, asked)
        output = _called(caller, request, protocol, asked)
        return protocol.success(asked.name, wire.encode(output), arrival.request_id)
    except ServiceError as error:
        code = error.code
        return protocol.failure(asked, error, arrival.request_id)
    except Exception as error:
        logger.error("%s failed in the door: %s", asked.name, where(error))
        code = InternalFailure.code
        return protocol.failure(asked, InternalFailure(), arrival.request_id)
    finally:
        known = asked.name if asked.name in OPERATIONS else "unknown"
        metrics.observe(known, code, perf_counter() - began)


def _called(caller: Caller, request: Request, protocol: Protocol, asked: Asked) -> Any:
    try:
        operation = _operation(asked)
        params = protocol.params(model.operation(asked.name), request)
    except ServiceError as error:
        refuse(caller, asked.name, error)
        raise
    return call(caller, operation, params)


def _authenticated(request: Request, arrival: Arrival, protocol: Protocol, asked: Asked) -> Caller:
    """Nobody's body is waited for before the rest of his signature is in order."""
    try:
        if not request.is_at_the_door:
            raise UnknownOperation("The AWS API is at /, and is asked by POST.")
        if not asked.services:
            raise UnknownOperation
        return authenticate.caller(_signed(request, asked.services), arrival)
    except ServiceError as error:
        if request.body.is_read:
            asked = protocol.asked(request, asked)
        token = request.headers.get("x-amz-security-token", "")
        stranger = authenticate.stranger(request.headers.get("authorization", ""), arrival, token)
        refuse(stranger, asked.name, error)
        raise


def _operation(asked: Asked) -> type[Operation[Any, Any]]:
    try:
        return OPERATIONS[asked.name]
    except KeyError:
        raise UnknownOperation(asked.unknown) from None


def _signed(request: Request, services: frozenset[str]) -> SignedRequest:
    return SignedRequest("POST", "/", request.query, request.headers, request.body.read, services)
