"""/api/schema/, and /api/docs/: the schema as a page to read, without a script in it.

Both tell what the door can do, which is no secret, and ask for no login. They are made once
in each process: routes do not change while it lives, and anyone may ask.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from rest import problems
from service.value import value

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@value
class Member:
    """A member of a body or an answer, or a parameter."""

    name: str
    kind: str
    place: str = ""
    required: bool = False
    says: str = ""


@value
class Endpoint:
    id: str
    method: str
    path: str
    summary: str
    given: list[Member]
    status: str
    answered: list[Member]


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_schema_bytes(), "application/vnd.oai.openapi+json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    context = {
        "sections": dict(_sections()),
        "problems": list(problems.known()),
    }
    response = render(request, "rest/docs.html", context)
    response["Content-Security-Policy"] = POLICY
    return response


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of every route."""
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return found


@cache
def _schema_bytes() -> bytes:
    return json.dumps(document()).encode()


@cache
def _sections() -> dict[str, list[Endpoint]]:
    """The endpoints by their tags."""
    reader = _Reader(document()["components"]["schemas"])
    sections = defaultdict(list)
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            sections[operation["tags"][0]].append(reader.endpoint(method, path, operation))
    return sections


class _Reader:
    """Reads OpenAPI operations as endpoints."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components

    def endpoint(self, method: str, path: str, operation: dict[str, Any]) -> Endpoint:
        status, done = next(iter(operation["responses"].items()))
        return Endpoint(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            given=[*self._parameters(operation), *self._content(operation.get("requestBody", {}))],
            status=status,
            answered=list(self._content(done)),
        )

    def _parameters(self, operation: dict[str, Any]) -> Iterator[Member]:
        for given in operation["parameters"]:
            kind, says = self._kind(given["schema"]), given.get("description", "")
            yield Member(given["name"], kind, given["in"], given.get("required", False), says)

    def _content(self, holder: dict[str, Any]) -> Iterator[Member]:
        for content in holder.get("content", {}).values():
            schema = self._whole(content["schema"])
            required = schema.get("required", ())
            for name, member in schema.get("properties", {}).items():
                says = member.get("description", "")
                yield Member(name, self._kind(member), "body", name in required, says)

    def _kind(self, schema: dict[str, Any]) -> str:
        """What a value may be, in a few words."""
        schema = self._whole(schema)
        if "enum" in schema:
            return " | ".join(schema["enum"])
        if "items" in schema:
            return f"list of {self._kind(schema['items'])}"
        if "properties" in schema:
            return "{" + ", ".join(schema["properties"]) + "}"
        kind = schema["type"] if isinstance(schema["type"], str) else " | ".join(schema["type"])
        return str(schema.get("format") or schema.get("contentEncoding") or kind)

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._components[name] if name else schema
