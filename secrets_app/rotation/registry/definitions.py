"""From what is given of a function to its row."""

import json
from collections.abc import Mapping

from iam.access_keys import new_secret
from iam.models import Role, unique_id
from secrets_app.rotation import functions
from secrets_app.rotation.models import Kind, RotationFunction
from secrets_app.rotation.registry import code, urls
from secrets_app.rotation.registry.shapes import Credential, Definition
from secrets_app.rotation.templates import TEMPLATES
from service.errors import ValidationFailed

MOST_ENVIRONMENT = 4096  # bytes of all names and values, as Lambda's
# what a function finds set; as on Lambda, its own environment has no part in these
RESERVED = frozenset(
    {
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
_RESERVED_BEGINNING = "AWS_LAMBDA_"
_DECIDES: Mapping[str, Kind] = {
    "template_name": Kind.BUILT_IN,
    "zip_file": Kind.PYTHON,
    "url": Kind.ENDPOINT,
}
_OF_PYTHON = ("zip_file", "handler", "interpreter")
_OF_ENDPOINTS = ("url", "access_key_id", "secret_access_key")
_FOREIGN: Mapping[Kind, tuple[str, ...]] = {
    Kind.BUILT_IN: (*_OF_PYTHON, *_OF_ENDPOINTS),
    Kind.PYTHON: ("template_name", *_OF_ENDPOINTS),
    Kind.ENDPOINT: ("template_name", *_OF_PYTHON, "role_name", "environment"),
}


def kind_of(given: Definition) -> Kind:
    """Raises ValidationFailed unless it is one of the three."""
    found = [kind for member, kind in _DECIDES.items() if getattr(given, member) is not None]
    if len(found) != 1:
        raise ValidationFailed("Give one of the three: TemplateName, ZipFile or Url.")
    return found[0]


def apply(row: RotationFunction, given: Definition, role: Role | None, *, new_key: bool) -> None:
    """Set the row's columns to what is given; others stay. Raises ValidationFailed."""
    _require_own(Kind(row.kind), given, new_key=new_key)
    if given.timeout is not None:
        row.timeout = given.timeout
    if given.description is not None:
        row.description = given.description
    row.role = role or row.role
    row.has_own_role = row.has_own_role or role is not None
    if given.environment is not None:
        row.environment = _environment(row, given.environment)
    match row.kind:
        case Kind.BUILT_IN:
            row.template = _template(given.template_name or row.template)
        case Kind.PYTHON:
            _apply_code(row, given)


def credential(row: RotationFunction, given: Definition, *, new_key: bool) -> Credential | None:
    """Give an endpoint's row its URL and key; the key, if it was made here.

    Raises ValidationFailed.
    """
    if row.kind != Kind.ENDPOINT:
        return None
    if (given.access_key_id is None) != (given.secret_access_key is None):
        raise ValidationFailed("AccessKeyId and SecretAccessKey belong together.")
    secret, made = given.secret_access_key, None
    if secret is None and (new_key or row.key is None):
        made = Credential(unique_id("FUNC"), new_secret())
        secret = made.secret_access_key
    sealed_for = secret.encode() if secret else functions.open_sealed(row, "key")
    row.key_id = made.access_key_id if made else given.access_key_id or row.key_id
    row.url = urls.required(given.url or row.url)
    row.key = functions.seal(row, "key", sealed_for)
    return made


def _apply_code(row: RotationFunction, given: Definition) -> None:
    """Code is sealed with how it is run: what changes one of them seals it anew."""
    found = given.zip_file if given.zip_file is not None else functions.open_sealed(row, "code")
    row.handler = given.handler or row.handler
    row.python = given.interpreter if given.interpreter is not None else row.python
    if not row.handler:
        raise ValidationFailed("A Python handler needs Handler: MODULE.FUNCTION.")
    if row.role is None:
        raise ValidationFailed("A Python handler needs RoleName: whom it acts as.")
    code.require_sound(found, row.handler)
    row.code = functions.seal(row, "code", found)


def _environment(row: RotationFunction, variables: Mapping[str, str]) -> bytes:
    for name in variables:
        if name in RESERVED or name.startswith(_RESERVED_BEGINNING):
            raise ValidationFailed(f"{name} is set for every function, and cannot be given.")
    if sum(len(f"{name}{text}".encode()) for name, text in variables.items()) > MOST_ENVIRONMENT:
        raise ValidationFailed(f"An environment has {MOST_ENVIRONMENT} bytes at most.")
    return functions.seal(row, "environment", json.dumps(dict(variables)).encode())


def _template(name: str) -> str:
    if name not in TEMPLATES:
        raise ValidationFailed(f"There is no template {name}. There are: {', '.join(TEMPLATES)}.")
    return name


def _require_own(kind: Kind, given: Definition, *, new_key: bool) -> None:
    foreign = [name for name in _FOREIGN[kind] if getattr(given, name) is not None]
    if new_key and kind is not Kind.ENDPOINT:
        foreign.append("new_key")
    if foreign:
        name = "".join(word.capitalize() for word in foreign[0].split("_"))
        raise ValidationFailed(f"A function of the kind {kind.value} has no {name}.")
