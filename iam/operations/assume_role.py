"""sts:AssumeRole."""

from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta

from iam import assuming, conditions, mfa, session_limits, sessions
from iam.conditions import Conditions
from iam.models import Role
from iam.shapes import Tag
from iam.sts_shapes import Credentials, credentials_of, recordable, utilization
from service.caller import Caller, PrincipalKind, Session
from service.errors import AccessDenied, ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value

ASSUME, TAG, SET_SOURCE = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"


@value
class PolicyDescriptor:
    arn: str | None = field(default=None, metadata={"aws": "arn"})


@value
class ProvidedContext:
    provider_arn: str | None = None
    context_assertion: str | None = None


@value
class AssumeRoleInput:
    role_arn: str
    role_session_name: str
    policy_arns: tuple[PolicyDescriptor, ...] = ()
    policy: str = ""
    duration_seconds: int = assuming.AN_HOUR
    tags: tuple[Tag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    external_id: str | None = None
    serial_number: str | None = None
    token_code: str | None = field(default=None, repr=False)
    source_identity: str | None = None
    provided_contexts: tuple[ProvidedContext, ...] = ()
    minimum_session_token_size: int = 0


@value
class AssumedRoleUser:
    assumed_role_id: str
    arn: str


@value
class AssumeRoleOutput:
    credentials: Credentials
    assumed_role_user: AssumedRoleUser
    session_token_utilization: int
    session_token_size: int
    packed_policy_size: int | None = None
    source_identity: str | None = None


class AssumeRole(Operation[AssumeRoleInput, AssumeRoleOutput]):
    """Gives temporary credentials of a role to whom its trust policy trusts.

    Nothing is stored but what `iam.sessions` seals in the token. Of a refusal nothing is told
    but that it is one: it would tell whether there is such a role.
    """

    name = ASSUME

    def checks(self, call: Call, given: AssumeRoleInput) -> Iterable[Check]:
        if call.caller.principal.kind is PrincipalKind.ROOT:
            raise AccessDenied("Roles may not be assumed by root accounts.")
        mfa.refuse_device(given)
        if given.provided_contexts:
            raise ValidationFailed("There is no provider of trusted contexts here.")
        session = _session(call, given)
        resource = assuming.role(call, given.role_arn).resource
        asked = _conditions(given, session)
        yield Check(ASSUME, resource, asked)
        if session.tags:
            yield Check(TAG, resource, asked)
        if session.source_identity:
            yield Check(SET_SOURCE, resource, asked)

    def run(self, call: Call, given: AssumeRoleInput) -> AssumeRoleOutput:
        role = assuming.role(call, given.role_arn).found
        session = _session(call, given)
        _require_fit(role, given, session)
        packed = session_limits.packed_percent(session)
        made = sessions.of_role(
            role, given.role_session_name, session, least_letters=given.minimum_session_token_size
        )
        principal = sessions.principal_of(role, given.role_session_name, session)
        named = principal.in_partition(call.caller.partition)
        user = {"assumedRoleId": named.id, "arn": named.arn}
        call.recorded |= {**recordable(made), "assumedRoleUser": user}
        return AssumeRoleOutput(
            credentials=credentials_of(made),
            session_token_size=len(made.session_token),
            session_token_utilization=utilization(made),
            assumed_role_user=AssumedRoleUser(named.id, named.arn),
            packed_policy_size=packed,
            source_identity=session.source_identity or None,
        )


def _session(call: Call, given: AssumeRoleInput) -> Session:
    return call.once("session", lambda: _asked_for(call.caller, given))


def _asked_for(caller: Caller, given: AssumeRoleInput) -> Session:
    """The session that the request wants. Raises what is wrong with that, whoever asks."""
    principal = caller.principal
    assuming.require_duration(principal, given.duration_seconds)
    tags, transitive = assuming.session_tags(principal, given.tags, given.transitive_tag_keys)
    return sessions.lasting(
        caller.time,
        timedelta(seconds=given.duration_seconds),
        policy=given.policy,
        policy_arns=[each.arn for each in given.policy_arns if each.arn],
        tags=tags,
        transitive=transitive,
        source_identity=assuming.source_identity(caller, given.source_identity or ""),
    )


def _conditions(given: AssumeRoleInput, session: Session) -> Conditions:
    """Tags are those that the session would have, be they given or inherited."""
    keys = {
        "sts:RoleSessionName": given.role_session_name,
        "sts:ExternalId": given.external_id,
        "sts:SourceIdentity": session.source_identity,
        "sts:TransitiveTagKeys": session.transitive,
    }
    tags = conditions.of_tags([Tag(*pair) for pair in session.tags.items()])
    return tags | {key: told for key, told in keys.items() if told}


def _require_fit(role: Role, given: AssumeRoleInput, session: Session) -> None:
    """Raise what is wrong with a session of this role: only who may have one is told."""
    if given.duration_seconds > role.max_session_duration:
        raise ValidationFailed(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    session_limits.require_sound(role, session)
