"""ssm:UpdateServiceSetting."""

from params import service_settings
from params.on_settings import SettingOperation
from params.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class UpdateServiceSettingInput:
    setting_id: str
    setting_value: str


class UpdateServiceSetting(SettingOperation[UpdateServiceSettingInput, Nothing]):
    """Changes a service setting of the account's in the region."""

    name = "ssm:UpdateServiceSetting"
    mutates = True

    def run(self, call: Call, given: UpdateServiceSettingInput) -> Nothing:
        service_settings.change(call.caller, self.setting(call, given), given.setting_value)
        return Nothing()
