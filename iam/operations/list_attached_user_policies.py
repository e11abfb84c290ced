"""iam:ListAttachedUserPolicies: the managed policies that are attached to a user itself."""

from collections.abc import Iterable

from iam import users
from service.operation import Call, Check, Operation
from service.value import value


@value
class ListAttachedUserPoliciesInput:
    user_name: str
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int | None = None


@value
class AttachedPolicy:
    policy_name: str
    policy_arn: str


@value
class ListAttachedUserPoliciesOutput:
    attached_policies: tuple[AttachedPolicy, ...]
    is_truncated: bool
    marker: str | None = None


class ListAttachedUserPolicies(
    Operation[ListAttachedUserPoliciesInput, ListAttachedUserPoliciesOutput]
):
    name = "iam:ListAttachedUserPolicies"

    def checks(self, call: Call, given: ListAttachedUserPoliciesInput) -> Iterable[Check]:
        yield Check(self.name, users.named(call, given.user_name).resource)

    def run(
        self, call: Call, given: ListAttachedUserPoliciesInput
    ) -> ListAttachedUserPoliciesOutput:
        user = users.named(call, given.user_name).found
        attached = user.policies.filter(path__startswith=given.path_prefix)
        page = users.page(list(attached), lambda policy: policy.arn, given.marker, given.max_items)
        policies = tuple(AttachedPolicy(policy.name, policy.arn) for policy in page.items)
        return ListAttachedUserPoliciesOutput(policies, page.is_truncated, page.marker)
