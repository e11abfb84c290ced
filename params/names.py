"""Parameters' names: what may be one, and what a request's text names.

https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
"""

import re

from params.errors import HierarchyLevelLimitExceeded
from params.models import MOST_NAME
from service.arns import Arn
from service.caller import Caller
from service.errors import AccessDenied, ValidationFailed
from service.regions import partition_of
from service.value import value

MOST_LEVELS = 15
SERVICE = "ssm"
RESOURCE = "parameter/"
_PARTS = re.compile(r"/?[a-zA-Z0-9_.-]+|(/[a-zA-Z0-9_.-]+)+", re.ASCII)
_PATH = re.compile(r"/|(/[a-zA-Z0-9_.-]+)+/?", re.ASCII)
_RESERVED = ("/aws", "/ssm")
_BEYOND = "\x7f"  # what names are made of comes before it

_FORM = (
    "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can "
    "be formed as a mix of letters, numbers and the following 3 symbols .-_"
)
_MALFORMED = f'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). {_FORM}'
_BAD_PATH = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
    'with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It '
    "must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ "
    "(underscore). Special characters are not allowed. All sub-paths, if specified, must use the "
    'forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)


@value
class Name:
    """What a request calls a parameter.

    text      as it was written, without a selector; the stored name is told where `by_arn`
    path      the name with a leading slash
    selector  ":3" or ":label", empty if there is none
    """

    account: str
    region: str
    text: str
    path: str
    selector: str = ""
    by_arn: bool = False

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.region, self.path)


def arn_of(account: str, region: str, path: str) -> str:
    """The ARN of a parameter, or of a path, by its name with a leading slash."""
    resource = f"parameter{path}"
    return str(Arn(partition_of(region), SERVICE, region, account, resource))


def path_of(name: str) -> str:
    return name if name.startswith("/") else f"/{name}"


def parent_of(path: str) -> str:
    """The path that a parameter lies in: "/" of `/p`, "/a" of `/a/p`."""
    return path[: path.rindex("/")] or "/"


def for_new(caller: Caller, given: str) -> Name:
    """The name of a parameter that is to be made or changed.

    Raises ValidationFailed, AccessDenied or HierarchyLevelLimitExceeded, worded as AWS's.
    """
    text = given.strip(" ")
    _require_free(text)
    if "/" in text and not text.startswith("/") and _PARTS.fullmatch(f"/{text}"):
        raise ValidationFailed("Parameter name must be a fully qualified name.")
    if len(text) > 1 and text.endswith("/"):
        raise ValidationFailed("Parameter name must not end with slash.")
    if not _PARTS.fullmatch(text):
        raise ValidationFailed(_MALFORMED)
    name = Name(caller.account, caller.region, text, path_of(text))
    if name.path.count("/") > MOST_LEVELS:
        raise HierarchyLevelLimitExceeded(
            f"A hierarchy can have a maximum of {MOST_LEVELS} levels. The parameter name has "
            f"{name.path.count('/')}."
        )
    if len(name.arn) > MOST_NAME:
        raise ValidationFailed(
            f"The parameter name is too long: with the ARN before it, it can have {MOST_NAME} "
            "characters at most."
        )
    return name


def for_existing(caller: Caller, given: str) -> Name:
    """The name of a parameter that is there or not. Raises ValidationFailed."""
    text = given.strip(" ")
    if not _PARTS.fullmatch(text) or _is_ssm(text):
        raise ValidationFailed(_MALFORMED)
    return Name(caller.account, caller.region, text, path_of(text))


def for_reading(caller: Caller, given: str, *, selectors: bool) -> Name:
    """As `for_existing`, also by ARN, and by version or label where the operation may."""
    text = given.strip(" ")
    account, region, by_arn = caller.account, caller.region, text.startswith("arn:")
    if by_arn:
        account, text = _of_arn(caller, text)
    name, colon, selector = text.partition(":") if selectors else (text, "", "")
    if not _PARTS.fullmatch(name) or _is_ssm(name):
        raise ValidationFailed(_MALFORMED)
    return Name(account, region, name, path_of(name), colon + selector, by_arn)


def path(given: str) -> str:
    """A path to look below, without the slash that may end it. Raises ValidationFailed."""
    return asked_path(given).rstrip("/") or "/"


def asked_path(given: str) -> str:
    """The same with that slash: AWS has it in the ARN, so that `parameter/a/*` allows `/a/`."""
    text = given.strip(" ")
    if not _PATH.fullmatch(text) or _is_ssm(text):
        raise ValidationFailed(_BAD_PATH)
    return text


def filtered_path(given: str) -> str:
    """A path that a filter names. Raises ValidationFailed."""
    if given.lower().startswith(_RESERVED):
        raise ValidationFailed(
            'Filters for common parameters can\'t be prefixed with "aws" or "ssm" '
            "(case-insensitive). When using global parameters, please specify within a global "
            "namespace."
        )
    return path(given)


def below(path: str) -> tuple[str, str]:
    """The range of the paths of all parameters below `path`: from, and up to but without."""
    return beginning("/" if path == "/" else f"{path}/")


def beginning(prefix: str) -> tuple[str, str]:
    """The range of the paths that begin with `prefix`: no path has a character beyond it."""
    return prefix, prefix + _BEYOND


def _require_free(text: str) -> None:
    """Raise unless customers may have a parameter of that name."""
    lowered = path_of(text).lower()
    if not lowered.startswith(_RESERVED):
        return
    if text.count("/") <= 1:
        raise ValidationFailed(
            'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
        )
    if lowered.startswith("/aws"):
        raise AccessDenied(f"No access to reserved parameter name: {text}.")
    raise ValidationFailed(_MALFORMED)


def _is_ssm(text: str) -> bool:
    return path_of(text).lower().startswith("/ssm")


def _of_arn(caller: Caller, text: str) -> tuple[str, str]:
    """The account, and the name with a leading slash. Raises ValidationFailed."""
    try:
        arn = Arn.parse(text)
    except ValueError:
        raise ValidationFailed(_MALFORMED) from None
    here = (caller.partition, SERVICE, caller.region)
    if (arn.partition, arn.service, arn.region) != here or not arn.resource.startswith(RESOURCE):
        raise ValidationFailed(f"Invalid parameter ARN: {text}")
    return arn.account, arn.resource.removeprefix(RESOURCE[:-1])
