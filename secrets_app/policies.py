"""Resource policies of secrets: what one must be, and what it comes to."""

from iam.authorize import decision_for
from iam.errors import MalformedPolicyDocument
from iam.policy.document import Policy, PolicyKind
from secrets_app import public
from secrets_app.errors import InvalidParameter, ResourceNotFound
from service.caller import Caller
from service.operation import Check
from service.resource import Resource

POLICY_NAME = "default"


def parsed(text: str) -> Policy:
    """Raises MalformedPolicyDocument."""
    try:
        return Policy.parse(text, PolicyKind.RESOURCE)
    except MalformedPolicyDocument as error:
        if " has a Principal that " in error.message:
            raise MalformedPolicyDocument(
                f"This resource policy contains an unsupported principal. {error.message}"
            ) from None
        raise


def public_statements(text: str) -> list[str]:
    """The names of those that let everybody in. Raises MalformedPolicyDocument."""
    return public.public_statements(text, parsed(text))


def locks_out(caller: Caller, resource: Resource, text: str) -> bool:
    """Whether the policy would keep the caller from changing it again."""
    check = Check("secretsmanager:PutResourcePolicy", resource)
    return not decision_for(caller, check, parsed(text)).allowed


def require_default(name: str | None) -> str:
    """The name of the one policy that may be changed. Raises InvalidParameter for another."""
    if name not in (None, POLICY_NAME):
        raise InvalidParameter(
            f"You can only change the resource policy that is named {POLICY_NAME}."
        )
    return POLICY_NAME


def require_known(name: str | None) -> str:
    """The name of the policy that a secret has. Raises ResourceNotFound for another."""
    if name not in (None, POLICY_NAME):
        raise ResourceNotFound(f"Secrets Manager can't find a resource policy named {name}.")
    return POLICY_NAME
