"""Versions of a parameter: numbered without gaps, the newest 100 kept."""

from typing import Any

from django.db import IntegrityError
from django.db.transaction import atomic

from params import policies
from params.errors import ParameterMaxVersionLimitExceeded, TooManyUpdates
from params.models import Label, Parameter, ParameterVersion
from params.names import Name, parent_of
from params.putting import Plan
from service.caller import Caller

MOST_VERSIONS = 100


def write(caller: Caller, name: Name, row: Parameter | None, plan: Plan, blob: bytes) -> Parameter:
    """Make the version, and the parameter if there is none. `row` is locked.

    Raises ParameterMaxVersionLimitExceeded.
    """
    if row is None:
        row = _create(caller, name, plan)
    else:
        _make_room(name, row, plan.number)
        for column, told in _columns(caller, plan).items():
            setattr(row, column, told)
        row.save()
    ParameterVersion.objects.create(
        parameter=row, number=plan.number, value=blob, **_described(caller, plan)
    )
    return row


def _create(caller: Caller, name: Name, plan: Plan) -> Parameter:
    try:
        with atomic():
            return Parameter.objects.create(
                account=name.account,
                region=name.region,
                name=name.text,
                path_name=name.path,
                parent=parent_of(name.path),
                created=caller.time,
                **_columns(caller, plan),
            )
    except IntegrityError:
        raise TooManyUpdates from None


def _columns(caller: Caller, plan: Plan) -> dict[str, Any]:
    found = policies.read(plan.policies)
    notices = policies.notices(found, caller.time, plan.policies_done)
    return {
        "version": plan.number,
        "expires": policies.expires(found),
        "next_notice": notices[0][0] if notices else None,
        **_described(caller, plan),
    }


def _described(caller: Caller, plan: Plan) -> dict[str, Any]:
    return {
        "type": plan.type,
        "tier": plan.tier,
        "key_id": plan.key_id,
        "data_type": plan.data_type,
        "description": plan.description,
        "allowed_pattern": plan.allowed_pattern,
        "policies": plan.policies,
        "policies_done": plan.policies_done,
        "modified": caller.time,
        "modified_by": caller.principal.arn,
    }


def _make_room(name: Name, row: Parameter, number: int) -> None:
    """Drop the oldest version before the one of `number` is made, unless it has a label."""
    oldest = number - MOST_VERSIONS
    if oldest < 1:
        return
    if Label.objects.filter(parameter=row, version__lte=oldest).exists():
        raise ParameterMaxVersionLimitExceeded(
            f"You attempted to create a new version of {name.text} by calling the PutParameter "
            f"API with the overwrite flag. Version {oldest}, the oldest version, can't be "
            "deleted because it has a label associated with it. Move the label to another "
            "version of the parameter, and try again."
        )
    row.versions.filter(number__lte=oldest).delete()
