"""iam:GetPolicy."""

from iam import managed, shapes
from iam.on_policies import NamesPolicy, PolicyOperation
from iam.shapes import ManagedPolicy
from service.operation import Call
from service.value import value


@value
class GetPolicyOutput:
    policy: ManagedPolicy


class GetPolicy(PolicyOperation[NamesPolicy, GetPolicyOutput]):
    """Tells of a managed policy; its document is told by its versions."""

    name = "iam:GetPolicy"

    def run(self, call: Call, given: NamesPolicy) -> GetPolicyOutput:
        policy = managed.named(call, given.policy_arn).found
        return GetPolicyOutput(shapes.policy_of(policy, call.caller.account))
