"""ssm:GetResourcePolicies."""

from params import sharing
from params.errors import TOKEN, InvalidNextToken, ResourcePolicyInvalidParameter
from params.on_resource_policies import ResourcePolicyOperation
from params.paging import Asked, Page
from service.operation import Call
from service.value import value

MOST = 50


@value
class GetResourcePoliciesInput:
    resource_arn: str
    next_token: str | None = None
    max_results: int = MOST


@value
class GetResourcePoliciesResponseEntry:
    policy_id: str
    policy_hash: str
    policy: str


@value
class GetResourcePoliciesOutput:
    policies: tuple[GetResourcePoliciesResponseEntry, ...]
    next_token: str | None = None


class GetResourcePolicies(
    ResourcePolicyOperation[GetResourcePoliciesInput, GetResourcePoliciesOutput]
):
    """Tells the policies of a parameter, in the order in which they were made."""

    name = "ssm:GetResourcePolicies"

    def run(self, call: Call, given: GetResourcePoliciesInput) -> GetResourcePoliciesOutput:
        row = self.row(call, given)
        asked = Asked(call.caller, self.name, row.pk)
        rows = row.resource_policies.filter(pk__gt=_after(asked, given.next_token))
        found = list(rows.order_by("pk")[: given.max_results + 1])
        shown = found[: given.max_results]
        told = tuple(
            GetResourcePoliciesResponseEntry(
                each.policy_id, sharing.hash_of(each.document), each.document
            )
            for each in shown
        )
        page = Page(told, shown[-1].pk if len(found) > len(shown) else None)
        return GetResourcePoliciesOutput(told, asked.token(page))


def _after(asked: Asked, token: str | None) -> int:
    try:
        return asked.after(token, int)
    except InvalidNextToken as error:
        raise ResourcePolicyInvalidParameter(error.message, TOKEN) from None
