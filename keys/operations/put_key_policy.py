"""kms:PutKeyPolicy."""

from collections.abc import Mapping, Sequence

from keys import conditions, policies
from keys.on_keys import OwnKeyOperation
from keys.policies import POLICY_NAME
from keys.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class PutKeyPolicyInput:
    key_id: str
    policy: str
    policy_name: str = POLICY_NAME
    bypass_policy_lockout_safety_check: bool = False


class PutKeyPolicy(OwnKeyOperation[PutKeyPolicyInput, Nothing]):
    """Replaces a key's policy."""

    name = "kms:PutKeyPolicy"
    mutates = True

    def conditions(self, given: PutKeyPolicyInput) -> Mapping[str, str | Sequence[str]]:
        bypass = given.bypass_policy_lockout_safety_check
        return {"kms:BypassPolicyLockoutSafetyCheck": conditions.truth(bypass)}

    def run(self, call: Call, given: PutKeyPolicyInput) -> Nothing:
        policies.require_default_name(given.policy_name)
        resource = self.key(call, given).resource
        bypass = given.bypass_policy_lockout_safety_check
        policies.require_sound(call.caller, resource, given.policy, bypass=bypass)
        key = self.locked_key(call, given)
        key.policy = given.policy
        key.save(update_fields=["policy"])
        return Nothing()
