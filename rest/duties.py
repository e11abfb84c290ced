"""What the worker does for REST: it forgets answers that are told again no more."""

from django.utils import timezone

from rest.idempotency import KEPT_FOR
from rest.models import KeptAnswer
from service.duty import Duty

AT_ONCE = 1_000  # rows of a transaction: others write too


def forget_old_answers() -> int:
    """Delete what is older than a day; return how many. Of many workers, each may."""
    old, forgotten = KeptAnswer.objects.filter(made__lte=timezone.now() - KEPT_FOR), 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        gone, _ = old.filter(pk__in=ids).delete()
        forgotten += gone
    return forgotten


DUTIES = (Duty("rest: forget old answers", 3600.0, forget_old_answers),)
