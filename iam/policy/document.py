"""Policy documents: parsed strictly, and ready to be asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from functools import partial
from typing import Any, NoReturn

import orjson

from iam.errors import MalformedPolicyDocument
from iam.policy import arns, conditions, principals
from iam.policy.arns import ArnPattern
from iam.policy.conditions import Budget, Condition, Null
from iam.policy.patterns import Context, Pattern
from iam.policy.principals import Match, Principals
from service.caller import Principal
from service.value import value

MOST_LETTERS = 131_072  # of a document; what stores one may set less
VERSIONS = ("2012-10-17", "2008-10-17")
MOST_TOLD = 500  # letters of a message, which may quote the policy
_ACTION = re.compile(r"\*|[\w*?-]+:[\w*?]+", re.ASCII)
_OWNER = re.compile(r"(?:aws|\d{12})?|.*[*?$].*", re.ASCII | re.DOTALL)
_SID = re.compile(r"[0-9A-Za-z]*")


class PolicyKind(Enum):
    """What a policy is for, which says whether its statements have principals and resources."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"
    TRUST = "trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"

    @property
    def has_principals(self) -> bool:
        return self in (PolicyKind.RESOURCE, PolicyKind.TRUST)

    @property
    def has_resources(self) -> bool:
        return self is not PolicyKind.TRUST


