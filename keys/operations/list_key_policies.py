"""kms:ListKeyPolicies."""

from keys.on_keys import OwnKeyOperation
from keys.policies import POLICY_NAME
from service.operation import Call
from service.value import value


@value
class ListKeyPoliciesInput:
    key_id: str
    limit: int | None = None
    marker: str | None = None


@value
class ListKeyPoliciesOutput:
    policy_names: tuple[str, ...]
    truncated: bool


class ListKeyPolicies(OwnKeyOperation[ListKeyPoliciesInput, ListKeyPoliciesOutput]):
    """Lists the one policy that a key has."""

    name = "kms:ListKeyPolicies"

    def run(self, call: Call, given: ListKeyPoliciesInput) -> ListKeyPoliciesOutput:
        self.key(call, given)
        return ListKeyPoliciesOutput((POLICY_NAME,), truncated=False)
