"""ssm-cache, a client by others: it reads a hierarchy from a running server, and refreshes it."""

import pytest
from ssm_cache import InvalidParameterError, SSMParameter, SSMParameterGroup
from ssm_cache.filters import SSMFilterType
from ssm_cache.refreshable import Refreshable


@pytest.fixture
def ssm(server):
    return server.client("ssm")


@pytest.fixture
def tree(ssm):
    """A hierarchy of its own, with the three types in two levels."""
    for name, kind, value in (
        ("url", "String", "https://example.com"),
        ("hosts", "StringList", "a,b"),
        ("db/user", "String", "app"),
        ("db/password", "SecureString", "hunter2"),
    ):
        ssm.put_parameter(Name=f"/cache/{name}", Type=kind, Value=value, Overwrite=True)
    return "/cache"


@pytest.fixture(autouse=True)
def _client(ssm):
    Refreshable.set_ssm_client(ssm)
    yield
    Refreshable._ssm_client = None


def test_a_hierarchy_is_read_with_its_levels_and_types(tree):
    group = SSMParameterGroup(base_path=tree)

    assert {each.name: each.value for each in group.parameters("/")} == {
        "/cache/url": "https://example.com",
        "/cache/hosts": ["a", "b"],
        "/cache/db/user": "app",
        "/cache/db/password": "hunter2",
    }
    below = group.parameters("/db")
    assert [each.name for each in below] == ["/cache/db/password", "/cache/db/user"]
    level = SSMParameterGroup().parameters(tree, recursive=False)
    assert [each.name for each in level] == ["/cache/hosts", "/cache/url"]


def test_a_filter_holds_of_the_types_it_names(tree):
    secret = SSMFilterType().value(SSMFilterType.TYPE_SECURESTRING)

    found = SSMParameterGroup().parameters(tree, filters=[secret])

    assert [each.name for each in found] == ["/cache/db/password"]


def test_more_than_a_page_and_a_batch_are_read_and_refreshed(ssm):
    for number in range(23):
        ssm.put_parameter(Name=f"/many/{number:02}", Type="String", Value="1", Overwrite=True)
    group = SSMParameterGroup()
    found = group.parameters("/many")
    ssm.put_parameter(Name="/many/22", Value="2", Overwrite=True)

    group.refresh()

    assert [each.value for each in found] == ["1"] * 22 + ["2"]


def test_one_parameter_is_refreshed_and_pinned_to_a_version(ssm, tree):
    latest, pinned = SSMParameter("/cache/url"), SSMParameter("/cache/url:1")
    assert latest.value == "https://example.com"
    ssm.put_parameter(Name="/cache/url", Value="https://example.org", Overwrite=True)

    latest.refresh()

    assert latest.value == "https://example.org"
    assert latest.version > 1
    assert pinned.value == "https://example.com"


def test_what_is_not_there_is_invalid(tree):
    with pytest.raises(InvalidParameterError):
        _ = SSMParameter("/cache/gone").value
