"""ssm:ResetServiceSetting."""

from params import service_settings
from params.on_settings import SettingOperation, told
from params.shapes import ServiceSetting
from service.operation import Call
from service.value import value


@value
class ResetServiceSettingInput:
    setting_id: str


@value
class ResetServiceSettingOutput:
    service_setting: ServiceSetting


class ResetServiceSetting(SettingOperation[ResetServiceSettingInput, ResetServiceSettingOutput]):
    """Takes back what the account has set, and tells the default."""

    name = "ssm:ResetServiceSetting"
    mutates = True

    def run(self, call: Call, given: ResetServiceSettingInput) -> ResetServiceSettingOutput:
        setting = self.setting(call, given)
        service_settings.reset(call.caller, setting)
        return ResetServiceSettingOutput(told(call.caller, setting))
