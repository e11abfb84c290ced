"""iam:ListEntitiesForPolicy."""

from typing import Any

from iam import managed, paging
from iam.models import Policy
from iam.on_policies import PolicyOperation
from service.operation import Call
from service.value import value

BOUNDARY = "PermissionsBoundary"


@value
class ListEntitiesForPolicyInput:
    policy_arn: str
    entity_filter: str | None = None
    path_prefix: str = "/"
    policy_usage_filter: str | None = None
    marker: str | None = None
    max_items: int | None = None


@value
class PolicyGroup:
    group_name: str
    group_id: str


@value
class PolicyUser:
    user_name: str
    user_id: str


@value
class PolicyRole:
    role_name: str
    role_id: str


@value
class ListEntitiesForPolicyOutput:
    policy_groups: tuple[PolicyGroup, ...]
    policy_users: tuple[PolicyUser, ...]
    policy_roles: tuple[PolicyRole, ...]
    is_truncated: bool
    marker: str | None = None


class ListEntitiesForPolicy(
    PolicyOperation[ListEntitiesForPolicyInput, ListEntitiesForPolicyOutput]
):
    """To whom of the account a managed policy is attached, and whom it bounds."""

    name = "iam:ListEntitiesForPolicy"

    def run(self, call: Call, given: ListEntitiesForPolicyInput) -> ListEntitiesForPolicyOutput:
        policy = managed.named(call, given.policy_arn).found
        found = [row for row in _rows(policy, given) if row.account_id == call.caller.account]
        page = paging.page(found, _place, given.marker, given.max_items)
        of = {kind: [row for row in page.items if row.arn_type == kind] for kind in KINDS}
        return ListEntitiesForPolicyOutput(
            tuple(PolicyGroup(row.name, row.unique_id) for row in of["group"]),
            tuple(PolicyUser(row.name, row.unique_id) for row in of["user"]),
            tuple(PolicyRole(row.name, row.unique_id) for row in of["role"]),
            page.is_truncated,
            page.marker,
        )


KINDS = {"group": "Group", "user": "User", "role": "Role"}  # and what EntityFilter calls each


def _rows(policy: Policy, given: ListEntitiesForPolicyInput) -> set[Any]:
    """Each once, though it may be attached and bound."""
    found: set[Any] = set()
    if given.policy_usage_filter != BOUNDARY:
        found.update(policy.groups.all(), policy.users.all(), policy.roles.all())
    if given.policy_usage_filter in (None, BOUNDARY):
        found.update(policy.bounded_users.all(), policy.bounded_roles.all())
    return {
        row
        for row in found
        if row.path.startswith(given.path_prefix)
        and given.entity_filter in (None, KINDS[row.arn_type])
    }


def _place(row: Any) -> str:
    return f"{row.arn_type} {row.name}"
