"""The decision: what all policies that apply to a request come to. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

An explicit deny anywhere wins. Then the request must be allowed: by the principal's own
policies (within its boundary), or by the resource's policy. From another account it takes
both. Where the resource's policy must allow (KMS), the principal's own policies count only
if that policy hands the decision to the account.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from iam.policy.conditions import Budget, TooManyComparisons
from iam.policy.document import Policy, Statement
from iam.policy.patterns import Context
from iam.policy.principals import Match
from service.caller import Principal, PrincipalKind
from service.resource import Granted
from service.value import value

# what is refused without a reason: it would tell whether there is a role of that name
UNEXPLAINED = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})

Grant = Callable[[], Granted | None]


@value
class Question:
    """May `principal` do `action` ("kms:Encrypt") to `resource` (an ARN, or "*")?"""

    principal: Principal
    action: str
    resource: str
    resource_account: str
    context: Context


@value
class NamedPolicy:
    """A policy, and the name by which a decision refers to it."""

    name: str
    policy: Policy


@value
class ApplicablePolicies:
    """Everything that has a say.

    session   policies of the session; each limits what the principal's own allow
    resource  the resource's policy
    policy_must_allow  KMS's rule
    grant     asked last: finds the grant that allows it
    """

    identity: Sequence[NamedPolicy] = ()
    boundary: NamedPolicy | None = None
    session: Sequence[NamedPolicy] = ()
    resource: NamedPolicy | None = None
    policy_must_allow: bool = False
    grant: Grant | None = None


class Source(Enum):
    """Where a decision came from, in AWS's words."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ROOT = "root of the account"
    GRANT = "grant"
    LIMIT = "limit of comparisons"


@value
class Deciding:
    """The statement that decided, and the policy it stands in."""

    policy: str
    statement: Statement


@value
class Decision:
    """`statement` is None where nothing allowed it, where root needs none, and for a grant.

    `grant` is the id of the one that allowed it.
    """

    allowed: bool
    source: Source
    statement: Deciding | None = None
    grant: str = ""

    @property
    def is_explicit_deny(self) -> bool:
        return not self.allowed and self.statement is not None

    def message(self, question: Question) -> str:
        """A refusal as AWS words it."""
        action = question.action
        on = "" if question.resource == "*" else f" on resource: {question.resource}"
        who = question.principal.arn or "anonymous"
        refused = f"User: {who} is not authorized to perform: {action}{on}"
        if action in UNEXPLAINED:
            return refused
        if self.is_explicit_deny:
            article = "an" if self.source is Source.IDENTITY else "a"
            return f"{refused} with an explicit deny in {article} {self.source.value}"
        if self.source is Source.LIMIT:
            return f"{refused} because it takes too many comparisons to decide"
        return f"{refused} because no {self.source.value} allows the {action} action"


def decide(question: Question, policies: ApplicablePolicies) -> Decision:
    """The decision on `question`. Asks for a grant only if nothing else allows it.

    It is a refusal where the policies take too many comparisons: there may be a deny in them.
    """
    try:
        return _decided(question, policies)
    except TooManyComparisons:
        return Decision(False, Source.LIMIT)


def _decided(question: Question, policies: ApplicablePolicies) -> Decision:
    asked = _Asked(question)
    denied = asked.denial(policies)
    if denied is not None:
        return denied
    if question.principal.kind is PrincipalKind.UNKNOWN:
        return Decision(False, Source.IDENTITY)
    decision = _without_grant(asked, policies)
    return decision if decision.allowed else _granted(asked, policies) or decision


def _without_grant(asked: "_Asked", policies: ApplicablePolicies) -> Decision:
    match, by_resource = asked.resource_allowance(policies)
    if asked.is_foreign:
        return by_resource if match is Match.NONE else asked.disagreement(policies) or by_resource
    if match is Match.ITSELF:
        return by_resource
    if match > Match.ACCOUNT:
        return asked.limit(policies) or by_resource
    if match is Match.ACCOUNT or not policies.policy_must_allow:
        return asked.own_allowance(policies)
    return by_resource


