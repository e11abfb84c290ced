"""Service settings: what an account sets for Parameter Store in a region.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ServiceSetting.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from params import names
from params.errors import ServiceSettingNotFound
from params.models import ServiceSetting, Tier
from params.tiers import INTELLIGENT
from service.arns import Arn
from service.caller import Caller
from service.errors import ValidationFailed
from service.resource import Resource
from service.value import value

TIER = "/ssm/parameter-store/default-parameter-tier"
THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled"
TYPE = "AWS::SSM::ServiceSetting"
_KIND = "servicesetting"
# what a setting may be, its default first
_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {TIER: (Tier.STANDARD, Tier.ADVANCED, INTELLIGENT), THROUGHPUT: ("false", "true")}
)


@value
class Setting:
    """A setting of Parameter Store's. `row`: what the account has set; None: nothing."""

    id: str
    arn: str
    row: ServiceSetting | None

    @property
    def value(self) -> str:
        return self.row.value if self.row else _VALUES[self.id][0]


def find(caller: Caller, setting: str) -> Setting:
    """The setting of the id, which is known to be one: see `resource`."""
    key = ("service setting", caller.account, caller.region, setting)
    return Setting(setting, _arn(caller, setting), caller.snapshot.get(key, lambda: _row(*key[1:])))


def default_tier(caller: Caller) -> str:
    return find(caller, TIER).value


def id_of(caller: Caller, given: str) -> str:
    """The id that a request means: it names the setting by id, or by ARN."""
    here = str(Arn(caller.partition, names.SERVICE, caller.region, caller.account, _KIND))
    return given.removeprefix(here)


def resource(caller: Caller, setting: str) -> Resource:
    """What to ask for; says so where there is no such setting."""
    missing = None if setting in _VALUES else ServiceSettingNotFound()
    return Resource(_arn(caller, setting), caller.account, TYPE, missing=missing)


def change(caller: Caller, setting: str, wanted: str) -> None:
    """Raises ValidationFailed for what the setting may not be."""
    if wanted not in _VALUES[setting]:
        raise ValidationFailed(
            f"The following setting value is not valid: {wanted}. Valid values include: "
            f"[{', '.join(_VALUES[setting])}]."
        )
    ServiceSetting.objects.update_or_create(
        account=caller.account,
        region=caller.region,
        setting=setting,
        defaults={
            "value": wanted,
            "modified": caller.time,
            "modified_by": caller.principal.arn,
        },
    )


def reset(caller: Caller, setting: str) -> None:
    """Have it as it was before anybody changed it."""
    rows = ServiceSetting.objects.filter(account=caller.account, region=caller.region)
    rows.filter(setting=setting).delete()


def _row(account: str, region: str, setting: str) -> ServiceSetting | None:
    rows = ServiceSetting.objects.filter(account=account, region=region, setting=setting)
    return rows.first()


def _arn(caller: Caller, setting: str) -> str:
    path = names.path_of(setting)
    return str(Arn(caller.partition, names.SERVICE, caller.region, caller.account, _KIND + path))
