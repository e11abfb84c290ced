"""What signing in leaves behind, and nobody needs any more."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from console import throttle
from service.duty import Duty


def _clear() -> None:
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    throttle.clear(now)


DUTIES = (Duty("console: clear what has expired", 3600.0, _clear),)
