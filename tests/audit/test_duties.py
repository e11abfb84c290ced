"""What the worker does for the trail."""

import pytest

from audit import checkpoints
from audit.duties import DUTIES
from audit.models import Event
from tests.audit.making import record

pytestmark = pytest.mark.django_db(transaction=True)


def test_records_are_indexed_and_vouched_for_though_nobody_calls():
    record()

    for duty in DUTIES:
        duty.run()

    assert Event.objects.count() == 1
    assert checkpoints.latest() is not None
