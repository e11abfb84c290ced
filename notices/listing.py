"""What became of notices, for those who run the service."""

from collections.abc import Mapping, Sequence

from notices.models import Delivery, State

LENGTH = 50


def newest(
    *,
    account: str = "",
    region: str = "",
    state: str = "",
    before: int | None = None,
    length: int = LENGTH,
) -> Sequence[Delivery]:
    """A page of deliveries, the newest first, all older than the one whose key is `before`."""
    rows = Delivery.objects.order_by("-pk")
    if account:
        rows = rows.filter(account=account)
    if region:
        rows = rows.filter(region=region)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:length])


def counts() -> Mapping[str, int]:
    """How many wait, and how many were given up in the last days."""
    states = (State.WAITING, State.FAILED)
    return {str(state): Delivery.objects.filter(state=state).count() for state in states}
