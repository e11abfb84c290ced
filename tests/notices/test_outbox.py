"""The outbox: what is put there shares the fate of the change that it tells of."""

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from notices import outbox
from notices.models import Delivery, State
from tests.notices.conftest import notice

pytestmark = pytest.mark.django_db


def test_a_notice_is_told_as_eventbridge_tells_events(receiver, put):
    row = put(time=datetime(2026, 1, 2, 3, 4, 5, 678, UTC))

    assert json.loads(row.body) == {
        "version": "0",
        "id": row.notice_id,
        "detail-type": "Test Notice",
        "source": "aws.test",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:aws:ssm:us-east-1:123456789012:parameter/p"],
        "detail": {"name": "p"},
    }
    assert (row.state, row.attempts, row.detail_type) == (State.WAITING, 0, "Test Notice")


def test_each_url_is_told_the_same(receiver, settings, put):
    settings.STRONGROOM_WEBHOOK_URLS = [receiver.url, "https://other.example"]
    put()

    one, other = Delivery.objects.all()
    assert {one.url, other.url} == set(settings.STRONGROOM_WEBHOOK_URLS)
    assert (one.notice_id, one.body) == (other.notice_id, other.body)


def test_where_nobody_is_to_be_told_nothing_is_queued(put):
    assert put() is None


def test_what_is_rolled_back_is_not_told(receiver):
    with transaction.atomic():
        outbox.put(notice())
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_written_within_a_change_only(receiver):
    with pytest.raises(RuntimeError):
        outbox.put(notice())


def test_a_notice_does_not_show_its_detail():
    assert "canary" not in repr(notice(detail={"x": "canary"}))
