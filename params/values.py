"""What the operations that tell values have in common."""

import base64

from params import secure
from params.models import Parameter, ParameterVersion, Type
from params.names import Name
from params.shapes import Parameter as Told
from service.caller import Caller


def value_of(
    caller: Caller, row: Parameter, version: ParameterVersion, *, decrypt: bool | None
) -> str:
    """The value as it is told: a SecureString's decrypted if that is asked for.

    Otherwise its ciphertext in base64. Raises what `secure.opened` does.
    """
    blob = bytes(version.value)
    if version.type != Type.SECURE_STRING:
        return blob.decode()
    if decrypt:
        return secure.opened(caller, row.arn, version.tier, blob).decode()
    return base64.b64encode(blob).decode()


def told(
    caller: Caller, version: ParameterVersion, *, decrypt: bool | None, asked: Name | None = None
) -> Told:
    """`asked`: what the request called it, which is echoed unless that was an ARN."""
    row = version.parameter
    return Told(
        name=row.name if asked is None or asked.by_arn else asked.text,
        type=version.type,
        value=value_of(caller, row, version, decrypt=decrypt),
        version=version.number,
        last_modified_date=version.modified,
        arn=row.arn,
        data_type=version.data_type,
        selector=asked.selector or None if asked else None,
    )
