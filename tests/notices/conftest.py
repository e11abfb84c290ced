"""A receiver, and an outbox that posts to it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from notices import delivering, outbox
from notices.models import Delivery
from notices.outbox import Notice
from tests.support.people import ACCOUNT, REGION
from tests.support.receiver import SECRET, Receiver


@pytest.fixture(autouse=True)
def _nobody_is_left_alone() -> Iterator[None]:
    delivering.forget()
    yield
    delivering.forget()


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    """The one receiver that the settings name."""
    running = Receiver()
    settings.STRONGROOM_WEBHOOK_URLS = [running.url]
    settings.STRONGROOM_WEBHOOK_SECRETS = SECRET
    yield running
    running.stop()


@pytest.fixture
def put():
    """Puts a notice into the outbox; returns its row, the newest if there are several."""

    def write(**fields) -> Delivery | None:
        with transaction.atomic():
            outbox.put(notice(**fields))
        return Delivery.objects.order_by("pk").last()

    return write


def notice(**fields) -> Notice:
    given = {
        "source": "aws.test",
        "detail_type": "Test Notice",
        "account": ACCOUNT,
        "region": REGION,
        "time": datetime.now(UTC),
        "resources": (f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/p",),
        "detail": {"name": "p"},
    }
    return Notice(**{**given, **fields})


def fall_due() -> None:
    """As if the time of every next attempt had come, and no receiver were left alone."""
    delivering.forget()
    Delivery.objects.update(next_attempt=timezone.now())
