"""SecretIds: a name, an ARN, or an ARN without its last six characters.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
"""

import re
import secrets
import string

from secrets_app.models import MOST_NAME, SUFFIX_LENGTH, arn_of
from service.arns import Arn
from service.caller import Caller
from service.errors import ValidationFailed
from service.value import value

SERVICE = "secretsmanager"
RESOURCE = "secret:"
ANY_SUFFIX = "-??????"  # in the ARN of a name that nothing has: policies match it as a suffix
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]+", re.ASCII)
_WHOLE = re.compile(rf"(.+)-([A-Za-z0-9]{{{SUFFIX_LENGTH}}})", re.ASCII)
_SUFFIX_LETTERS = string.ascii_letters + string.digits


@value
class SecretId:
    """What a request calls a secret. `arn`: as it was written, empty if it is a name.

    An ARN may be whole or partial: `name` is all that stands after "secret:".
    """

    account: str
    region: str
    name: str
    arn: str = ""

    @property
    def parts(self) -> tuple[str, str] | None:
        """Name and suffix of what may be a whole ARN; None if it can only be a partial one."""
        whole = _WHOLE.fullmatch(self.name) if self.arn else None
        return (whole[1], whole[2]) if whole else None

    @property
    def missing_arn(self) -> str:
        """What policies match where there is no such secret."""
        return self.arn or arn_of(self.account, self.region, self.name + ANY_SUFFIX)


def parse(caller: Caller, text: str) -> SecretId:
    """Raises ValidationFailed for what cannot name a secret."""
    if not text.startswith("arn:"):
        require_sound(text)
        return SecretId(caller.account, caller.region, text)
    try:
        arn = Arn.parse(text)
    except ValueError:
        raise _invalid() from None
    if arn.service != SERVICE or not arn.resource.startswith(RESOURCE):
        raise _invalid()
    name = arn.resource.removeprefix(RESOURCE)
    require_sound(name)
    return SecretId(arn.account, arn.region, name, text)


def require_sound(name: str) -> None:
    """Raise ValidationFailed for a name that no secret can have."""
    if len(name) > MOST_NAME + 1 + SUFFIX_LENGTH or not _NAME.fullmatch(name):
        raise _invalid()


def require_new(name: str) -> None:
    """The same for the name of a secret that is to be made."""
    require_sound(name)
    if len(name) > MOST_NAME:
        raise _invalid()


def new_suffix() -> str:
    """Six characters that nobody foresees: who could use a deleted secret cannot use the next."""
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(SUFFIX_LENGTH))


def _invalid() -> ValidationFailed:
    return ValidationFailed(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
        "following: -/_+=.@!"
    )
