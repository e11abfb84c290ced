"""Tiers: which one a parameter is in, and what that allows.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

from django.conf import settings

from params.errors import ParameterLimitExceeded
from params.models import Parameter, Tier
from service.errors import ValidationFailed

INTELLIGENT = "Intelligent-Tiering"
MOST_STANDARD, MOST_ADVANCED = 4096, 8192  # bytes of a value
_PAGE = (
    "For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "parameter-store-advanced-parameters.html"
)


def chosen(asked: str, current: str | None, *, needs_advanced: bool, full: bool) -> str:
    """The tier of the next version. `full`: there may be no more standard parameters.

    Raises ValidationFailed for a way back that is none.
    """
    if asked == INTELLIGENT:
        advanced = needs_advanced or current == Tier.ADVANCED or (full and current is None)
        return Tier.ADVANCED if advanced else Tier.STANDARD
    if asked == Tier.STANDARD and current == Tier.ADVANCED:
        raise ValidationFailed(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter "
            "from the advanced-parameter tier to the standard-parameter tier. If necessary, you "
            "can delete the advanced parameter and recreate it as a standard parameter."
        )
    return asked


def require_fitting(tier: str, size: int) -> None:
    """Raise ValidationFailed for a value (of `size` bytes) that is too long for its tier."""
    if tier == Tier.STANDARD and size > MOST_STANDARD:
        raise ValidationFailed(
            f"Standard tier parameters support a maximum parameter value of {MOST_STANDARD} "
            "characters. To create a larger parameter value, upgrade the parameter to use the "
            f"advanced-parameter tier. {_PAGE}"
        )
    if size > MOST_ADVANCED:
        raise ValidationFailed(
            f"Advanced tier parameters support a maximum parameter value of {MOST_ADVANCED} "
            f"characters. {_PAGE}"
        )


def is_full(account: str, region: str, tier: str) -> bool:
    """Whether the account has all the parameters of the tier that it may have in the region."""
    rows = Parameter.objects.filter(account=account, region=region, tier=tier)
    most = _most(tier)
    return rows.order_by("path_name").values_list("pk")[most - 1 : most].exists()


def require_room(account: str, region: str, tier: str) -> None:
    """Raise ParameterLimitExceeded if there may be no more of the tier."""
    if not is_full(account, region, tier):
        return
    kind, more = "standard", " or upgrade to the advanced-parameter tier"
    if tier == Tier.ADVANCED:
        kind, more = "advanced", ""
    raise ParameterLimitExceeded(
        f"You have reached the maximum number of {kind} parameters for this AWS account and "
        f"Region ({_most(tier)}). To add more parameters, either delete existing parameters{more}."
    )


def _most(tier: str) -> int:
    if tier == Tier.STANDARD:
        return int(settings.STRONGROOM_MAX_STANDARD_PARAMETERS)
    return int(settings.STRONGROOM_MAX_ADVANCED_PARAMETERS)
