"""The constraints of botocore's shapes, compiled, with the wording of AWS's ValidationException.

botocore itself checks only types, required members and minimums. Values arrive here with
the right types already (the doors see to that); absent members are absent or None.
"""

from collections.abc import Callable, Mapping
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape

from service.value import value

Test = Callable[[Any], bool]
# takes a value and its path, gives what is wrong with it
Check = Callable[[Any, str], list[str]]

NUMBERS = frozenset(("integer", "long", "float", "double"))
TEXTS = frozenset(("string", "list", "map"))  # what is or may hold a text


@value
class Constraint:
    """`holds` of a value that is all right; `text` is what AWS says of one that is not."""

    holds: Test
    text: str


def aws_path(name: str) -> str:
    """A member as AWS writes it in paths and in CloudTrail: `keyId`, `aWSAccountId`."""
    return name[:1].lower() + name[1:]


def is_secret(shape: Shape) -> bool:
    """Whether a value of the shape must not be told: marked sensitive, or bytes of any kind."""
    if shape.type_name == "blob" or shape.metadata.get("sensitive"):
        return True
    if isinstance(shape, ListShape):
        return is_secret(shape.member)
    if isinstance(shape, MapShape):
        return is_secret(shape.key) or is_secret(shape.value)
    return False


def message(failures: list[str]) -> str:
    """AWS's message for these failures."""
    noun = "error" if len(failures) == 1 else "errors"
    return f"{len(failures)} validation {noun} detected: " + "; ".join(failures)


def compiled(shape: Shape) -> Check:
    """Checks values of the shape, with all that is in them."""
    return _Compiler().check(shape)


class _Compiler:
    """Compiles each shape once, so that shapes may contain themselves."""

    def __init__(self) -> None:
        self._known: dict[str, Check | None] = {}

    def check(self, shape: Shape) -> Check:
        if shape.name not in self._known:
            self._known[shape.name] = None
            self._known[shape.name] = self._compiled(shape)
        return self._known[shape.name] or (lambda value, path: self.check(shape)(value, path))

    def _compiled(self, shape: Shape) -> Check:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        constraints = _own(shape)
        inner: Check | None = None
        if isinstance(shape, ListShape):
            constraints += _of_elements(shape)
            inner = self._elements(shape)
        elif isinstance(shape, MapShape):
            constraints += _of_entries(shape)
        if inner is None and shape.type_name in TEXTS:
            constraints.append(_NO_NUL)
        return _checking(constraints, secret=is_secret(shape), inner=inner)

    def _structure(self, shape: StructureShape) -> Check:
        required = frozenset(shape.required_members)
        members = [
            (name, aws_path(name), name in required, self.check(member))
            for name, member in shape.members.items()
        ]

        def check(value: Mapping[str, Any], path: str) -> list[str]:
            failures: list[str] = []
            for name, told, needed, check_member in members:
                found = value.get(name)
                if found is not None:
                    failures += check_member(found, path + told)
                elif needed:
                    failures.append(_failure("Value null", path + told, "Member must not be null"))
            return failures

        return lambda value, path: check(value, f"{path}." if path else "")

    def _elements(self, shape: ListShape) -> Check | None:
        if not isinstance(shape.member, (StructureShape, ListShape)):
            return None
        check_element = self.check(shape.member)

        def check(value: list[Any], path: str) -> list[str]:
            return [
                failure
                for number, element in enumerate(value, 1)
                if element is not None
                for failure in check_element(element, f"{path}.{number}.member")
            ]

        return check


def _checking(constraints: list[Constraint], *, secret: bool, inner: Check | None) -> Check:
    if not constraints and inner is None:
        return lambda value, path: []

    def check(value: Any, path: str) -> list[str]:
        failures = []
        for constraint in constraints:
            if not constraint.holds(value):
                found = "Value" if secret else f"Value '{told(value)}'"
                failures.append(_failure(found, path, constraint.text))
        return failures + inner(value, path) if inner else failures

    return check


def _failure(value: str, path: str, text: str) -> str:
    return f"{value} at '{path}' failed to satisfy constraint: {text}"


def told(value: Any) -> str:
    """A value as AWS tells it, after Java's fashion."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(told, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={told(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value)


def has_nul(value: Any) -> bool:
    """Whether a text in the value has a character that PostgreSQL does not store."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(has_nul(key) or has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(has_nul, value))


_NO_NUL = Constraint(lambda value: not has_nul(value), "Member must not contain the character NUL")


def _own(shape: Shape) -> list[Constraint]:
    """The constraints on a value as a whole."""
    given = shape.metadata
    if shape.type_name in NUMBERS:
        return _bounds(given, lambda value: value, "value")
    if shape.type_name not in ("string", "blob", "list", "map"):
        return []
    found = _bounds(given, len, "length")
    if "enum" in given:
        found.append(_in(tuple(given["enum"])))
    if "pattern" in given:
        found.append(_matches(given["pattern"], given.get("max")))
    return found


def _bounds(given: Mapping[str, Any], measure: Callable[[Any], Any], noun: str) -> list[Constraint]:
    found = []
    if "max" in given:
        most = given["max"]
        text = f"Member must have {noun} less than or equal to {most}"
        found.append(Constraint(lambda value: measure(value) <= most, text))
    if "min" in given:
        least = given["min"]
        text = f"Member must have {noun} greater than or equal to {least}"
        found.append(Constraint(lambda value: measure(value) >= least, text))
    return found


def _in(choices: tuple[str, ...]) -> Constraint:
    known = frozenset(choices)
    text = f"Member must satisfy enum value set: [{', '.join(choices)}]"
    return Constraint(lambda value: value in known, text)


def _matches(pattern: str, most: int | None) -> Constraint:
    r"""Like Java's `matches`: all of the value. What is too long is told to be just that.

    Java's `\w`, `\d` and `\s` know ASCII alone, its `\p{…}` all of Unicode: with the flag,
    `regex` would have neither, and no pattern has both.
    """
    flags = 0 if r"\p" in pattern else regex.ASCII
    match = regex.compile(pattern, flags).fullmatch

    def holds(value: str) -> bool:
        return (most is not None and len(value) > most) or match(value) is not None

    return Constraint(holds, f"Member must satisfy regular expression pattern: {pattern}")


def _of_elements(shape: ListShape) -> list[Constraint]:
    """AWS tells what the elements of a list must be in one go, without saying which is not."""
    found = [Constraint(lambda value: None not in value, "Member must not be null")]
    inner = [] if isinstance(shape.member, (StructureShape, ListShape)) else _own(shape.member)
    if inner:
        found.append(
            Constraint(
                lambda value: all(
                    constraint.holds(item)
                    for item in value
                    if item is not None
                    for constraint in inner
                ),
                f"Member must satisfy constraint: [{_listed(inner)}]",
            )
        )
    return found


def _of_entries(shape: MapShape) -> list[Constraint]:
    keys, values = _own(shape.key), _own(shape.value)
    null = Constraint(lambda value: None not in value.values(), "Map value must not be null")
    return [
        null,
        Constraint(
            lambda value: all(constraint.holds(key) for key in value for constraint in keys),
            f"Map keys must satisfy constraint: [{_listed(keys)}]",
        ),
        Constraint(
            lambda value: all(
                constraint.holds(item)
                for item in value.values()
                if item is not None
                for constraint in values
            ),
            f"Map value must satisfy constraint: [{_listed(values)}]",
        ),
    ]


def _listed(constraints: list[Constraint]) -> str:
    return ", ".join(constraint.text for constraint in constraints)
