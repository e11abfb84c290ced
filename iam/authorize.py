"""The only place that decides. `authorize` lets a check pass or raises NotAllowed."""

from collections.abc import Callable, Mapping, Sequence

from iam import compiled, principals, session_limits
from iam.decision import ApplicablePolicies, Decision, NamedPolicy, Question, Source, decide
from iam.policy.document import Policy, PolicyKind
from iam.policy.patterns import Context
from iam.principals import AttachedPolicy
from service.caller import Caller, PrincipalKind, Session
from service.errors import AccessDenied
from service.operation import Check

MOST_SESSION_POLICIES = 5_000  # sets of them that are remembered, some kilobytes each
# of what kind the policy of a resource is, by the resource's type, where that is not its own
POLICY_KINDS = {"AWS::IAM::Role": PolicyKind.TRUST}
TIME = "%Y-%m-%dT%H:%M:%SZ"


class NotAllowed(AccessDenied):
    """Policies do not allow `action`; `decision` says which, worded as AWS's."""

    def __init__(self, action: str, decision: Decision, question: Question) -> None:
        self.action, self.decision = action, decision
        super().__init__(decision.message(question))


def authorize(caller: Caller, check: Check) -> Decision:
    """The decision that allows `check`; raise NotAllowed if none does."""
    decision = _remembered(caller, check)
    if not decision.allowed:
        question = _question(caller, check, RequestContext(caller, check))
        raise NotAllowed(check.action, decision, question)
    return decision


def decision_for(caller: Caller, check: Check, policy: Policy | None = None) -> Decision:
    """The decision on `check`, also where it refuses.

    `policy` counts in place of the resource's own; it is one that may never be stored.
    """
    question = _question(caller, check, RequestContext(caller, check))
    return decide(question, _applicable(caller, check, policy))


def _remembered(caller: Caller, check: Check) -> Decision:
    """The decision, made once for a revision if it rests on who does what to what, and no more.

    It does if no policy asked for anything else of the request, and no grant was asked for.
    """
    who, what = caller.principal, check.resource
    key = (
        "decision",
        (who.kind, who.account, who.arn, who.id, who.name, who.role_arn),
        who.session and who.session.limits,
        check.action,
        (what.arn, what.account, what.policy, what.policy_must_allow),
    )
    known: Decision | None = caller.snapshot.recall(key)
    if known is not None:
        return known
    context = RequestContext(caller, check)
    decision = decide(_question(caller, check, context), _applicable(caller, check, None))
    if decision.allowed and decision.source is not Source.GRANT and not context.was_asked:
        caller.snapshot.keep(key, decision)
    return decision


def _question(caller: Caller, check: Check, context: Context) -> Question:
    return Question(
        principal=caller.principal,
        action=check.action,
        resource=check.resource.arn,
        resource_account=check.resource.account,
        context=context,
    )


def _applicable(caller: Caller, check: Check, policy: Policy | None) -> ApplicablePolicies:
    resource = check.resource
    identity, boundary = caller.snapshot.get(
        ("policies", caller.principal.id), lambda: _compiled_identity(caller)
    )
    if policy is None and resource.policy is not None:
        kind = POLICY_KINDS.get(resource.type, PolicyKind.RESOURCE)
        policy = compiled.policies.get(resource.policy, kind)
    grant, session = resource.grant, caller.principal.session
    return ApplicablePolicies(
        identity=identity,
        boundary=boundary,
        session=_of_session(caller, session) if session else (),
        resource=None if policy is None else NamedPolicy(resource.arn, policy),
        policy_must_allow=resource.policy_must_allow,
        grant=None if grant is None else lambda: grant(caller, check),
    )


def _compiled_identity(caller: Caller) -> tuple[tuple[NamedPolicy, ...], NamedPolicy | None]:
    found = principals.policies_of(caller.principal)
    boundary = _named(found.boundary, PolicyKind.BOUNDARY) if found.boundary else None
    return tuple(_named(each, PolicyKind.IDENTITY) for each in found.identity), boundary


def _of_session(caller: Caller, session: Session) -> tuple[NamedPolicy, ...]:
    """Compiled for each decision, unless they were lately: callers give as many as they like."""
    who = caller.principal
    attached = caller.snapshot.get(
        ("session-policies", who.kind, who.account, session.limits),
        lambda: session_limits.policies_of(who, session),
        MOST_SESSION_POLICIES,
    )
    return tuple(_named(each, PolicyKind.SESSION) for each in attached)


def _named(attached: AttachedPolicy, kind: PolicyKind) -> NamedPolicy:
    return NamedPolicy(attached.name, compiled.policies.get(attached.document, kind))


