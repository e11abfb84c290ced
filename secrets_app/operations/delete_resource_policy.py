"""secretsmanager:DeleteResourcePolicy."""

from secrets_app import policies
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.operations.put_resource_policy import PolicyOutput
from service.operation import Call
from service.value import value


@value
class DeleteResourcePolicyInput:
    secret_id: str
    policy_name: str | None = None


class DeleteResourcePolicy(SecretChange[DeleteResourcePolicyInput, PolicyOutput]):
    """Takes a secret's policy away; where there is none that is no error."""

    name = "secretsmanager:DeleteResourcePolicy"

    def change(self, call: Call, given: DeleteResourcePolicyInput, row: Secret) -> PolicyOutput:
        name = policies.require_default(given.policy_name)
        row.policy = ""
        row.save(update_fields=["policy"])
        return PolicyOutput(row.arn, row.name, name)
