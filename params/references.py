"""Secrets read as parameters: /aws/reference/secretsmanager/NAME is the value of a secret.

Secrets Manager is asked on the caller's behalf: who may not read the secret there is refused.

https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
"""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import orjson

from params import lookup
from params.errors import ParameterNotFound
from params.models import Type
from params.names import arn_of
from params.secure import VIA
from params.shapes import Parameter
from secrets_app.errors import ResourceNotFound
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.shapes import SecretValue
from service.call import call
from service.caller import Caller
from service.errors import AccessDenied, ServiceError, ValidationFailed
from service.resource import Resource
from service.value import value

PREFIX = "/aws/reference/secretsmanager/"
_NAME = re.compile(r"[a-zA-Z0-9/_+=.@-]{1,512}", re.ASCII)
_FEWEST_OF_AN_ID = 32  # characters of a version's id; a staging label as long is rare


@value
class Reference:
    """`text` is the whole name with its selector, which is a version's id or a staging label."""

    text: str
    secret: str
    selector: str

    def resource(self, caller: Caller) -> Resource:
        """The parameter that it would be."""
        arn = arn_of(caller.account, caller.region, PREFIX + self.secret)
        return Resource(arn, caller.account, lookup.TYPE)


def is_one(text: str) -> bool:
    return text.strip(" ").startswith(PREFIX)


def of(text: str, decrypt: bool | None) -> Reference | None:
    """The reference that a name is; None if it is a parameter's. Raises ValidationFailed."""
    if not is_one(text):
        return None
    if not decrypt:
        raise ValidationFailed(
            "WithDecryption flag must be True for retrieving a Secret Manager secret."
        )
    text = text.strip(" ")
    secret, _, selector = text.removeprefix(PREFIX).partition(":")
    if not _NAME.fullmatch(secret):
        raise ValidationFailed("The name of the secret that is referenced is not valid.")
    return Reference(text, secret, selector)


def told(caller: Caller, reference: Reference) -> Parameter:
    """The secret as a parameter. Raises ParameterNotFound, AccessDenied, ValidationFailed."""
    found = _asked(caller, reference)
    return Parameter(
        name=reference.text,
        type=Type.SECURE_STRING,
        value=found.secret_string or _text(found.secret_binary),
        version=0,
        last_modified_date=found.created_date,
        arn=found.arn,
        source_result=_source(found),
    )


def _asked(caller: Caller, reference: Reference) -> SecretValue:
    given = {"SecretId": reference.secret}
    if reference.selector:
        is_id = len(reference.selector) >= _FEWEST_OF_AN_ID
        given["VersionId" if is_id else "VersionStage"] = reference.selector
    try:
        found: SecretValue = call(caller.through(VIA), GetSecretValue, given)
    except AccessDenied:
        raise
    except ResourceNotFound:
        raise ParameterNotFound(
            "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret "
            f"{reference.text} not found."
        ) from None
    except ServiceError as error:
        if error.status >= 500:
            raise
        raise ValidationFailed(
            f"An error occurred ({error.code}) when referencing Secrets Manager: {error.message}"
        ) from None
    return found


def _source(found: SecretValue) -> str:
    """GetSecretValue's answer, in the form in which AWS's Parameter Store quotes it."""
    members: dict[str, Any] = {
        "ARN": found.arn,
        "name": found.name,
        "versionId": found.version_id,
        "secretString": found.secret_string,
        "secretBinary": _text(found.secret_binary) or None,
        "versionStages": found.version_stages,
        "createdDate": _java(found.created_date),
    }
    return orjson.dumps({name: told for name, told in members.items() if told is not None}).decode()


def _text(binary: bytes | None) -> str:
    return base64.b64encode(binary or b"").decode()


def _java(time: datetime) -> str:
    """As Java writes it: "Oct 14, 2021, 10:18:47 AM"."""
    told = time.astimezone(UTC)
    return f"{told:%b} {told.day}, {told.year}, {told.hour % 12 or 12}:{told:%M:%S %p}"
