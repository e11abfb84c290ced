"""Second factors: there are none yet, so whoever shows one is refused as on AWS."""

from typing import Protocol

from service.errors import AccessDenied


class MayShowDevice(Protocol):
    """An input that may name a device and its code."""

    @property
    def serial_number(self) -> str | None: ...
    @property
    def token_code(self) -> str | None: ...


def refuse_device(given: MayShowDevice) -> None:
    """Raise AccessDenied if a device is named: it is nobody's."""
    if given.serial_number is not None or given.token_code is not None:
        raise AccessDenied(
            "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your "
            "MFA serial number is valid and associated with this user."
        )
