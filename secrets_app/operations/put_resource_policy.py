"""secretsmanager:PutResourcePolicy."""

from dataclasses import field

from secrets_app import conditions, policies
from secrets_app.conditions import Conditions
from secrets_app.errors import PublicPolicy
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from service.operation import Call
from service.value import value


@value
class PutResourcePolicyInput:
    secret_id: str
    resource_policy: str
    policy_name: str | None = None
    block_public_policy: bool | None = None


@value
class PolicyOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    policy_name: str


class PutResourcePolicy(SecretChange[PutResourcePolicyInput, PolicyOutput]):
    """Gives a secret its policy, in place of the one that it has."""

    name = "secretsmanager:PutResourcePolicy"

    def conditions(self, given: PutResourcePolicyInput) -> Conditions:
        return conditions.given(BlockPublicPolicy=bool(given.block_public_policy))

    def change(self, call: Call, given: PutResourcePolicyInput, row: Secret) -> PolicyOutput:
        name = policies.require_default(given.policy_name)
        everybody = policies.public_statements(given.resource_policy)
        if given.block_public_policy and everybody:
            raise PublicPolicy
        row.policy = given.resource_policy
        row.save(update_fields=["policy"])
        return PolicyOutput(row.arn, row.name, name)
