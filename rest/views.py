"""Every REST resource is a `Resource`; what it can do is its routes.

A request that reaches `service.call` is recorded there. Whatever ends before (no or a wrong
signature, a method that is not known, a body that cannot be read) is recorded here, so
that every request leaves one record.
"""

import logging
import re
from http import HTTPStatus
from time import perf_counter
from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from audit import events
from iam.authenticate import Arrival
from kms_project import metrics
from rest import authentication, conditions, idempotency, problems
from rest.answers import answer_of
from rest.body import parse
from rest.conditions import Condition
from rest.errors import MethodNotAllowed, NoSuchResource
from rest.routes import Route
from rest.schema import RouteSchema
from service.call import Around, call, refuse
from service.caller import Caller
from service.errors import InternalFailure, ServiceError
from service.wsgi import Body

logger = logging.getLogger("strongroom.rest")

# a signature holds for a path however it is written; what is answered is written in one way
_NOT_NORMAL = re.compile(r"/\.{0,2}/|/\.{1,2}$")
NOTHING_ASKED = "execute-api:Invoke"  # the name of a call that asks for no operation


class Resource(APIView):
    """Base of the views. Authentication happens here; `service.call` decides and records."""

    section: ClassVar[str] = ""
    schema: Any = RouteSchema()
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    http_method_names = ["get", "post", "put", "patch", "delete"]

    arrival: Arrival
    caller: Caller | None = None
    body = b""
    walked = False
    code = ""  # AWS's error code, once the request has failed

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.began = perf_counter()
        self.arrival = Arrival.now(request.META, door="rest")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """In place of DRF's own steps: who calls is told by the bytes of the body, too.

        Nobody's body is waited for before the rest of his credentials is in order.
        """
        body = Body(request.META)
        self.caller = authentication.caller(request.META, body.read, self.arrival)
        self.body = body.read()
        if _NOT_NORMAL.search(request.path):
            raise NoSuchResource

    def walk(self, route: Route, request: Request, **path: str) -> HttpResponse:
        """Ask for the route's operation and tell its answer."""
        assert self.caller is not None  # noqa: S101 - `initial` raises where there is none
        given = parse(request._request.content_type or "", self.body)
        params = route.params(self.caller, path, request.query_params, given)
        condition = conditions.of(request.META, route)
        once = idempotency.of(request.META, route, self.caller, self.body)
        kept = once and once.answer()
        self.walked = True
        if kept:
            call(self.caller, idempotency.again(route.operation), params, idempotency.replayed)
            return _again(kept.response())
        around: list[Around] = []
        if condition and route.tag:
            around = [conditions.around(condition, route.tag, path)]
        elif once:
            around = [once.around(lambda output: answer_of(route, given, route.told(output)))]
        told = route.told(call(self.caller, route.operation, params, *around))
        response = answer_of(route, given, told).response()
        if route.tagged and not request.query_params:
            return _tagged(response, conditions.tag_of(told), condition)
        return response

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise MethodNotAllowed

    def handle_exception(self, error: Exception) -> Any:
        """Every failure as a problem; recorded here if it did not get as far as the road."""
        if not isinstance(error, ServiceError):
            logger.error("%s failed in the door: %s", self.asked, events.where(error))
            error = InternalFailure()
        if not self.walked:
            error = self._recorded(error)
        self.code = error.code
        return problems.answer(error, self.arrival.request_id)

    def _recorded(self, error: ServiceError) -> ServiceError:
        """`error` once it is recorded, or why it could not be."""
        try:
            caller = self.caller or authentication.stranger(self.request.META, self.arrival)
            refuse(caller, self.asked, error)
        except ServiceError as unrecorded:
            return unrecorded
        except Exception as failure:
            logger.error("%s failed in the door: %s", self.asked, events.where(failure))
            return InternalFailure()
        return error

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["X-Request-Id"] = self.arrival.request_id
        response["Cache-Control"] = "no-store"
        metrics.observe(self.asked, self.code, perf_counter() - self.began)
        return response

    @property
    def asked(self) -> str:
        """The name of the operation that the request is about."""
        route = getattr(type(self), (self.request.method or "").lower(), None)
        return route.operation.name if isinstance(route, Route) else NOTHING_ASKED


class Nowhere(Resource):
    """Whatever no resource answers for. Who is nobody learns not even that."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NoSuchResource


def _tagged(response: HttpResponse, tag: str, condition: Condition | None) -> HttpResponse:
    """With its entity tag; without a body for a client that has it already."""
    if condition and condition.knows(tag):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    response["ETag"] = tag
    return response


def _again(response: HttpResponse) -> HttpResponse:
    response[idempotency.REPLAYED] = "true"
    return response
