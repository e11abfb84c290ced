"""iam:GetPolicyVersion."""

from iam import managed, versions
from iam.on_policies import NamesVersion, PolicyOperation
from iam.shapes import PolicyVersion
from service.operation import Call
from service.value import value


@value
class GetPolicyVersionOutput:
    policy_version: PolicyVersion


class GetPolicyVersion(PolicyOperation[NamesVersion, GetPolicyVersionOutput]):
    """Tells a version of a managed policy, with its document."""

    name = "iam:GetPolicyVersion"

    def run(self, call: Call, given: NamesVersion) -> GetPolicyVersionOutput:
        policy = managed.named(call, given.policy_arn).found
        version = versions.find(policy, given.version_id)
        return GetPolicyVersionOutput(versions.shape_of(policy, version))
