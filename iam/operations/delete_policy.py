"""iam:DeletePolicy."""

from iam import managed
from iam.errors import DeleteConflict
from iam.on_policies import NamesPolicy, PolicyOperation
from iam.shapes import Nothing
from service.operation import Call


class DeletePolicy(PolicyOperation[NamesPolicy, Nothing]):
    """Deletes a managed policy that counts for nobody and has no version but its default one."""

    name = "iam:DeletePolicy"
    mutates = True

    def run(self, call: Call, given: NamesPolicy) -> Nothing:
        policy = managed.own(call, given.policy_arn)
        owners = (policy.users, policy.groups, policy.roles)
        if any(each.exists() for each in (*owners, policy.bounded_users, policy.bounded_roles)):
            raise DeleteConflict("Cannot delete a policy attached to entities.")
        if policy.other_versions.exists():
            raise DeleteConflict(
                "This policy has more than one version. Before you delete a policy, you must "
                "delete the policy's versions. The default version is deleted with the policy."
            )
        policy.delete()
        return Nothing()
