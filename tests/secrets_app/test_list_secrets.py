"""ListSecrets: every filter, four orders, pages that cost the same however many there are."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from secrets_app import filters, last_access, listing
from secrets_app.shapes import Filter
from service import wire
from tests.audit.making import plans, walked
from tests.keys.using import refused
from tests.secrets_app import many
from tests.support import people

pytestmark = pytest.mark.django_db


def names(sm, *wanted: tuple[str, ...], **params) -> list[str]:
    """The names that all filters hold of, each as its key and values."""
    given = [{"Key": key, "Values": list(values)} for key, *values in wanted]
    told = sm("ListSecrets", **({"Filters": given} if given else {}), **params)
    return [each.name for each in told.secret_list]


def paged(sm, **params) -> list[str]:
    found: list[str] = []
    while True:
        told = sm("ListSecrets", **params)
        found += [each.name for each in told.secret_list]
        if told.next_token is None:
            return found
        params["NextToken"] = told.next_token


def test_an_entry_is_as_the_description(sm):
    arn = sm.create("n", Description="d", Tags=[{"Key": "a", "Value": "b"}])
    described = sm.describe(arn)

    (entry,) = wire.encode(sm("ListSecrets"))["SecretList"]

    assert entry.pop("SecretVersionsToStages") == described.pop("VersionIdsToStages")
    assert entry == described


def test_an_entry_without_a_value_has_no_versions(sm):
    sm.create("n", None)

    (entry,) = wire.encode(sm("ListSecrets"))["SecretList"]
    assert set(entry) == {"ARN", "Name", "CreatedDate", "LastChangedDate"}


def test_what_waits_for_its_deletion_is_listed_only_if_asked_for(sm):
    sm.create("there")
    sm("DeleteSecret", SecretId=sm.create("waits"))

    assert names(sm) == ["there"]
    assert names(sm, IncludePlannedDeletion=True) == ["there", "waits"]
    assert names(sm, ("name", "w")) == []
    assert names(sm, ("name", "w"), IncludePlannedDeletion=True) == ["waits"]


@pytest.fixture
def some(sm):
    """Three secrets with descriptions and tags."""
    tag = {"Key": "Team", "Value": "Blue Whale"}
    sm.create("prod/AppBeta", Description="One two", Tags=[tag])
    sm.create("prod_other", Description="one and two")
    sm.create("test/COMPANYthings", Description="unrelated", Tags=[{"Key": "x", "Value": "1"}])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("name", "prod"), "01"),
        (("name", "Prod"), ""),
        (("name", "prod/", "test"), "02"),
        (("name", "!prod"), "2"),
        (("name", "!prod", "prod/"), "02"),
        (("tag-key", "Te"), "0"),
        (("tag-key", "te"), ""),
        (("tag-key", "!Te"), "12"),
        (("tag-value", "Blue"), "0"),
        (("tag-value", "Whale"), ""),
        (("description", "ONE"), "01"),
        (("description", "two one"), "01"),
        (("description", "t o"), "01"),
        (("description", "wo"), ""),
        (("description", "!one"), "2"),
        (("all", "beta"), "0"),
        (("all", "whale"), "0"),
        (("all", "prod"), "01"),
        (("all", "things"), ""),
        (("all", "ythings"), "2"),
        (("all", "beta whale"), ""),
        (("all", "+"), ""),
        (("primary-region", "us"), ""),
        (("primary-region", "!us"), "012"),
        (("owning-service", "x"), ""),
    ],
)
def test_what_a_filter_holds_of(sm, some, wanted, found):
    known = ["prod/AppBeta", "prod_other", "test/COMPANYthings"]

    assert names(sm, wanted) == [known[int(digit)] for digit in found]


def test_all_filters_must_hold(sm, some):
    assert names(sm, ("name", "prod"), ("description", "and")) == ["prod_other"]
    assert names(sm, ("description", "one"), ("description", "and")) == ["prod_other"]


def test_what_can_be_no_filter(sm):
    for given, text in (
        ([{"Values": ["x"]}], "Invalid filter key"),
        ([{"Key": "name"}], "Invalid filter values for key: name"),
    ):
        with refused("InvalidParameterException", text):
            sm("ListSecrets", Filters=given)
    with refused("ValidationException"):
        names(sm, ("colour", "x"))
    with refused("ValidationException"):
        names(sm, ("name", "x*"))


def test_four_orders_both_ways(sm):
    for day, name in enumerate(("b", "c", "a")):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            sm.create(name)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=9)):
        sm("UpdateSecret", SecretId="b", Description="x")
        sm.read("c")
        last_access.notebook.write()

    for order, found in (
        ("created-date", ["b", "c", "a"]),
        ("name", ["a", "b", "c"]),
        ("last-changed-date", ["c", "a", "b"]),
        ("last-accessed-date", ["b", "a", "c"]),
    ):
        assert names(sm, SortBy=order) == found
        assert names(sm, SortBy=order, SortOrder="desc") == found[::-1]
    assert names(sm) == ["b", "c", "a"]


@pytest.mark.parametrize("order", ["created-date", "name", "last-changed-date"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_pages_have_each_once(sm, order, way):
    many.make(23)
    expected = [f"n{number:05}" for number in range(23)]

    found = paged(sm, MaxResults=5, SortBy=order, SortOrder=way)

    assert found == (expected if way == "asc" else expected[::-1])


def test_secrets_of_one_moment_are_paged_too(sm):
    many.make(7)

    assert len(set(paged(sm, MaxResults=2, SortBy="last-accessed-date"))) == 7


@pytest.mark.parametrize("scanned", [3, 8, 1000])
def test_filtered_pages_have_each_once(sm, monkeypatch, scanned):
    monkeypatch.setattr(listing, "MOST_SCANNED", scanned)
    monkeypatch.setattr(listing, "BATCH", 3)
    many.make(40)

    for wanted in (("tag-value", "team3"), ("description", "3"), ("name", "n0001")):
        given = [{"Key": wanted[0], "Values": [wanted[1]]}]
        found = paged(sm, MaxResults=3, Filters=given)
        assert len(found) == len(set(found)) == {"n0001": 10, "3": 4, "team3": 10}[wanted[1]]


def test_a_token_is_of_one_question(sm):
    many.make(3)
    token = sm("ListSecrets", MaxResults=1).next_token

    with refused("InvalidNextTokenException"):
        sm("ListSecrets", NextToken=token, SortBy="name")
    with refused("InvalidNextTokenException"):
        names(sm, ("name", "n"), NextToken=token)
    with refused("InvalidNextTokenException"):
        sm("ListSecrets", NextToken="x")
    with refused("InvalidNextTokenException"):
        sm.at(region="eu-west-1")("ListSecrets", NextToken=token)


def test_who_may_not_list_learns_nothing(nobody, stranger, sm):
    sm.create("n")

    with refused("AccessDeniedException"):
        nobody("ListSecrets")
    assert names(stranger) == []


def wanted(**fields) -> listing.Wanted:
    now = datetime.now(UTC)
    return listing.Wanted(people.ACCOUNT, people.REGION, now, **fields)


def read(key: str, value: str) -> tuple[filters.Filter, ...]:
    return filters.read([Filter(key, (value,))])


def plan(query) -> str:
    (told,) = plans(lambda: list(query.all()))
    return told


# the unique constraint's index, which SQLite gives a name of its own
UNIQUE = {"sqlite": "autoindex_secrets_app_secret_1"}.get(
    connection.vendor, "secret_name_is_unique"
)


@pytest.fixture
def thousand(db):
    with atomic():
        many.make(1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("created-date", "secrets_by_creation"),
        ("last-changed-date", "secrets_by_change"),
        ("last-accessed-date", "secrets_by_access"),
        ("name", UNIQUE),
    ],
)
def test_a_page_goes_along_an_index(thousand, order, index):
    row = listing.page(wanted(order=order), None, 500).items[-1]
    place = listing._place(wanted(order=order), row)

    for way in (False, True):
        (query,) = listing.queries(wanted(order=order, descending=way), place)
        assert index in plan(query)
        assert walked(plan(query)) == []


@pytest.mark.parametrize(
    ("given", "index"),
    [
        (("name", "n0000"), UNIQUE),
        (("tag-key", "te"), "secrets_of_a_tag_key"),
        (("tag-value", "team3"), "secrets_of_a_tag_value"),
    ],
)
def test_a_filter_goes_by_an_index(thousand, given, index):
    _, look = listing.queries(wanted(filters=read(*given)), None)

    assert index in plan(look[:100])
    assert walked(plan(look[:100])) == []


def test_a_page_costs_the_same_however_many_there_are(sm, thousand):
    def cost(**params) -> int:
        with CaptureQueriesContext(connection) as queries:
            sm("ListSecrets", **params)
        return len([each for each in queries if "secrets_app" in each["sql"]])

    few = [{"Key": "name", "Values": ["n00001"]}]
    assert cost(MaxResults=100) == 3
    assert cost(Filters=few) <= 5
    assert cost(Filters=[{"Key": "description", "Values": ["none"]}]) <= 2 * 10 + 4