def _granted(asked: "_Asked", policies: ApplicablePolicies) -> Decision | None:
    """The decision of a grant, which as on AWS is enough, for another account too.

    One to an account is that account's to hand on, by its own policies. A session that was
    made to do less does not do more by its role's grants.
    """
    found = policies.grant() if policies.grant is not None else None
    if found is None or asked.session_limit(policies):
        return None
    if found.to_account and not asked.own_allowance(policies).allowed:
        return None
    return Decision(True, Source.GRANT, grant=found.id)


class _Asked:
    """A question, as it is put to one policy after the other."""

    def __init__(self, question: Question) -> None:
        self._principal = question.principal
        self._action = question.action.lower()
        self._resource = question.resource
        self._context = question.context
        self._budget = Budget()
        owner = question.resource_account
        self.is_foreign = bool(owner) and owner != question.principal.account

    def denial(self, policies: ApplicablePolicies) -> Decision | None:
        """The first explicit deny."""
        own = [(Source.IDENTITY, each) for each in policies.identity]
        own += [(Source.SESSION, each) for each in policies.session]
        if policies.boundary is not None:
            own.append((Source.BOUNDARY, policies.boundary))
        for source, named in own:
            for statement in self._applying(named.policy, allows=False):
                return Decision(False, source, Deciding(named.name, statement))
        if policies.resource is not None:
            for _, statement in self._naming(policies.resource.policy, allows=False):
                deciding = Deciding(policies.resource.name, statement)
                return Decision(False, Source.RESOURCE, deciding)
        return None

    def own_allowance(self, policies: ApplicablePolicies) -> Decision:
        """What the principal's own policies say, within their limits."""
        if self._principal.kind is PrincipalKind.ROOT:
            return self.limit(policies) or Decision(True, Source.ROOT)
        found = self._allowed_by(policies.identity)
        if found is None:
            return Decision(False, Source.IDENTITY)
        return self.limit(policies) or Decision(True, Source.IDENTITY, found)

    def disagreement(self, policies: ApplicablePolicies) -> Decision | None:
        """The refusal of the principal's own account; None where it lets the principal ask."""
        if self._principal.kind is PrincipalKind.SERVICE:
            return None
        own = self.own_allowance(policies)
        return None if own.allowed else own

    def limit(self, policies: ApplicablePolicies) -> Decision | None:
        """The refusal of a boundary or a session policy; None where none limits this."""
        if policies.boundary is not None and not self._allowed_by([policies.boundary]):
            return Decision(False, Source.BOUNDARY)
        return self.session_limit(policies)

    def session_limit(self, policies: ApplicablePolicies) -> Decision | None:
        """The same of the session's policies alone."""
        if policies.session and not self._allowed_by(policies.session):
            return Decision(False, Source.SESSION)
        return None

    def resource_allowance(self, policies: ApplicablePolicies) -> tuple[Match, Decision]:
        """How closely the resource's policy names the principal in what it allows."""
        best, decision = Match.NONE, Decision(False, Source.RESOURCE)
        if policies.resource is None:
            return best, decision
        for match, statement in self._naming(policies.resource.policy, allows=True):
            if match > best:
                deciding = Deciding(policies.resource.name, statement)
                best, decision = match, Decision(True, Source.RESOURCE, deciding)
        return best, decision

    def _allowed_by(self, policies: Sequence[NamedPolicy]) -> Deciding | None:
        for named in policies:
            for statement in self._applying(named.policy, allows=True):
                return Deciding(named.name, statement)
        return None

    def _applying(self, policy: Policy, *, allows: bool) -> Iterator[Statement]:
        for statement in policy.statements:
            if statement.allows is allows and self._applies(statement):
                yield statement

    def _naming(self, policy: Policy, *, allows: bool) -> Iterator[tuple[Match, Statement]]:
        """What applies of a resource's policy; only whom a statement names pays for the rest."""
        for statement in policy.statements:
            if statement.allows is allows:
                match = statement.match(self._principal)
                if match is not Match.NONE and self._applies(statement):
                    yield match, statement

    def _applies(self, statement: Statement) -> bool:
        return statement.applies(self._action, self._resource, self._context, self._budget)
