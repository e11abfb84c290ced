"""What a session would be that somebody asks for who wants to take a role."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from iam import entities, tags
from iam.entities import Named
from iam.errors import InvalidInput, InvalidParameterValue
from iam.models import Role
from iam.shapes import Tag
from service.caller import Caller, Principal, PrincipalKind
from service.errors import AccessDenied, ValidationFailed
from service.operation import Call
from service.resource import Resource

AN_HOUR = 3600  # seconds


def role(call: Call, arn: str) -> Named[Role]:
    """The role of that ARN, of any account. Raises ValidationFailed if it is no ARN of one.

    Its trust policy decides as a key's policy does: without it nobody has the role. One that
    is not there is refused as one that trusts nobody.
    """
    return call.once((Role, arn), lambda: _role(arn))


def session_tags(
    principal: Principal, given: Sequence[Tag], transitive: Sequence[str]
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The tags that the session would have, and the keys of those that go on from it.

    The transitive ones of the session that asks stay as they are. Raises InvalidParameterValue.
    """
    keys = [tag.key for tag in given]
    try:
        tags.require_sound(keys)
    except InvalidInput as error:
        raise InvalidParameterValue(error.message) from None
    known = {key.lower(): key for key in keys}
    if any(key.lower() not in known for key in transitive):
        raise InvalidParameterValue(
            "The specified transitive tag key must be included in the requested tags."
        )
    inherited = _inherited(principal)
    if any(key.lower() in known for key in inherited):
        raise InvalidParameterValue(
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session."
        )
    going_on = dict.fromkeys([*inherited, *(known[key.lower()] for key in transitive)])
    return inherited | {tag.key: tag.value for tag in given}, tuple(going_on)


def source_identity(caller: Caller, given: str) -> str:
    """The one that the session would have: once set, it stays. Raises AccessDenied."""
    session = caller.principal.session
    known = session.source_identity if session else ""
    if known and given and given != known:
        raise AccessDenied("The source identity of a session cannot be changed.")
    return known or given


def require_duration(principal: Principal, seconds: int) -> None:
    """Raise ValidationFailed if a session that takes another role asks for more than an hour."""
    if principal.kind is PrincipalKind.ASSUMED_ROLE and seconds > AN_HOUR:
        raise ValidationFailed(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining"
        )


def _role(arn: str) -> Named[Role]:
    try:
        account, path, name = entities.arn_parts(arn, "role")
    except ValueError:
        raise ValidationFailed(f"{arn} is invalid") from None
    row = Role.objects.filter(account_id=account, path=path, name=name).first()
    if row is not None:
        resource = replace(entities.resource_of(row), policy=row.trust_policy)
        return Named(replace(resource, policy_must_allow=True), row)
    missing = Role(account_id=account, path=path, name=name).arn
    resource = Resource(missing, account, entities.type_of(Role), policy_must_allow=True)
    return Named(resource, None)


def _inherited(principal: Principal) -> dict[str, str]:
    session = principal.session
    return {key: session.tags[key] for key in session.transitive} if session else {}
