"""ssm:DeleteResourcePolicy."""

from params import sharing
from params.on_resource_policies import ResourcePolicyOperation, known
from params.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class DeleteResourcePolicyInput:
    """AWS has `deletion_mode` for documents alone, and ignores it for parameters."""

    resource_arn: str
    policy_id: str
    policy_hash: str
    deletion_mode: str | None = None


class DeleteResourcePolicy(ResourcePolicyOperation[DeleteResourcePolicyInput, Nothing]):
    """Takes a policy off a parameter, which stops sharing with those whom it named."""

    name = "ssm:DeleteResourcePolicy"
    mutates = True

    def run(self, call: Call, given: DeleteResourcePolicyInput) -> Nothing:
        row = self.locked_row(call, given)
        known(row, given.policy_id, given.policy_hash).delete()
        sharing.settle(row)
        return Nothing()
