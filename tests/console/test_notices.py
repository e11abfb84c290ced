"""What became of notices, in the console."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from notices import delivering, listing, outbox
from notices.models import Delivery, State
from tests.console.browsing import HOME, Browser, text_of
from tests.notices.conftest import notice
from tests.support import people

pytestmark = pytest.mark.django_db

NOTICES = f"{HOME}notices/"
SECRET_PATH = "/hooks/t0ken"
URL = f"https://events.example{SECRET_PATH}"


@pytest.fixture
def put(settings):
    """Puts a notice into the outbox, and changes its row."""
    settings.STRONGROOM_WEBHOOK_URLS = [URL]

    def write(event=None, **fields) -> Delivery:
        with transaction.atomic():
            outbox.put(notice(**(event or {})))
        row = Delivery.objects.latest("pk")
        Delivery.objects.filter(pk=row.pk).update(**fields)
        return row

    return write


def test_each_is_told_with_its_state_its_receiver_and_what_went_wrong(admin, put):
    at = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    put(state=State.FAILED, finished=at, attempts=10, problem="status 410")
    put(attempts=2, problem="no connection", next_attempt=at)
    put(state=State.DELIVERED, finished=at, attempts=1)
    put()

    page = admin.get(NOTICES)
    told = [(line.state, line.problem, line.attempts) for line in page.context["lines"]]
    assert told == [
        ("Waiting", "", 0),
        ("Delivered", "", 1),
        ("Waiting", "no connection", 2),
        ("Given up", "status 410", 10),
    ]
    text = text_of(page)
    assert "No connection again 2026-11-25 08:30:00 UTC" in text
    assert "events.example" in text
    assert f'href="{HOME}parameters/parameter/?name=%2Fp"' in page.content.decode()


@pytest.mark.parametrize(
    ("detail", "word"),
    [
        ({"eventName": "RotationFailed"}, "RotationFailed"),
        ({"operation": "Update"}, "Update"),
        ({"policy-type": "Expiration"}, "Expiration"),
        ({}, ""),
    ],
)
def test_what_happened_is_told_in_a_word(admin, put, detail, word):
    put({"detail": detail})

    (line,) = admin.get(NOTICES).context["lines"]
    assert line.which == word


def test_the_path_of_a_url_is_not_told(admin, put):
    put()

    assert SECRET_PATH not in admin.get(NOTICES).content.decode()


def test_they_can_be_filtered_by_state(admin, put):
    put()
    put(state=State.FAILED, finished=datetime.now(UTC), problem="too old")

    assert [each.state for each in admin.get(NOTICES, state="Failed").context["lines"]] == [
        "Given up"
    ]
    assert "No notice is delivered." in admin.read(NOTICES, state="Delivered")
    assert "Select a valid choice" in admin.read(NOTICES, 422, state="Lost")


def test_they_are_those_of_the_account_and_the_region(admin, put):
    put(event={"account": "210987654321"})
    put(event={"region": "eu-west-1"})

    assert admin.get(NOTICES).context["lines"] == []
    elsewhere = NOTICES.replace(people.REGION, "eu-west-1")
    assert len(admin.get(elsewhere).context["lines"]) == 1


def test_there_are_pages_of_them(admin, put, monkeypatch):
    monkeypatch.setattr(listing, "LENGTH", 2)
    rows = [put(state=State.FAILED, finished=datetime.now(UTC)) for _ in range(3)]

    first = admin.get(NOTICES, state="Failed")
    assert len(first.context["lines"]) == 2
    assert f"state=Failed&amp;after={rows[1].pk}" in first.content.decode()
    second = admin.get(NOTICES, state="Failed", after=str(rows[1].pk))
    assert len(second.context["lines"]) == 1
    assert "Next page" not in text_of(second)
    admin.get(NOTICES, 404, after="x")


def test_where_no_webhook_is_set_the_page_says_so(admin):
    assert "Nobody is told what happens." in admin.read(NOTICES)


def test_who_may_not_read_the_trail_may_not_see_them(db, put):
    put()
    page = Browser(people.user("ann", "ssm:*")).read(NOTICES, 403)

    assert "It needs cloudtrail:LookupEvents" in page
    assert "events.example" not in page


def test_a_page_asks_the_same_number_of_queries_however_many_there_are(
    admin, put, django_assert_max_num_queries
):
    for _ in range(listing.LENGTH + 5):
        put()
    delivering.forget()

    with django_assert_max_num_queries(30):
        admin.get(NOTICES)
