"""What the operations on service settings have in common."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from params import service_settings
from params.shapes import ServiceSetting
from service.caller import Caller
from service.operation import Call, Check, Operation

DEFAULT, CUSTOMIZED = "Default", "Customized"


class OfSetting(Protocol):
    """An input that names a setting."""

    @property
    def setting_id(self) -> str: ...


I = TypeVar("I", bound=OfSetting)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class SettingOperation(Operation[I, O]):
    """An operation on one service setting, named by its id or ARN."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, service_settings.resource(call.caller, self.setting(call, given)))

    def setting(self, call: Call, given: I) -> str:
        """The id of the setting."""
        return service_settings.id_of(call.caller, given.setting_id)


def told(caller: Caller, setting: str) -> ServiceSetting:
    """The setting of that id as it is now."""
    found = service_settings.find(caller, setting)
    row = found.row
    return ServiceSetting(
        setting_id=found.id,
        setting_value=found.value,
        arn=found.arn,
        status=CUSTOMIZED if row else DEFAULT,
        last_modified_date=row.modified if row else None,
        last_modified_user=row.modified_by if row else None,
    )
