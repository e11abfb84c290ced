"""Labels: names for a parameter's versions, each on one version at a time.

https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html
"""

import re
from collections.abc import Sequence

from params import lookup
from params.errors import ParameterNotFound, ParameterVersionLabelLimitExceeded
from params.models import Label, Parameter
from params.names import Name
from service.caller import Caller

MOST_LABELS = 10  # of a version
_SOUND = re.compile(r"(?!aws|ssm|\d)[a-z0-9._-]+", re.ASCII | re.IGNORECASE)


def is_sound(label: str) -> bool:
    return _SOUND.fullmatch(label) is not None


def locked(caller: Caller, name: Name, number: int | None) -> tuple[Parameter, int]:
    """The parameter's row, locked, and a version that it has: the current one if none is named.

    Raises ParameterNotFound and ParameterVersionNotFound.
    """
    row = lookup.locked(caller, name)
    if row is None:
        raise ParameterNotFound
    if number is None:
        return row, row.version
    if not 0 < number <= row.version or not row.versions.filter(number=number).exists():
        raise lookup.version_not_found(name, number)
    return row, number


def attach(row: Parameter, number: int, labels: Sequence[str]) -> None:
    """Have each of the sound `labels` on the version, and on no other.

    Raises ParameterVersionLabelLimitExceeded.
    """
    have = set(row.labels.filter(version=number).values_list("label", flat=True))
    if len(have.union(labels)) > MOST_LABELS:
        raise ParameterVersionLabelLimitExceeded
    for label in dict.fromkeys(labels):
        Label.objects.update_or_create(
            parameter=row,
            label=label,
            defaults={"version": number},
            create_defaults={
                "version": number,
                "account": row.account,
                "region": row.region,
                "path_name": row.path_name,
            },
        )


def detach(row: Parameter, number: int, labels: Sequence[str]) -> list[str]:
    """Take the labels off the version; those that it had, in the order given."""
    rows = row.labels.filter(version=number, label__in=labels)
    have = set(rows.values_list("label", flat=True))
    rows.delete()
    return [label for label in dict.fromkeys(labels) if label in have]
