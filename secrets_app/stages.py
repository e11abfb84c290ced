"""Staging labels: each on one version of a secret at a time.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
"""

from collections.abc import Iterable

from secrets_app import lookup
from secrets_app.errors import LimitExceeded
from secrets_app.lookup import CURRENT, PREVIOUS
from secrets_app.models import Secret, SecretVersion, Stage

MOST_LABELS = 20  # on all versions of a secret together


def attach(row: Secret, version: SecretVersion, labels: Iterable[str]) -> None:
    """Have each of `labels` on the version, whose secret's row is locked, and on no other.

    The version that AWSCURRENT leaves becomes the previous one. Raises LimitExceeded.
    """
    have = dict(lookup.stages_of(row))
    for label in dict.fromkeys(labels):
        holder = have.get(label)
        if holder is not None and holder.pk == version.pk:
            continue
        have[label] = version
        move(row, label, version)
        if label == CURRENT and holder is not None:
            have[PREVIOUS] = holder
            move(row, PREVIOUS, holder)
    if len(have) > MOST_LABELS:
        raise LimitExceeded(
            "The request failed because it would exceed one of the Secrets Manager quotas: a "
            f"secret has {MOST_LABELS} staging labels at most, on all of its versions together."
        )


def move(row: Secret, label: str, version: SecretVersion | None) -> None:
    """Put the label on the version, or on none."""
    Stage.objects.filter(secret=row, label=label).delete()
    if version is not None:
        Stage.objects.create(secret=row, label=label, version=version)


def labels_of(row: Secret, version: SecretVersion) -> tuple[str, ...]:
    """In the order in which they were attached."""
    labels = lookup.stages_of(row).items()
    return tuple(label for label, each in labels if each.pk == version.pk)