@value
class Statement:
    """One statement; `number` counts from 1. Its repr names it and shows nothing more."""

    number: int
    sid: str
    allows: bool
    actions: tuple[Pattern, ...] = field(repr=False)
    other_actions: bool = field(repr=False)
    resources: tuple[ArnPattern, ...] = field(repr=False)
    other_resources: bool = field(repr=False)
    principals: Principals | None = field(repr=False)
    conditions: tuple[Condition | Null, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Its Sid, or its place."""
        return self.sid or f"statement {self.number}"

    def applies(self, action: str, resource: str, context: Context, budget: Budget) -> bool:
        """Whether the statement speaks of the request, whoever makes it.

        `action` is in lower case. Raises TooManyComparisons.
        """
        return (
            self._names(action, context) != self.other_actions
            and self._speaks_of(resource, context)
            and all(each.holds(context, budget, allows=self.allows) for each in self.conditions)
        )

    def _names(self, action: str, context: Context) -> bool:
        for each in self.actions:  # noqa: SIM110 - any() takes longer, and this is each call's
            if each.matches(action, context):
                return True
        return False

    def match(self, principal: Principal) -> Match:
        """How the statement names the principal."""
        return self.principals.match(principal) if self.principals else Match.NONE

    def _speaks_of(self, resource: str, context: Context) -> bool:
        """An unfilled variable matches nothing, and lets NotResource allow nothing."""
        if not self.resources:
            return True
        if not self.other_resources:
            for each in self.resources:  # noqa: SIM110 - as above
                if each.fits(resource, context):
                    return True
            return False
        fits = [each.fits(resource, context) for each in self.resources]
        return not any(fits) and not (self.allows and None in fits)


@value
class Policy:
    """A parsed policy."""

    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, text: str, kind: PolicyKind) -> "Policy":
        """Raise MalformedPolicyDocument, which says why, unless `text` is a policy of the kind."""
        if len(text) > MOST_LETTERS:
            _malformed(f"The policy is longer than {MOST_LETTERS} letters.")
        document = _object(text)
        _refuse_unknown(document, {"Version", "Id", "Statement"}, "The policy")
        version = document.get("Version", VERSIONS[1])
        if version not in VERSIONS:
            _malformed(f"The policy's Version must be one of {', '.join(VERSIONS)}.")
        if not isinstance(document.get("Id", ""), str):
            _malformed("The policy's Id must be text.")
        given = document.get("Statement")
        if isinstance(given, dict):
            given = [given]
        if not isinstance(given, list) or not given:
            _malformed("The policy must have a Statement.")
        read = partial(_statement, kind=kind, variables=version == VERSIONS[0])
        found = tuple(read(number, each) for number, each in enumerate(given, 1))
        sids = [each.sid for each in found if each.sid]
        if len(sids) != len(set(sids)):
            _malformed("Statement ids (Sid) must be unique in a policy.")
        return cls(found)


def _object(text: str) -> dict[str, Any]:
    try:
        orjson.loads(text)  # refuses lone surrogates, NaN and bottomless nesting; json does not
        document = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        _malformed("The policy is not valid JSON.")
    if not isinstance(document, dict):
        _malformed("The policy must be a JSON object.")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _malformed("The policy has two members of one name in one object.")
    return members


def _statement(number: int, given: Any, *, kind: PolicyKind, variables: bool) -> Statement:
    if not isinstance(given, dict):
        _malformed(f"Statement {number} must be an object.")
    reader = _Reader(number, given, variables)
    reader.refuse_unknown(kind)
    actions, other_actions = reader.actions()
    resources, other_resources = reader.resources() if kind.has_resources else ((), False)
    return Statement(
        number=number,
        sid=reader.sid(free=kind is PolicyKind.RESOURCE),
        allows=reader.allows(),
        actions=actions,
        other_actions=other_actions,
        resources=resources,
        other_resources=other_resources,
        principals=reader.principals() if kind.has_principals else None,
        conditions=reader.conditions(),
    )


class _Reader:
    """Reads the elements of one statement."""

    def __init__(self, number: int, given: dict[str, Any], variables: bool) -> None:
        self._given = given
        self._variables = variables
        sid = given.get("Sid")
        self._name = f"Statement {sid}" if sid and isinstance(sid, str) else f"Statement {number}"

    def refuse_unknown(self, kind: PolicyKind) -> None:
        known = {"Sid", "Effect", "Action", "NotAction", "Condition"}
        if kind.has_resources:
            known |= {"Resource", "NotResource"}
        if kind.has_principals:
            known |= {"Principal", "NotPrincipal"}
        _refuse_unknown(self._given, known, f"{self._name}, of a {kind.value},")

    def sid(self, *, free: bool) -> str:
        """Letters and digits, unless `free`."""
        sid = self._given.get("Sid", "")
        if not isinstance(sid, str):
            self.malformed("must have text as its Sid")
        if not free and not _SID.fullmatch(sid):
            self.malformed("must have only letters and digits in its Sid")
        return sid

    def allows(self) -> bool:
        effect = self._given.get("Effect")
        if effect not in ("Allow", "Deny"):
            self.malformed("must have the Effect Allow or Deny")
        return bool(effect == "Allow")

    def actions(self) -> tuple[tuple[Pattern, ...], bool]:
        """The patterns under Action or NotAction, and whether it is the latter."""
        texts, others = self._listed("Action")
        for text in texts:
            if not _ACTION.fullmatch(text):
                self.malformed(f"has {text[:200]} as its Action, which cannot be one")
        return tuple(Pattern(text, variables=False, fold=True) for text in texts), others

    def resources(self) -> tuple[tuple[ArnPattern, ...], bool]:
        """The patterns under Resource or NotResource, and whether it is the latter."""
        texts, others = self._listed("Resource")
        return tuple(map(self._resource, texts)), others

    def principals(self) -> Principals:
        value, others = self._either("Principal")
        if others and self.allows():
            self.malformed("must not allow with NotPrincipal; use Principal and conditions")
        try:
            return principals.parse(value, others=others)
        except ValueError as error:
            self.malformed(f"has a Principal that {error}")

    def conditions(self) -> tuple[Condition | Null, ...]:
        operators = self._given.get("Condition", {})
        if not isinstance(operators, dict):
            self.malformed("must have an object as its Condition")
        return tuple(
            self._condition(operator, key, operands)
            for operator, keys in operators.items()
            for key, operands in self._keys(operator, keys).items()
        )

    def malformed(self, text: str) -> NoReturn:
        _malformed(f"{self._name} {text}.")

    def _either(self, element: str) -> tuple[Any, bool]:
        both = [name for name in (element, f"Not{element}") if name in self._given]
        if len(both) != 1:
            self.malformed(f"must have either {element} or Not{element}")
        return self._given[both[0]], both[0] != element

    def _listed(self, element: str) -> tuple[list[str], bool]:
        value, others = self._either(element)
        texts = _texts(value)
        if not texts:
            self.malformed(f"must have text, or a list of texts, as its {element}")
        return texts, others

    def _resource(self, text: str) -> ArnPattern:
        try:
            pattern = ArnPattern(text, variables=self._variables)
        except ValueError as error:
            self.malformed(f"has a Resource that cannot be: {error}")
        owner = arns.split(text, variables=self._variables)[4:5]
        if not all(map(_OWNER.fullmatch, owner)):
            self.malformed(f"has {text[:200]} as its Resource, in which there is no account")
        return pattern

    def _keys(self, operator: str, keys: Any) -> Mapping[str, Any]:
        if not isinstance(keys, dict) or not all(keys):
            self.malformed(f"must have an object under its condition {operator}")
        return keys

    def _condition(self, operator: str, key: str, operands: Any) -> Condition | Null:
        scalars = operands if isinstance(operands, list) else [operands]
        texts = [_scalar(each) for each in scalars]
        if None in texts:
            self.malformed(f"must have text under {operator} {key}")
        try:
            told = [text for text in texts if text is not None]
            return conditions.parse(operator, key, told, self._variables)
        except ValueError as error:
            self.malformed(f"has a condition that cannot be: {error}")


def _texts(value: Any) -> list[str]:
    """Text or a list of texts; empty if it is neither."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return []
    return texts


def _scalar(value: Any) -> str | None:
    """An operand as text: numbers and truths may be written without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return None


def _refuse_unknown(given: Mapping[str, Any], known: set[str], what: str) -> None:
    if strange := sorted(set(given) - known):
        _malformed(f"{what} must not have the element {strange[0][:200]}.")


def _malformed(text: str) -> NoReturn:
    raise MalformedPolicyDocument(text[:MOST_TOLD])
