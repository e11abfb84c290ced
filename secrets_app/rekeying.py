"""Another key for a secret: the versions that are in use are sealed anew under it.

As on AWS that goes for those labelled AWSCURRENT, AWSPENDING and AWSPREVIOUS, and where the
caller may not use the new key, the versions stay as they are and only later ones take it.
"""

from collections.abc import Sequence

from secrets_app import lookup
from secrets_app.lookup import CURRENT, PENDING, PREVIOUS
from secrets_app.models import Secret, SecretVersion
from secrets_app.values import Values
from service.errors import AccessDenied


def prepare(values: Values, row: Secret, target: Secret) -> None:
    """Open and seal what `rekey` will want. `target`: the secret as it is under the new key.

    Raises what the key service answers.
    """
    for version in _in_use(row):
        value = values.opened(row, version)
        try:
            values.sealed(target, version.version_id, value)
        except AccessDenied:
            return


def rekey(values: Values, row: Secret, target: Secret) -> None:
    """Seal the versions of the secret, whose row is locked, for its new key."""
    for version in _in_use(row):
        value = values.opened(row, version)
        try:
            sealed = values.sealed(target, version.version_id, value)
        except AccessDenied:
            return
        version.sealed, version.kms_key = sealed, target.kms_key
        version.save(update_fields=["sealed", "kms_key"])


def _in_use(row: Secret) -> Sequence[SecretVersion]:
    """Each once, if it has a value."""
    labelled = lookup.stages_of(row)
    found = [labelled[label] for label in (CURRENT, PENDING, PREVIOUS) if label in labelled]
    return list({each.pk: each for each in found if each.kind}.values())
