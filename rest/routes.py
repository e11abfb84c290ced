"""A route: which operation a method of a resource asks for, and how REST words it.

    class KeyEncrypt(Resource):
        post = Route(Encrypt, "Encrypt up to 4,096 bytes")

A member of the operation's input is given by the path, the query (GET and DELETE) or the
body (POST, PUT and PATCH), each by its own name; what is not a member is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, get_origin

from rest import members
from service.caller import Caller
from service.errors import ValidationFailed
from service.operation import Operation

if TYPE_CHECKING:
    from rest.views import Resource


@dataclass(frozen=True)
class Page:
    """How an operation pages, by its own member names; REST says `limit`, `marker`, `next`."""

    items: str
    limit: str = "limit"
    marker: str = "marker"
    next: str = "next_marker"


@dataclass(eq=False)
class Route:
    """One method of a resource.

    method    "get", "post", …: the name under which the resource has it
    id        the operationId of the schema, where the action's name is taken
    answer    the member of the output that is REST's whole answer
    location  of what was made, relative to /api/v1/, with members of the body or the answer
    page      how the operation pages, if it does
    also      query parameters that are no members, with what they say; `prepare` takes them
    prepare   puts in what the client does not give: the members named in `hidden`
    tag       the GET of the same address whose answer's entity tag a change may be bound to
    tagged    whether it is such a GET
    """

    operation: type[Operation[Any, Any]]
    summary: str
    id: str = ""
    answer: str = ""
    location: str = ""
    page: Page | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    prepare: Callable[[Caller, dict[str, Any]], None] | None = None
    tag: Any = None  # a Route, which would be read as a descriptor here
    method: str = field(init=False, default="")
    tagged: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        if self.tag:
            self.tag.tagged = True

    def __set_name__(self, owner: type["Resource"], name: str) -> None:
        self.method = name

    def __get__(self, view: "Resource | None", owner: type["Resource"]) -> Any:
        """As a view's method: what Django calls to handle the request."""
        return self if view is None else partial(view.walk, self)

    @cached_property
    def output(self) -> type[Any] | None:
        """The operation's output class; None where that has nothing to tell."""
        output = self.operation.Output
        return output if is_dataclass(output) and fields(output) else None

    @property
    def status(self) -> int:
        if self.location:
            return 201
        return 200 if self.output else 204

    @property
    def takes_body(self) -> bool:
        return self.method in ("post", "put", "patch")

    def params(
        self,
        caller: Caller,
        path: Mapping[str, str],
        query: Mapping[str, Any],
        body: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The operation's AWS-shaped params. Raises ValidationFailed or SerializationFailed."""
        if body and not self.takes_body:
            raise ValidationFailed(f"{self.method.upper()} takes no body here")
        if elsewhere := set(body).intersection([*path, *self.hidden]):
            raise ValidationFailed(f"Unknown member: {min(elsewhere)}")
        queried = self._queried(path, query) if query else {}
        given = {**queried, **body, **path}
        if self.prepare:
            self.prepare(caller, given)
        return members.read(self.operation.Input, given)

    def told(self, output: Any) -> Any:
        """The output as REST tells it; None if there is nothing to tell."""
        if self.output is None:
            return None
        if self.page:
            return {
                self.page.items: members.write(getattr(output, self.page.items)),
                "next": getattr(output, self.page.next),
            }
        return members.write(getattr(output, self.answer) if self.answer else output)

    def query_members(self, path: Iterable[str]) -> dict[str, str]:
        """What the query may name, each with the input's member that it stands for."""
        if self.takes_body:
            return {}
        paging = {"limit": self.page.limit, "marker": self.page.marker} if self.page else {}
        elsewhere = {*path, *self.hidden, *paging.values()}
        names = members.hints_of(self.operation.Input).keys() - elsewhere
        return {**{name: name for name in sorted(names)}, **paging}

    def _queried(self, path: Iterable[str], query: Any) -> dict[str, Any]:
        known, hints = self.query_members(path), members.hints_of(self.operation.Input)
        given: dict[str, Any] = {}
        for name, texts in query.lists():
            if name in self.also:
                given[name] = _only(name, texts)
            elif name not in known:
                raise ValidationFailed(f"Unknown query parameter: {name[:64]}")
            else:
                given[known[name]] = _from_texts(hints[known[name]], texts, name)
        return given


def _from_texts(hint: Any, texts: list[str], name: str) -> Any:
    if get_origin(hint) is tuple:
        return texts
    return members.from_text(hint, _only(name, texts), name)


def _only(name: str, texts: list[str]) -> str:
    if len(texts) != 1:
        raise ValidationFailed(f"The query parameter {name} is given more than once")
    return texts[0]
