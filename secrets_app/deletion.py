"""The end of a secret."""

from datetime import datetime

from secrets_app import own_accord
from secrets_app.errors import InvalidParameter
from secrets_app.models import Secret


def require_alone(row: Secret) -> None:
    """Raise InvalidParameter while another secret follows this one."""
    regions = list(row.replicas.values_list("region", flat=True))
    if regions:
        raise InvalidParameter(
            f"You can't delete secret {row.arn} that still has replica regions "
            f"[{', '.join(regions)}]"
        )
    if hasattr(row, "cross_account_replica"):
        raise InvalidParameter(
            f"You can't delete secret {row.arn} that still has a cross-account replica. "
            "Disassociate it first."
        )


def delete_for_good(row: Secret, time: datetime) -> None:
    """A secret whose waiting period is over, with its versions, labels and tags.

    The service does that of its own accord, and records it so.
    """
    own_accord.record(row, "EndSecretVersionDelete", time)
    row.delete()
