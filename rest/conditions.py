"""Conditional requests (RFC 9110, section 13): nobody overwrites what he has not seen.

An entity tag is strong: a digest of what a GET of the address tells. A change that says
If-Match or If-None-Match is made only if the tag of that moment fits, which is found out in
the change's own transaction.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from rest import problems
from rest.errors import PreconditionFailed
from rest.routes import Route
from service.call import call
from service.errors import ServiceError, ValidationFailed
from service.operation import Call
from service.value import value
from service.wsgi import Environ

IF_MATCH, IF_NONE_MATCH = "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"
ANY = "*"
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
Tags = frozenset[str]


@value
class Condition:
    """What a request says of the tag; None where it says nothing, ANY among the tags for "*"."""

    match: Tags | None = None
    none_match: Tags | None = None

    def holds(self, tag: str | None) -> bool:
        """`tag`: None if there is no such thing. A weak tag never matches, but may be known."""
        if self.match is not None and (tag is None or self.match.isdisjoint((tag, ANY))):
            return False
        return not self.knows(tag)

    def knows(self, tag: str | None) -> bool:
        """Whether If-None-Match names it."""
        if tag is None or self.none_match is None:
            return False
        return not self.none_match.isdisjoint((tag, f"W/{tag}", ANY))


def tag_of(told: Any) -> str:
    """The entity tag of what a GET tells."""
    return f'"{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}"'


def of(environ: Environ, route: Route) -> Condition | None:
    """The request's condition, if it has one. Raises ValidationFailed.

    A change whose condition nothing is known about is refused: it must not be made without.
    """
    match, none_match = _tags(environ, IF_MATCH), _tags(environ, IF_NONE_MATCH)
    if match is None and none_match is None:
        return None
    if route.method == "get" and match is not None:
        raise ValidationFailed("If-Match is for changes; ask with If-None-Match")
    if route.method != "get" and route.tag is None:
        raise ValidationFailed("If-Match and If-None-Match are not known for this request")
    return Condition(match, none_match)


def around(condition: Condition, tag: Route, path: Mapping[str, str]) -> Any:
    """For the road: makes a change if `condition` holds of what the route `tag` tells of `path`.

    That is a call of its own, with its own decision and record: who may not read is not told
    whether a guess was right. Raises PreconditionFailed.
    """

    def changed(walk: Call, run: Callable[[], Any]) -> Any:
        if not condition.holds(_now(walk, tag, path)):
            raise PreconditionFailed
        return run()

    return changed


def _now(walk: Call, tag: Route, path: Mapping[str, str]) -> str | None:
    """The tag as it is in this transaction; None if there is no such thing."""
    try:
        params = tag.params(walk.caller, path, {}, {})
        return tag_of(tag.told(call(walk.caller, tag.operation, params)))
    except ServiceError as error:
        if problems.status_of(error) != HTTPStatus.NOT_FOUND:
            raise
        return None


def _tags(environ: Environ, name: str) -> Tags | None:
    text = environ.get(name)
    if text is None:
        return None
    if text.strip() == ANY:
        return frozenset((ANY,))
    if not _TAGS.fullmatch(text.strip()):
        raise ValidationFailed("If-Match and If-None-Match take entity tags in quotes, or *")
    return frozenset(re.findall(_TAG, text))
