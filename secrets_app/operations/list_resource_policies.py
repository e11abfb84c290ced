"""secretsmanager:ListResourcePolicies."""

from secrets_app.on_secrets import SecretOperation
from secrets_app.paging import Asked
from secrets_app.policies import POLICY_NAME
from service.operation import Call
from service.value import value


@value
class ListResourcePoliciesInput:
    secret_id: str
    max_results: int | None = None
    next_token: str | None = None


@value
class ResourcePolicySummary:
    policy_name: str


@value
class ListResourcePoliciesOutput:
    resource_policies: tuple[ResourcePolicySummary, ...]
    next_token: str | None = None


class ListResourcePolicies(SecretOperation[ListResourcePoliciesInput, ListResourcePoliciesOutput]):
    """Names a secret's policies, of which there is one at most: never another page."""

    name = "secretsmanager:ListResourcePolicies"

    def run(self, call: Call, given: ListResourcePoliciesInput) -> ListResourcePoliciesOutput:
        row = self.secret(call, given).row
        Asked(call.caller, self.name, row.pk).after(given.next_token, str)
        found = (ResourcePolicySummary(POLICY_NAME),) if row.policy else ()
        return ListResourcePoliciesOutput(found)
