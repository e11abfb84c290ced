"""Principals out of rows, and the policies that apply to each."""

from collections.abc import Collection

from django.db.models import QuerySet

from iam.models import InlinePolicy, Policy, Role, User
from service.caller import Principal, PrincipalKind, Session
from service.value import value


@value
class AttachedPolicy:
    """A policy's text and the name by which a decision refers to it: an ARN, or OWNER/NAME."""

    name: str
    document: str


@value
class IdentityPolicies:
    """What is attached to a principal, to its groups, and what bounds it."""

    identity: tuple[AttachedPolicy, ...] = ()
    boundary: AttachedPolicy | None = None


def root_principal(account: str) -> Principal:
    return Principal(PrincipalKind.ROOT, account, f"arn:aws:iam::{account}:root", account)


def user_principal(user: User) -> Principal:
    return Principal(
        PrincipalKind.USER, user.account_id, user.arn, user.unique_id, user.name, user.tags
    )


def role_principal(role: Role) -> Principal:
    return Principal(
        PrincipalKind.ROLE,
        role.account_id,
        role.arn,
        role.unique_id,
        role.name,
        role.tags,
        role_arn=role.arn,
    )


def session_principal(role: Role, session_name: str, session: Session | None) -> Principal:
    """A session's tags override its role's, whose keys may be in another case."""
    own = session.tags if session else {}
    overridden = {key.lower() for key in own}
    return Principal(
        PrincipalKind.ASSUMED_ROLE,
        role.account_id,
        f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{session_name}",
        f"{role.unique_id}:{session_name}",
        role.name,
        {key: told for key, told in role.tags.items() if key.lower() not in overridden} | {**own},
        role_arn=role.arn,
        session=session,
    )


def accounts_of(unique_ids: Collection[str]) -> set[str]:
    """The accounts of the users and roles with these unique ids, as far as there are any."""
    found: set[str] = set()
    for model in (User, Role) if unique_ids else ():
        rows = model.objects.filter(unique_id__in=unique_ids)
        found.update(rows.values_list("account_id", flat=True))
    return found


def policies_of(principal: Principal) -> IdentityPolicies:
    """Everything attached to `principal` now; nothing for root, services and strangers."""
    if principal.kind is PrincipalKind.USER:
        return _of_user(principal)
    if principal.kind in (PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE):
        return _of_role(principal)
    return IdentityPolicies()


def _of_user(principal: Principal) -> IdentityPolicies:
    user = User.objects.select_related("boundary").filter(unique_id=principal.id).first()
    if user is None:
        return IdentityPolicies()
    groups = list(user.groups.all())
    managed = Policy.objects.filter(users=user) | Policy.objects.filter(groups__in=groups)
    inline = InlinePolicy.objects.filter(user=user) | InlinePolicy.objects.filter(group__in=groups)
    return _collected(managed, inline, user.boundary)


def _of_role(principal: Principal) -> IdentityPolicies:
    role_id = principal.id.partition(":")[0]  # a session's id is ROLE-ID:SESSION-NAME
    role = Role.objects.select_related("boundary").filter(unique_id=role_id).first()
    if role is None:
        return IdentityPolicies()
    return _collected(role.policies.all(), role.inline.all(), role.boundary)


def _collected(
    managed: QuerySet[Policy],
    inline: QuerySet[InlinePolicy],
    boundary: Policy | None,
) -> IdentityPolicies:
    attached = [AttachedPolicy(policy.arn, policy.document) for policy in managed.distinct()]
    owned = inline.select_related("user", "group", "role")
    attached += [AttachedPolicy(_inline_name(policy), policy.document) for policy in owned]
    bound = AttachedPolicy(boundary.arn, boundary.document) if boundary else None
    return IdentityPolicies(tuple(attached), bound)


def _inline_name(policy: InlinePolicy) -> str:
    owner = policy.user or policy.group or policy.role
    return f"{owner}/{policy.name}"
