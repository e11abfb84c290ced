"""iam:ListPolicies."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from iam import entities, managed, paging, shapes
from iam.models import Policy
from iam.shapes import ManagedPolicy
from service.operation import Call, Check, Operation
from service.value import value

# how a policy may be used, as the model calls it: to whom it counts then
USES = {
    "PermissionsPolicy": ("users", "groups", "roles"),
    "PermissionsBoundary": ("bounded_users", "bounded_roles"),
}


@value
class ListPoliciesInput:
    scope: str = "All"
    only_attached: bool = False
    path_prefix: str = "/"
    policy_usage_filter: str | None = None
    marker: str | None = None
    max_items: int | None = None


@value
class ListPoliciesOutput:
    policies: tuple[ManagedPolicy, ...]
    is_truncated: bool
    marker: str | None = None


class ListPolicies(Operation[ListPoliciesInput, ListPoliciesOutput]):
    """The account's managed policies and AWS's own, by name."""

    name = "iam:ListPolicies"

    def checks(self, call: Call, given: ListPoliciesInput) -> Iterable[Check]:
        yield Check(self.name, entities.below(call, Policy, given.path_prefix))

    def run(self, call: Call, given: ListPoliciesInput) -> ListPoliciesOutput:
        account = call.caller.account
        page = paging.page(_found(account, given), managed.place, given.marker, given.max_items)
        policies = tuple(shapes.policy_of(row, account, listed=True) for row in page.items)
        return ListPoliciesOutput(policies, page.is_truncated, page.marker)


def _found(account: str, given: ListPoliciesInput) -> QuerySet[Policy]:
    own, awss = Q(account_id=account), Q(account_id=None)
    scope = {"All": own | awss, "AWS": awss, "Local": own}[given.scope]
    found = Policy.objects.filter(scope, path__startswith=given.path_prefix)
    if given.only_attached:
        found = found.filter(_used_as("PermissionsPolicy", account))
    if given.policy_usage_filter:
        found = found.filter(_used_as(given.policy_usage_filter, account))
    return found.distinct()


def _used_as(use: str, account: str) -> Q:
    return Q.create([(f"{whom}__account_id", account) for whom in USES[use]], connector=Q.OR)
