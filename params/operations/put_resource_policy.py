"""ssm:PutResourcePolicy."""

from collections.abc import Iterable

from params import sharing
from params.errors import HASH, ID, ResourcePolicyInvalidParameter
from params.models import Parameter, ResourcePolicy
from params.on_resource_policies import ResourcePolicyOperation, known
from service.ids import uuid4
from service.operation import Call, Check
from service.value import value


@value
class PutResourcePolicyInput:
    resource_arn: str
    policy: str
    policy_id: str | None = None
    policy_hash: str | None = None


@value
class PutResourcePolicyOutput:
    policy_id: str
    policy_hash: str


class PutResourcePolicy(ResourcePolicyOperation[PutResourcePolicyInput, PutResourcePolicyOutput]):
    """Gives a parameter one more policy; with a PolicyId and PolicyHash, replaces that one."""

    name = "ssm:PutResourcePolicy"
    mutates = True

    def checks(self, call: Call, given: PutResourcePolicyInput) -> Iterable[Check]:
        yield from super().checks(call, given)
        if (given.policy_id is None) != (given.policy_hash is None):
            raise ResourcePolicyInvalidParameter(
                "To update a policy, specify both PolicyId and PolicyHash.",
                HASH if given.policy_hash is None else ID,
            )

    def run(self, call: Call, given: PutResourcePolicyInput) -> PutResourcePolicyOutput:
        row = self.locked_row(call, given)
        sharing.require_shareable(row)
        sharing.require_sound(row, given.policy)
        policy = _policy(row, given)
        policy.document = given.policy
        policy.save()
        sharing.settle(row)
        return PutResourcePolicyOutput(policy.policy_id, sharing.hash_of(policy.document))


def _policy(row: Parameter, given: PutResourcePolicyInput) -> ResourcePolicy:
    """The one to write: a new one, or the one that is to be replaced."""
    if given.policy_id is not None and given.policy_hash is not None:
        return known(row, given.policy_id, given.policy_hash)
    sharing.require_room(row)
    return ResourcePolicy(parameter=row, policy_id=uuid4())
