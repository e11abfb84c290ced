"""What became of notices can be seen."""

import pytest

from kms_project import metrics
from notices import delivering, listing
from notices.models import State
from tests.notices.conftest import fall_due

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_newest_are_listed_first_page_by_page(receiver, put):
    rows = [put() for _ in range(3)]
    other = put(account="210987654321")

    assert [row.pk for row in listing.newest(length=2)] == [other.pk, rows[2].pk]
    assert [row.pk for row in listing.newest(before=rows[2].pk)] == [rows[1].pk, rows[0].pk]
    assert [row.pk for row in listing.newest(account="210987654321")] == [other.pk]
    assert listing.newest(state=State.FAILED) == []


def test_what_waits_and_what_failed_is_among_the_figures(receiver, put):
    receiver.status = 410
    put()
    delivering.deliver_due()
    put()
    fall_due()

    assert listing.counts() == {"Waiting": 1, "Failed": 1}
    figures = metrics.exposition().decode()
    assert 'strongroom_notices{state="Waiting"} 1.0' in figures
    assert 'strongroom_notices{state="Failed"} 1.0' in figures


def test_without_a_database_the_other_figures_are_told(monkeypatch, caplog):
    def away():
        raise OSError("canary")

    monkeypatch.setattr(listing, "counts", away)
    figures = metrics.exposition().decode()

    assert "strongroom_notices" not in figures
    assert "strongroom_calls" in figures
    assert "notices could not be counted: OSError" in caplog.text
    assert "canary" not in caplog.text
