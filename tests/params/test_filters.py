"""Filters: what they may say, and that a page has just what they hold of."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from params.models import Parameter
from tests.keys.using import refused

pytestmark = pytest.mark.django_db

BAD_PATH = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
    'with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It '
    "must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ "
    "(underscore). Special characters are not allowed. All sub-paths, if specified, must use the "
    'forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)
COMMON = (
    'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). '
    "When using global parameters, please specify within a global namespace."
)


def a(key: str, *values: str, option: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"Key": key}
    if values:
        made["Values"] = list(values)
    if option:
        made["Option"] = option
    return made


def found(ssm, *filters: dict[str, Any]) -> list[str]:
    """The names of all parameters that the filters hold of, page by page."""
    told: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = ssm("DescribeParameters", ParameterFilters=list(filters), MaxResults=3, **token)
        told += [each.name for each in page.parameters]
        if page.next_token is None:
            return told
        token = {"NextToken": page.next_token}


@pytest.mark.parametrize(
    ("filters", "code", "message"),
    [
        (
            [a("Label", "x")],
            "InvalidFilterKey",
            "The following filter key is not valid: Label. Valid filter keys include: [Path, "
            "Name, Type, KeyId, Tier, DataType].",
        ),
        (
            [a("Name")],
            "InvalidFilterValue",
            "The following filter values are missing : null for filter key Name.",
        ),
        (
            [a("Name", "x"), a("Name", "y")],
            "InvalidFilterKey",
            "The following filter is duplicated in the request: Name. A request can contain "
            "only one occurrence of a specific filter.",
        ),
        (
            [a("Path", "/x", option="Equals")],
            "InvalidFilterOption",
            "The following filter option is not valid: Equals. Valid options include: "
            "[Recursive, OneLevel].",
        ),
        (
            [a("Type", "String", option="Contains")],
            "InvalidFilterOption",
            "The following filter option is not valid: Contains. Valid options include: "
            "[BeginsWith, Equals].",
        ),
        (
            [a("Tier", "x")],
            "InvalidFilterValue",
            "The following filter value is not valid: x. Valid values include: [Standard, "
            "Advanced, Intelligent-Tiering].",
        ),
        (
            [a("Type", "x", option="BeginsWith")],
            "InvalidFilterValue",
            "The following filter value is not valid: x. Valid values include: [String, "
            "StringList, SecureString].",
        ),
        ([a("Path", "/AWS")], "ValidationException", COMMON),
        ([a("Path", "x")], "ValidationException", BAD_PATH),
        ([a("Path", "//")], "ValidationException", BAD_PATH),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(ssm, filters, code, message):
    with refused(code, message):
        ssm("DescribeParameters", ParameterFilters=filters)


@pytest.mark.parametrize("key", ["Name", "Path", "Tier", "DataType", "tag:x"])
def test_a_path_takes_few_filters(ssm, key):
    with refused(
        "InvalidFilterKey",
        f"The following filter key is not valid: {key}. Valid filter keys include: [Type, "
        "KeyId, Label].",
    ):
        ssm("GetParametersByPath", Path="/", ParameterFilters=[a(key, "/x")])


def test_older_filters_find_names_by_how_they_begin(ssm):
    for name in ("app.one", "app.two", "other"):
        ssm.put(name)

    told = ssm("DescribeParameters", Filters=[{"Key": "Name", "Values": ["app."]}]).parameters
    assert [each.name for each in told] == ["app.one", "app.two"]
    with refused(
        "ValidationException",
        "You can use either Filters or ParameterFilters in a single request.",
    ):
        ssm(
            "DescribeParameters",
            Filters=[{"Key": "Name", "Values": ["a"]}],
            ParameterFilters=[a("Name", "a")],
        )


def test_a_name_is_found_with_and_without_its_slash(ssm):
    for name in ("param", "/param-2", "/tangent-3", "tangram-4"):
        ssm.put(name)

    assert found(ssm, a("Name", "/param")) == ["param"]
    assert found(ssm, a("Name", "param-2")) == ["/param-2"]
    assert found(ssm, a("Name", "param", option="BeginsWith")) == ["param", "/param-2"]
    assert found(ssm, a("Name", "/tan", option="Contains")) == ["/tangent-3", "tangram-4"]
    assert found(ssm, a("Name", "ä\U0010ffff", option="BeginsWith")) == []


# -- against the filters' meaning, put in another way

NAMES = ["/a", "/a/b", "/a/b/c", "/a/bc", "/a-b", "/a0", "/aa", "/b", "/b/a/b", "/b/c/d/e"]
TEAMS = ["blue", "blue-green", "red", None]

VALUES: dict[str, tuple[list[str], list[str]]] = {
    "Name": (["Equals", "BeginsWith", "Contains"], [*NAMES, "a", "/b/c", "b/"]),
    "Path": (["OneLevel", "Recursive"], ["/", "/a", "/a/b", "/b/c/", "/b"]),
    "Type": (["Equals", "BeginsWith"], ["String", "StringList"]),
    "KeyId": (["Equals", "BeginsWith"], ["alias/aws/ssm", "alias"]),
    "Tier": (["Equals", "BeginsWith"], ["Standard", "Advanced"]),
    "DataType": (["Equals", "BeginsWith"], ["text", "in", "integer"]),
    "tag:team": (["Equals", "BeginsWith"], ["blue", "red", "b"]),
}
FILTERS = st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=4).flatmap(
    lambda keys: st.tuples(
        *(
            st.builds(
                lambda option, values, key=key: (key, option, values),
                st.sampled_from(VALUES[key][0]),
                st.lists(st.sampled_from(VALUES[key][1]), min_size=1, max_size=3),
            )
            for key in keys
        )
    )
)


def _populate(ssm) -> None:
    for number, name in enumerate(NAMES):
        kind = ("String", "StringList", "SecureString")[number % 3]
        team = TEAMS[number % 4]
        ssm.put(
            name,
            str(number),
            Type=kind,
            Tier="Advanced" if number % 5 == 0 else "Standard",
            DataType="integer" if kind == "String" and number % 2 else "text",
            Tags=[{"Key": "team", "Value": team}] if team else [],
        )


def _told(row: Parameter, key: str) -> str | None:
    if key == "tag:team":
        return row.tags.filter(name="team").values_list("value", flat=True).first()
    return {
        "Name": row.path_name,
        "Path": row.path_name,
        "Type": row.type,
        "KeyId": row.key_id,
        "Tier": row.tier,
        "DataType": row.data_type,
    }[key]


def _holds(row: Parameter, key: str, option: str, value: str) -> bool:
    told = _told(row, key)
    if told is None:
        return False
    if key == "Name" and option != "Contains" and not value.startswith("/"):
        value = f"/{value}"
    if key == "Path":
        rest = told.removeprefix(value.rstrip("/") + "/")
        return rest != told and (option == "Recursive" or "/" not in rest)
    if option == "Equals":
        return told == value
    return told.startswith(value) if option == "BeginsWith" else value in told


def test_a_list_has_what_all_its_filters_hold_of_in_order(ssm):
    _populate(ssm)
    rows = list(Parameter.objects.order_by("path_name"))

    @given(FILTERS)
    @settings(max_examples=100, deadline=None)
    def holds(filters: tuple[tuple[str, str, list[str]], ...]) -> None:
        wanted = [
            row.name
            for row in rows
            if all(
                any(_holds(row, key, option, value) for value in values)
                for key, option, values in filters
            )
        ]
        asked = [a(key, *values, option=option) for key, option, values in filters]
        assert found(ssm, *asked) == wanted

    holds()
