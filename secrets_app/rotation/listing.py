"""What became of rotations, for those who run the service and those who look at a secret."""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from secrets_app.models import Secret
from secrets_app.rotation.models import Rotation, State


def failed() -> QuerySet[Rotation]:
    """Of each secret whose last rotation failed, that rotation."""
    newer = Rotation.objects.filter(secret=OuterRef("secret"), id__gt=OuterRef("id"))
    return Rotation.objects.filter(~Exists(newer), state=State.FAILED)


def counts() -> Mapping[str, int]:
    """How many rotations go on, by their state, and of how many secrets the last one failed."""
    going_on = Rotation.objects.filter(finished__isnull=True)
    found = {str(state): going_on.filter(state=state).count() for state in _GOING_ON}
    return {**found, str(State.FAILED): failed().count()}


def of_secret(row: Secret, length: int = 10) -> Sequence[Rotation]:
    """The secret's rotations, the newest first."""
    return list(Rotation.objects.filter(secret=row).order_by("-started", "-id")[:length])


_GOING_ON = (State.WAITING, State.RUNNING)
