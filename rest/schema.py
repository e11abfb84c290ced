"""The OpenAPI of the routes, for drf-spectacular to collect and serve."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from rest import idempotency, members, problems
from rest.routes import Route
from rest.shapes import Describe, Schema, shapes_of

SECURITY_SCHEMES: Schema = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token. The region is that of the header X-Strongroom-Region.",
    },
    "sigv4": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4 for the service `execute-api`, with an access "
        "key. The region is that of the signature.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}
REGION: Schema = {
    "name": "X-Strongroom-Region",
    "in": "header",
    "description": "The region, where the request carries a token; us-east-1 if not given.",
    "schema": {"type": "string"},
}
IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "description": "Change it only if it has one of these entity tags; * if it is there.",
    "schema": {"type": "string"},
}
IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Do it only if it has none of these entity tags; * if it is not there.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Whoever sends the same request with the same key within 24 hours is told "
    "the same answer, with Idempotency-Replayed: true, and nothing is done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
REPLAYED: Schema = {
    "description": "`true` if this answer was given before, and nothing was done now.",
    "schema": {"type": "string", "enum": ["true"]},
}
ETAG: Schema = {
    "description": "The entity tag, if the request has no query.",
    "schema": {"type": "string"},
}
PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is AWS's name for it.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string", "format": "uuid"},
    },
    "required": ["type", "title", "status", "detail", "code", "request_id"],
}


class RouteSchema(AutoSchema):
    """Tells one route as an OpenAPI operation."""

    def get_operation(
        self,
        path: str,
        path_regex: str,
        path_prefix: str,
        method: str,
        registry: ComponentRegistry,
    ) -> Schema:
        self.registry, self.path = registry, path
        for name, scheme in SECURITY_SCHEMES.items():
            self._register(name, scheme, ResolvedComponent.SECURITY_SCHEMA)
        view: Any = self.view
        route: Route = getattr(type(view), method.lower())
        service, _, action = route.operation.name.partition(":")
        self._describe = Describe(service, self._register)
        self._describe_answer = Describe(service, self._register, answers=True)
        self._asked, self._answered = shapes_of(route.operation.name)
        operation: Schema = {
            "operationId": route.id or action[0].lower() + action[1:],
            "summary": route.summary,
            "tags": [view.section],
            "security": [{name: []} for name in SECURITY_SCHEMES],
            "parameters": [
                *self._in_path(route),
                *self._in_query(route),
                *_in_headers(route),
                REGION,
            ],
            "responses": self._responses(route),
        }
        if route.takes_body:
            operation["requestBody"] = self._body(route)
        return operation

    def _in_path(self, route: Route) -> list[Schema]:
        given = self._members(route, _variables(self.path))
        return [
            {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in given["properties"].items()
        ]

    def _in_query(self, route: Route) -> list[Schema]:
        names = route.query_members(_variables(self.path))
        given = self._members(route, names.values())["properties"]
        found = [
            {"name": name, "in": "query", "schema": given[member]} for name, member in names.items()
        ]
        for name, says in route.also.items():
            schema = {"type": "string"}
            found.append({"name": name, "in": "query", "description": says, "schema": schema})
        return found

    def _body(self, route: Route) -> Schema:
        elsewhere = {*_variables(self.path), *route.hidden}
        names = members.hints_of(route.operation.Input).keys() - elsewhere
        schema = {**self._members(route, names), "additionalProperties": False}
        content = {"application/json": {"schema": schema}}
        return {"content": content, "required": "required" in schema}

    def _responses(self, route: Route) -> Schema:
        done: Schema = {"description": HTTPStatus(route.status).phrase}
        if route.output:
            answer = self._answer(route, route.output)
            done["content"] = {"application/json": {"schema": answer}}
        if route.tagged:
            done["headers"] = {"ETag": ETAG}
        if idempotency.is_known_for(route):
            done["headers"] = {idempotency.REPLAYED: REPLAYED}
        problem = {problems.MEDIA_TYPE: {"schema": self._register("Problem", PROBLEM)}}
        responses = {str(route.status): done}
        if route.tagged:
            responses["304"] = {"description": "It is as If-None-Match says"}
        if route.tag:
            failed = "It is not as If-Match or If-None-Match say"
            responses["412"] = {"description": failed, "content": problem}
        if idempotency.is_known_for(route):
            reused = "The Idempotency-Key belongs to another request"
            responses["422"] = {"description": reused, "content": problem}
        responses["default"] = {"description": "What went wrong", "content": problem}
        return responses

    def _answer(self, route: Route, output: type[Any]) -> Schema:
        if route.page:
            answer = self._describe_answer.members(output, self._answered, [route.page.items])
            answer["properties"]["next"] = {
                "type": ["string", "null"],
                "description": "The marker of the next page; null on the last.",
            }
            answer["required"] = [route.page.items, "next"]
            return answer
        whole = self._describe_answer.members(output, self._answered, members.hints_of(output))
        return whole["properties"][route.answer] if route.answer else whole

    def _members(self, route: Route, names: Iterable[str]) -> Schema:
        return self._describe.members(route.operation.Input, self._asked, names)

    def _register(self, name: str, schema: Schema, kind: str = ResolvedComponent.SCHEMA) -> Schema:
        component = ResolvedComponent(name, kind, schema, name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return component.ref


def _in_headers(route: Route) -> list[Schema]:
    """What makes a request conditional, or lets it be sent again."""
    if idempotency.is_known_for(route):
        return [IDEMPOTENCY_KEY]
    if route.tag:
        return [IF_MATCH, IF_NONE_MATCH]
    return [IF_NONE_MATCH] if route.tagged else []


def _variables(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)
