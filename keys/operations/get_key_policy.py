"""kms:GetKeyPolicy."""

from keys import policies
from keys.on_keys import OwnKeyOperation
from keys.policies import POLICY_NAME
from service.operation import Call
from service.value import value


@value
class GetKeyPolicyInput:
    key_id: str
    policy_name: str = POLICY_NAME


@value
class GetKeyPolicyOutput:
    policy: str
    policy_name: str


class GetKeyPolicy(OwnKeyOperation[GetKeyPolicyInput, GetKeyPolicyOutput]):
    """Tells a key's policy, as it was given."""

    name = "kms:GetKeyPolicy"

    def run(self, call: Call, given: GetKeyPolicyInput) -> GetKeyPolicyOutput:
        policies.require_default_name(given.policy_name)
        return GetKeyPolicyOutput(self.key(call, given).row.policy, POLICY_NAME)
