"""The request that a key is used for, as whoever holds the key elsewhere is told of it."""

from crypto.provider import Request
from keys import conditions
from service.caller import Caller

OF_OUR_OWN = "AWS Internal"  # in place of a principal, as KMS has it


def of(caller: Caller, operation: str) -> Request:
    """`operation` is named as in the index, "kms:Encrypt"."""
    principal = caller.principal
    via = conditions.of_caller(caller).get("kms:ViaService", "")
    return Request(
        operation=operation.removeprefix("kms:"),
        id=caller.request_id,
        principal=principal.role_arn or principal.arn or caller.via or OF_OUR_OWN,
        via=str(via),
    )
