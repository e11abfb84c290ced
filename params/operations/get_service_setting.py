"""ssm:GetServiceSetting."""

from params.on_settings import SettingOperation, told
from params.shapes import ServiceSetting
from service.operation import Call
from service.value import value


@value
class GetServiceSettingInput:
    setting_id: str


@value
class GetServiceSettingOutput:
    service_setting: ServiceSetting


class GetServiceSetting(SettingOperation[GetServiceSettingInput, GetServiceSettingOutput]):
    """Tells a service setting of the account's in the region."""

    name = "ssm:GetServiceSetting"

    def run(self, call: Call, given: GetServiceSettingInput) -> GetServiceSettingOutput:
        return GetServiceSettingOutput(told(call.caller, self.setting(call, given)))
