"""What the operations on tags have in common."""

from collections.abc import Mapping
from dataclasses import replace

from iam.authorize import decision_for
from secrets_app import tags
from secrets_app.models import Secret
from service.caller import Caller
from service.errors import AccessDenied
from service.operation import Check


def write(caller: Caller, check: Check, row: Secret, wanted: Mapping[str, str]) -> None:
    """Have these tags on the secret, whose row is locked, and no others.

    Raises AccessDenied if they would take from the caller the permission (`check`) that lets
    him do so: as on AWS, nobody locks himself out by tags.
    """
    after = replace(check, resource=replace(check.resource, tags=wanted))
    if not decision_for(caller, after).allowed:
        raise AccessDenied(
            "You can't change the tags in this way because you would lose your permissions for "
            "the secret."
        )
    tags.write(row, wanted)
    if wanted and not row.was_tagged:
        row.was_tagged = True
        row.save(update_fields=["was_tagged"])
