"""iam:SetDefaultPolicyVersion."""

from iam import managed, versions
from iam.on_policies import NamesVersion, PolicyOperation
from iam.shapes import Nothing
from service.operation import Call


class SetDefaultPolicyVersion(PolicyOperation[NamesVersion, Nothing]):
    """Has another version of a managed policy decide."""

    name = "iam:SetDefaultPolicyVersion"
    mutates = True

    def run(self, call: Call, given: NamesVersion) -> Nothing:
        policy = managed.own(call, given.policy_arn)
        versions.make_default(policy, versions.find(policy, given.version_id))
        return Nothing()