class RequestContext:
    """The condition keys of one request. Values are computed only when a policy asks.

    `was_asked`: whether a policy asked for any, be it there or not.
    """

    __slots__ = ("_caller", "_check", "_given", "was_asked")

    def __init__(self, caller: Caller, check: Check) -> None:
        self._caller = caller
        self._check = check
        self._given: dict[str, Sequence[str]] | None = None
        self.was_asked = False

    def values(self, key: str) -> Sequence[str] | None:
        """The values of the condition key `key` (lower case); None where the request has none."""
        self.was_asked = True
        if compute := GLOBAL_KEYS.get(key):
            return compute(self._caller, self._check)
        for prefix, tags in (
            ("aws:principaltag/", self._caller.principal.tags),
            ("aws:resourcetag/", self._check.resource.tags),
        ):
            if key.startswith(prefix):
                return _tag(tags, key.removeprefix(prefix))
        if self._given is None:
            self._given = _lowered(
                self._caller.conditions, self._check.resource.conditions, self._check.conditions
            )
        return self._given.get(key)


def _lowered(*sources: Mapping[str, str | Sequence[str]]) -> dict[str, Sequence[str]]:
    return {
        name.lower(): (value,) if isinstance(value, str) else value
        for source in sources
        for name, value in source.items()
    }


def _tag(tags: Mapping[str, str], key: str) -> Sequence[str] | None:
    """Tag keys in condition keys match whatever their case, as the condition keys do."""
    return next(((value,) for name, value in tags.items() if name.lower() == key), None)


def _if_any(text: str) -> Sequence[str] | None:
    return (text,) if text else None


def _truth(value: bool) -> Sequence[str]:
    return ("true" if value else "false",)


def _of_a_session(caller: Caller, tell: Callable[[Session], str]) -> Sequence[str] | None:
    """What only temporary credentials have."""
    session = caller.principal.session
    return None if session is None else _if_any(tell(session))


def _user_name(caller: Caller, _: Check) -> Sequence[str] | None:
    return (caller.principal.name,) if caller.principal.kind is PrincipalKind.USER else None


PRINCIPAL_TYPES = {
    PrincipalKind.ROOT: "Account",
    PrincipalKind.USER: "User",
    PrincipalKind.ROLE: "AssumedRole",
    PrincipalKind.ASSUMED_ROLE: "AssumedRole",
    PrincipalKind.SERVICE: "Service",
    PrincipalKind.UNKNOWN: "Anonymous",
}

GLOBAL_KEYS: Mapping[str, Callable[[Caller, Check], Sequence[str] | None]] = {
    "aws:calledvia": lambda caller, _: _if_any(caller.via),
    "aws:calledviafirst": lambda caller, _: _if_any(caller.via),
    "aws:calledvialast": lambda caller, _: _if_any(caller.via),
    "aws:currenttime": lambda caller, _: (caller.time.strftime(TIME),),
    "aws:epochtime": lambda caller, _: (str(int(caller.time.timestamp())),),
    "aws:principalaccount": lambda caller, _: _if_any(caller.account),
    "aws:principalarn": lambda caller, _: _if_any(
        caller.principal.role_arn or caller.principal.arn
    ),
    "aws:principalisawsservice": lambda caller, _: _truth(
        caller.principal.kind is PrincipalKind.SERVICE
    ),
    "aws:principaltype": lambda caller, _: (PRINCIPAL_TYPES[caller.principal.kind],),
    "aws:requestedregion": lambda caller, check: _if_any(check.region or caller.region),
    "aws:resourceaccount": lambda _, check: _if_any(check.resource.account),
    "aws:multifactorauthpresent": lambda caller, _: _of_a_session(caller, lambda _: "false"),
    "aws:securetransport": lambda caller, _: _truth(caller.secure_transport),
    # a service that calls for a principal hides where the principal called from, as on AWS
    "aws:sourceip": lambda caller, _: None if caller.via else _if_any(caller.source_ip),
    "aws:sourceidentity": lambda caller, _: _of_a_session(caller, lambda it: it.source_identity),
    "aws:tokenissuetime": lambda caller, _: _of_a_session(
        caller, lambda it: it.issued.strftime(TIME)
    ),
    "aws:useragent": lambda caller, _: _if_any(caller.user_agent),
    "aws:userid": lambda caller, _: _if_any(caller.principal.id),
    "aws:username": _user_name,
    "aws:viaawsservice": lambda caller, _: _truth(bool(caller.via)),
}
