"""What the operations on API tokens have in common."""

from dataclasses import field
from datetime import datetime

from rest.models import ApiToken
from service.errors import ServiceError
from service.value import value

SERVICE_NAME = "execute-api.amazonaws.com"  # as SigV4 calls the service behind a REST door


class ServiceNotSupported(ServiceError):
    code = "NotSupportedService"
    status = 404

    def __init__(self, service: str) -> None:
        super().__init__(f"The service {service} does not support service-specific credentials.")


@value
class Credential:
    """AWS's ServiceSpecificCredential; the secret is there only when it has just been made.

    `last_used_date`, to the minute, is an addition of our own.
    """

    service_specific_credential_id: str
    user_name: str
    service_name: str
    status: str
    create_date: datetime
    expiration_date: datetime
    last_used_date: datetime | None = None
    service_credential_secret: str | None = field(default=None, repr=False)


def credential_of(token: ApiToken, now: datetime, secret: str | None = None) -> Credential:
    return Credential(
        service_specific_credential_id=token.id,
        user_name=token.user.name,
        service_name=SERVICE_NAME,
        status="Active" if token.expires > now else "Expired",
        create_date=token.created,
        expiration_date=token.expires,
        last_used_date=token.last_used,
        service_credential_secret=secret,
    )
