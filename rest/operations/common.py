"""What the operations on API tokens have in common."""

from dataclasses import field
from datetime import datetime

from iam.models import User
from rest.models import ApiToken
from service.caller import PrincipalKind
from service.errors import ServiceError, ValidationFailed
from service.operation import Call
from service.resource import Resource
from service.value import value

SERVICE_NAME = "execute-api.amazonaws.com"  # as SigV4 calls the service behind a REST door


class NoSuchEntity(ServiceError):
    code = "NoSuchEntityException"
    status = 404


class ServiceNotSupported(ServiceError):
    code = "NotSupportedService"
    status = 404

    def __init__(self, service: str) -> None:
        super().__init__(f"The service {service} does not support service-specific credentials.")


class TooManyTokens(ServiceError):
    code = "LimitExceededException"
    status = 409


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


def named_user(call: Call, name: str) -> str:
    """`name`, or the name of the user who calls where none is given."""
    principal = call.caller.principal
    if not name and principal.kind is not PrincipalKind.USER:
        raise ValidationFailed("Must specify userName when calling with non-User credentials")
    return name or principal.name


def find_user(call: Call, name: str) -> User:
    """The user `name` of the caller's account, loaded once for each call."""
    found = call.once(
        ("user", name),
        lambda: User.objects.filter(account=call.caller.account, name=name).first(),
    )
    if found is None:
        raise _no_such_user(name)
    return found


def locked_user(call: Call, name: str) -> User:
    """The user, who neither goes nor gets another token before this call's transaction ends."""
    user = User.objects.select_for_update().filter(pk=find_user(call, name).pk).first()
    if user is None:
        raise _no_such_user(name)
    return user


def _no_such_user(name: str) -> NoSuchEntity:
    return NoSuchEntity(f"The user with name {name} cannot be found.")


def user_resource(call: Call, name: str) -> Resource:
    """The user as what an action is done to, also where there is none."""
    account = call.caller.account
    try:
        user = find_user(call, name)
    except NoSuchEntity as missing:
        arn = f"arn:aws:iam::{account}:user/{name}"
        return Resource(arn, account, "AWS::IAM::User", missing=missing)
    return Resource(user.arn, account, "AWS::IAM::User", tags=user.tags)
