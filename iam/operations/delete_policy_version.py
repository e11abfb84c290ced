"""iam:DeletePolicyVersion."""

from iam import managed, versions
from iam.on_policies import NamesVersion, PolicyOperation
from iam.shapes import Nothing
from service.operation import Call


class DeletePolicyVersion(PolicyOperation[NamesVersion, Nothing]):
    """Deletes a version of a managed policy that is not its default one."""

    name = "iam:DeletePolicyVersion"
    mutates = True

    def run(self, call: Call, given: NamesVersion) -> Nothing:
        policy = managed.own(call, given.policy_arn)
        versions.remove(policy, versions.find(policy, given.version_id))
        return Nothing()
