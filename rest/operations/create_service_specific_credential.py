"""iam:CreateServiceSpecificCredential."""

from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta

from iam import entities
from iam.errors import LimitExceeded
from rest import tokens
from rest.models import ApiToken
from rest.operations.common import (
    SERVICE_NAME,
    Credential,
    ServiceNotSupported,
    credential_of,
)
from service.errors import AccessDenied, ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value

MOST_DAYS = 365
MOST_TOKENS = 50  # of one user


@value
class CreateServiceSpecificCredentialInput:
    user_name: str
    service_name: str
    credential_age_days: int | None = None


@value
class CreateServiceSpecificCredentialOutput:
    service_specific_credential: Credential = field(repr=False)


class CreateServiceSpecificCredential(
    Operation[CreateServiceSpecificCredentialInput, CreateServiceSpecificCredentialOutput]
):
    """Makes an API token for a user. Its secret is told this once.

    Stricter than AWS: every token expires, within a year, and no token makes another, so
    that one that leaked cannot renew itself.
    """

    name = "iam:CreateServiceSpecificCredential"
    mutates = True

    def checks(self, call: Call, given: CreateServiceSpecificCredentialInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(
        self, call: Call, given: CreateServiceSpecificCredentialInput
    ) -> CreateServiceSpecificCredentialOutput:
        days = _lifetime(given)
        if ApiToken.objects.filter(id=call.caller.access_key_id).exists():
            raise AccessDenied("An API token cannot make another; sign the request instead.")
        user = entities.user(call, given.user_name).found
        if user.api_tokens.count() >= MOST_TOKENS:
            raise LimitExceeded.of("ServiceSpecificCredentialsPerUser", MOST_TOKENS)
        token, secret = tokens.create(user, call.caller.time, timedelta(days=days))
        return CreateServiceSpecificCredentialOutput(credential_of(token, call.caller.time, secret))


def _lifetime(given: CreateServiceSpecificCredentialInput) -> int:
    if given.service_name != SERVICE_NAME:
        raise ServiceNotSupported(given.service_name)
    if given.credential_age_days is None or given.credential_age_days > MOST_DAYS:
        raise ValidationFailed(f"CredentialAgeDays is needed, and is at most {MOST_DAYS}.")
    return given.credential_age_days
