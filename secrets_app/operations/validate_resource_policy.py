"""secretsmanager:ValidateResourcePolicy."""

from collections.abc import Iterable, Iterator

from secrets_app import errors, lookup, policies
from secrets_app.on_secrets import check
from service.operation import Call, Check, Operation
from service.value import value


@value
class ValidateResourcePolicyInput:
    resource_policy: str
    secret_id: str | None = None


@value
class ValidationErrorsEntry:
    check_name: str
    error_message: str


@value
class ValidateResourcePolicyOutput:
    policy_validation_passed: bool
    validation_errors: tuple[ValidationErrorsEntry, ...]


class ValidateResourcePolicy(Operation[ValidateResourcePolicyInput, ValidateResourcePolicyOutput]):
    """Tells what is wrong with a policy before it is given to a secret.

    What cannot be read is MalformedPolicyDocumentException; else each finding is told.
    """

    name = "secretsmanager:ValidateResourcePolicy"

    def checks(self, call: Call, given: ValidateResourcePolicyInput) -> Iterable[Check]:
        for action in (self.name, "secretsmanager:PutResourcePolicy"):
            if given.secret_id is None:
                yield Check(action)
            else:
                yield check(call, action, lookup.named(call, given.secret_id))

    def run(self, call: Call, given: ValidateResourcePolicyInput) -> ValidateResourcePolicyOutput:
        found = tuple(_findings(call, given))
        return ValidateResourcePolicyOutput(not found, found)


def _findings(call: Call, given: ValidateResourcePolicyInput) -> Iterator[ValidationErrorsEntry]:
    text = given.resource_policy
    for name in policies.public_statements(text):
        yield ValidationErrorsEntry(
            "PublicPolicy",
            f"The policy allows broad access to the secret: {name} allows every principal. Name "
            "principals, or add conditions that narrow it down.",
        )
    if given.secret_id is None:
        return
    secret = lookup.named(call, given.secret_id).found
    if secret.row.deletion_date is not None:
        raise errors.marked_for_deletion()
    if policies.locks_out(call.caller, secret.resource, text):
        yield ValidationErrorsEntry(
            "Lockout", "The policy would keep you from changing the secret's policy again."
        )
