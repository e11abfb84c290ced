"""The end of a secret."""

from datetime import datetime

from secrets_app import versions
from secrets_app.models import Secret


def delete_for_good(row: Secret, time: datetime) -> None:
    """A secret whose waiting period is over, with its versions, labels and tags.

    The service does that of its own accord, and records it so.
    """
    versions.record(row, "EndSecretVersionDelete", time)
    row.delete()
