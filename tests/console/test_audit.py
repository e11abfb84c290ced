"""The trail in the console: searched, paged, and one record as it was recorded."""

from datetime import UTC, datetime, timedelta

import pytest

from keys.models import Key
from tests.console.browsing import HOME, KEYS, TRAIL, Browser, text_of
from tests.support import people

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [line.name for line in response.context["lines"]]


def test_what_was_done_is_there_newest_first(admin):
    key_id = admin.create_key()
    admin.send(f"{KEYS}{key_id}/disable/")

    found = names(admin.get(TRAIL))
    assert found.index("DisableKey") < found.index("CreateKey")


def test_looking_is_itself_recorded(admin):
    admin.get(TRAIL)

    assert names(admin.get(TRAIL)) == ["LookupEvents"]


@pytest.mark.parametrize(
    "asked",
    [
        {"event_name": "DisableKey"},
        {"event_name": "DisableKey", "username": "admin"},
        {"event_name": "DisableKey", "failed": "on"},
        {"resource": "KEY", "event_name": "DisableKey"},
        {"resource": "arn:aws:kms:us-east-1:123456789012:key/KEY", "event_name": "DisableKey"},
    ],
)
def test_the_trail_can_be_searched(admin, asked):
    key_id = admin.create_key()
    admin.send(f"{KEYS}{key_id}/disable/")
    Browser(people.user("ben", "kms:DescribeKey")).send(f"{KEYS}{key_id}/disable/", 403)

    given = {name: value.replace("KEY", key_id) for name, value in asked.items()}
    lines = admin.get(TRAIL, **given).context["lines"]
    by_admin = [line for line in lines if line.user == "admin"]
    by_ben = [line for line in lines if line.user == "ben"]
    assert {line.name for line in lines} == {"DisableKey"}
    assert bool(by_admin) == ("failed" not in asked)
    assert bool(by_ben) == ("username" not in asked)


def test_changes_can_be_looked_at_alone(admin):
    key_id = admin.create_key()
    admin.get(f"{KEYS}{key_id}/")

    assert "DescribeKey" in names(admin.get(TRAIL))
    assert names(admin.get(TRAIL, changes="on")) == ["CreateKey"]


def test_what_a_record_is_about_leads_to_its_page(admin):
    key_id = admin.create_key(alias="orders")

    page = admin.get(TRAIL).content.decode()
    assert f'href="{KEYS}{key_id}/"' in page
    assert f'href="{KEYS}find/?name=alias%2Forders"' in page


def test_failures_show_their_error(admin):
    key_id = admin.create_key()
    admin.send(f"{KEYS}{key_id}/keep/", 400)

    (found,) = admin.get(TRAIL, failed="on").context["lines"]
    assert (found.name, found.error) == ("CancelKeyDeletion", "KMSInvalidStateException")


def test_times_are_in_utc(admin):
    admin.create_key()
    soon = datetime.now(UTC) + timedelta(minutes=5)

    assert names(admin.get(TRAIL, end=f"{soon:%Y-%m-%dT%H:%M}"))
    assert not names(admin.get(TRAIL, start=f"{soon:%Y-%m-%dT%H:%M}"))
    assert "From (UTC)" in admin.read(TRAIL)


def test_a_range_that_ends_before_it_begins_is_told(admin):
    asked = {"start": "2030-01-02T00:00", "end": "2030-01-01T00:00"}

    assert "The end is before the start." in admin.read(TRAIL, 422, **asked)


def test_the_trail_is_paged_within_a_search(admin):
    key_id = admin.create_key()
    for _ in range(60):
        admin.send(f"{KEYS}{key_id}/enable/")

    first = admin.get(TRAIL, event_name="EnableKey")
    second = admin.get(TRAIL, event_name="EnableKey", after=first.context["after"])
    assert (len(names(first)), len(names(second))) == (50, 10)
    assert second.context["after"] is None
    seen = {line.event_id for page in (first, second) for line in page.context["lines"]}
    assert len(seen) == 60
    assert "event_name=EnableKey&amp;after=" in first.content.decode()


def test_a_place_in_another_search_is_not_found(admin):
    admin.get(TRAIL, 404, after="nonsense")


def test_a_record_is_shown_as_it_was_recorded(admin):
    key_id = admin.create_key(description="For orders")
    (made,) = admin.get(TRAIL, event_name="CreateKey").context["lines"]

    page = admin.read(f"{TRAIL}{made.event_id}/")
    for told in ('"description": "For orders"', key_id, "kms.amazonaws.com", '"door": "console"'):
        assert told in page


def test_a_record_of_another_region_or_account_is_not_found(admin):
    admin.create_key()
    (made,) = admin.get(TRAIL, event_name="CreateKey").context["lines"]
    stranger = Browser(people.user("stranger", "*", number=people.OTHER_ACCOUNT))

    stranger.get(f"{TRAIL}{made.event_id}/", 404)
    admin.get(f"/console/eu-west-1/audit/{made.event_id}/", 404)


def test_a_keys_page_tells_what_was_done_with_it(admin):
    key_id = admin.create_key()
    admin.create_key()
    admin.send(f"{KEYS}{key_id}/disable/")

    admin.get(f"{KEYS}{key_id}/")
    found = names(admin.get(f"{KEYS}{key_id}/"))
    assert "DescribeKey" not in found  # that was this page
    assert found.count("DisableKey") == 1
    assert found.count("CreateKey") == 1


def test_home_tells_how_keys_stand_and_what_failed(admin):
    key_id = admin.create_key(alias="orders")
    Browser(people.user("ben", "kms:DescribeKey")).send(f"{KEYS}{key_id}/disable/", 403)
    admin.send(f"{KEYS}{key_id}/delete/", days="7", name=key_id)

    page = admin.read(HOME)
    assert "Pending deletion 1" in page
    assert "Next deletions alias/orders on" in page
    assert "DisableKey kms AccessDeniedException ben" in page


def test_home_tells_what_was_changed_and_not_who_looked(admin):
    admin.get(KEYS)
    admin.create_key()
    admin.get(HOME)

    shown = admin.get(HOME).context["trail"]["changes"]
    assert [line.name for line in shown] == ["CreateKey"]


def test_home_leads_on_where_there_are_no_keys(admin):
    page = admin.get(HOME)

    assert "There are no keys in us-east-1 yet. Create the first one" in text_of(page)
    assert f'href="{KEYS}create/"' in page.content.decode()


def test_home_shows_nobody_what_policies_do_not_allow(admin):
    admin.create_key(alias="orders")
    Key.objects.update(state="PendingDeletion", deletion_date=datetime.now(UTC) + timedelta(7))

    page = Browser(people.user("nobody")).read(HOME)
    assert "kms:ListKeys" in page
    assert "cloudtrail:LookupEvents" in page
    assert "Pending deletion" not in page
    assert "orders" not in text_of(Browser(people.user("lister", "kms:ListKeys")).get(HOME))
