"""iam:UpdateAssumeRolePolicy."""

from iam import documents
from iam.on_entities import EntityOperation, OfRole
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class UpdateAssumeRolePolicyInput(OfRole):
    policy_document: str


class UpdateAssumeRolePolicy(EntityOperation[UpdateAssumeRolePolicyInput, Nothing]):
    """Replaces the trust policy that says who may take a role."""

    name = "iam:UpdateAssumeRolePolicy"
    mutates = True

    def run(self, call: Call, given: UpdateAssumeRolePolicyInput) -> Nothing:
        role = self.changeable(call, given)
        documents.require_trust(given.policy_document)
        role.trust_policy = given.policy_document
        role.save(update_fields=["trust_policy"])
        return Nothing()
