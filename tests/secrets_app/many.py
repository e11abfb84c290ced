"""Many secrets, made in a few statements. They have no values."""

from datetime import UTC, datetime, timedelta

from secrets_app.models import Secret, SecretTag
from tests.support import people

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def make(count: int) -> None:
    """`n00000` and so on, each made a second after the one before, in four teams."""
    rows = [
        Secret(
            account=people.ACCOUNT,
            region=people.REGION,
            name=f"n{number:05}",
            suffix="abcdef",
            description=f"Secret number {number % 10}",
            created=BEGAN + timedelta(seconds=number),
            changed=BEGAN + timedelta(seconds=number),
        )
        for number in range(count)
    ]
    made = Secret.objects.bulk_create(rows, batch_size=500)
    SecretTag.objects.bulk_create(
        [
            SecretTag(
                secret=row,
                account=row.account,
                region=row.region,
                name="team",
                value=f"team{number % 4}",
            )
            for number, row in enumerate(made)
        ],
        batch_size=500,
    )
