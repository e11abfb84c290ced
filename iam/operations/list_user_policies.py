"""iam:ListUserPolicies: the names of a user's inline policies."""

from collections.abc import Iterable

from iam import users
from service.operation import Call, Check, Operation
from service.value import value


@value
class ListUserPoliciesInput:
    user_name: str
    marker: str | None = None
    max_items: int | None = None


@value
class ListUserPoliciesOutput:
    policy_names: tuple[str, ...]
    is_truncated: bool
    marker: str | None = None


class ListUserPolicies(Operation[ListUserPoliciesInput, ListUserPoliciesOutput]):
    name = "iam:ListUserPolicies"

    def checks(self, call: Call, given: ListUserPoliciesInput) -> Iterable[Check]:
        yield Check(self.name, users.named(call, given.user_name).resource)

    def run(self, call: Call, given: ListUserPoliciesInput) -> ListUserPoliciesOutput:
        user = users.named(call, given.user_name).found
        names = list(user.inline.values_list("name", flat=True))
        page = users.page(names, str, given.marker, given.max_items)
        return ListUserPoliciesOutput(page.items, page.is_truncated, page.marker)
