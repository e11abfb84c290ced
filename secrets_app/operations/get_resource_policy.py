"""secretsmanager:GetResourcePolicy."""

from dataclasses import field

from secrets_app import policies
from secrets_app.on_secrets import SecretOperation
from service.operation import Call
from service.value import value


@value
class GetResourcePolicyInput:
    secret_id: str
    policy_name: str | None = None


@value
class GetResourcePolicyOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    policy_name: str
    resource_policy: str | None = None


class GetResourcePolicy(SecretOperation[GetResourcePolicyInput, GetResourcePolicyOutput]):
    """Tells a secret's policy as it was given; without one, only the secret."""

    name = "secretsmanager:GetResourcePolicy"

    def run(self, call: Call, given: GetResourcePolicyInput) -> GetResourcePolicyOutput:
        secret = self.secret(call, given)
        name = policies.require_known(given.policy_name)
        row = secret.row
        return GetResourcePolicyOutput(secret.arn, row.name, name, row.policy or None)
