"""Pages: each thing once, for one question only, and at the same cost however many there are."""

import pytest
from django.db import connection
from django.db.transaction import atomic

from params import filters, listing
from params.models import Parameter
from params.shapes import ParameterStringFilter
from tests.audit.making import plans, walked
from tests.keys.using import refused
from tests.params import many
from tests.params.using import Ssm
from tests.support import people

pytestmark = pytest.mark.django_db

SCOPE = listing.Scope(people.ACCOUNT, people.REGION)


def read(key: str, *values: str, option: str | None = None) -> tuple[filters.Filter, ...]:
    known = (*filters.OF_DESCRIBE, *filters.OF_PATH)
    return filters.read([ParameterStringFilter(key, option, values)], known)


# the unique constraint's index, which SQLite gives a name of its own
UNIQUE = {"sqlite": "autoindex_params_parameter_1"}.get(
    connection.vendor, "parameter_name_is_unique"
)
# each filter that leads, and the index that it goes by
LED = {
    "all": ((), UNIQUE),
    "name": (read("Name", "/p0001/q/n001"), UNIQUE),
    "begins": (read("Name", "/p00", option="BeginsWith"), UNIQUE),
    "one level": (read("Path", "/p0001/q"), "parameters_in_a_path"),
    "recursive": (read("Path", "/p0001", option="Recursive"), UNIQUE),
    "type": (read("Type", "SecureString"), "parameters_of_a_type"),
    "key": (read("KeyId", "alias/3"), "parameters_of_a_key"),
    "tier": (read("Tier", "Advanced"), "parameters_of_a_tier"),
    "data type": (read("DataType", "aws:ec2:image"), "parameters_of_a_data_type"),
    "tag": (read("tag:team", "blue"), "parameters_of_a_tag"),
    "any tag": (read("tag:team"), "parameters_with_a_tag"),
    "label": (read("Label", "prod"), "parameters_of_a_label"),
    "type in a path": (
        (filters.of_path("/p0001", recursive=True), *read("Type", "SecureString")),
        "parameters_of_a_type",
    ),
}


@pytest.fixture
def some(db):
    """400 parameters in 40 paths; the database knows how many."""
    with atomic():
        many.make(40, 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("led", LED)
def test_the_filter_that_leads_is_an_index_and_nothing_is_sorted(some, led):
    wanted, index = LED[led]

    made = plans(lambda: [list(stream("/p0000")[:11]) for stream in listing.streams(SCOPE, wanted)])

    assert made
    for plan in made:
        assert index in plan
        if led != "name":  # of which there are 50 at most
            assert walked(plan) == []


@pytest.mark.parametrize("led", LED)
def test_a_page_goes_on_where_the_one_before_ended(some, led):
    wanted, _ = LED[led]
    whole = [row.path_name for row in listing.page(SCOPE, wanted, "", 1000).items]

    seen: list[str] = []
    place: str | None = ""
    while place is not None:
        page = listing.page(SCOPE, wanted, place, 7)
        assert len(page.items) <= 7
        seen += [row.path_name for row in page.items]
        place = page.place

    assert seen == whole == sorted(set(whole))
    assert whole


def test_a_filter_that_no_index_helps_looks_at_so_many_and_goes_on(some, monkeypatch):
    monkeypatch.setattr(listing, "MOST_SCANNED", 100)
    wanted = read("Name", "p0039/q/n003", option="Contains")

    page = listing.page(SCOPE, wanted, "", 10)
    assert page.items == ()
    assert page.place is not None

    pages = 1
    while not page.items:
        page = listing.page(SCOPE, wanted, str(page.place), 10)
        pages += 1
    assert [row.path_name for row in page.items] == ["/p0039/q/n003"]
    assert pages == 4


def test_a_page_asks_the_database_as_often_with_many_parameters_as_with_few(db):
    def cost() -> int:
        return len(plans(lambda: listing.page(SCOPE, LED["type in a path"][0], "", 10)))

    many.make(2, 10)
    few = cost()
    Parameter.objects.all().delete()
    many.make(60, 10)

    assert cost() == few


class TestTokens:
    @pytest.fixture
    def token(self, ssm) -> str:
        for number in range(3):
            ssm.put(f"/a/p{number}")
            ssm.put("/a/p0", Overwrite=True)
        token: str = ssm("GetParametersByPath", Path="/a", MaxResults=1).next_token
        return token

    def test_a_token_may_go_on_with_pages_of_another_length(self, ssm, token):
        page = ssm("GetParametersByPath", Path="/a/", MaxResults=2, NextToken=token)

        assert [each.name for each in page.parameters] == ["/a/p1", "/a/p2"]
        assert page.next_token is None

    @pytest.mark.parametrize(
        ("operation", "params"),
        [
            ("GetParametersByPath", {"Path": "/b"}),
            ("GetParametersByPath", {"Path": "/a", "Recursive": True}),
            (
                "GetParametersByPath",
                {"Path": "/a", "ParameterFilters": [{"Key": "Type", "Values": ["String"]}]},
            ),
            ("DescribeParameters", {}),
            ("GetParameterHistory", {"Name": "/a/p0"}),
        ],
    )
    def test_a_token_is_for_the_question_it_was_given_for(self, ssm, token, operation, params):
        with refused("InvalidNextToken"):
            ssm(operation, **params, NextToken=token)

    def test_a_token_is_for_its_account_and_region(self, ssm, token):
        stranger = Ssm(people.user("stranger", "*", number=people.OTHER_ACCOUNT))

        for other in (stranger, ssm.at(region="eu-west-1")):
            with refused("InvalidNextToken"):
                other("GetParametersByPath", Path="/a", NextToken=token)

    @pytest.mark.parametrize("other", ["", "x", "/a/p0", "ü", "a" * 5000])
    def test_what_is_no_token_is_refused(self, ssm, token, other):
        if other:
            with refused("InvalidNextToken"):
                ssm("GetParametersByPath", Path="/a", NextToken=other)
        else:
            assert ssm("GetParametersByPath", Path="/a", NextToken="").parameters
