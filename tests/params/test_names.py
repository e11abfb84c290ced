"""Names of parameters: which may be, which are one, and what a request's text names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from params import names
from service.caller import Caller
from service.errors import AccessDenied, ServiceError, ValidationFailed
from tests.audit.making import caller
from tests.keys.using import refused
from tests.params.using import arn

RESERVED = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
MALFORMED = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it '
    "can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of "
    "letters, numbers and the following 3 symbols .-_"
)
PARTS = st.text("abcXYZ019_.-", min_size=1, max_size=8)
PATHS = (
    st.lists(PARTS, min_size=1, max_size=15)
    .map(lambda parts: "/" + "/".join(parts))
    .filter(lambda path: not path.lower().startswith(("/aws", "/ssm")))
)


@pytest.fixture(scope="module")
def here() -> Caller:
    return caller()


@pytest.mark.parametrize(
    "name",
    ["p", "/p", "P.q_r-1", "/a/b", "/" + "/".join("abcdefghijklmno"), "a.ws", "/a/aws", "/a/ssm/b"],
)
def test_a_sound_name_may_be(here, name):
    assert names.for_new(here, name).text == name


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("ssm_x", "ValidationException", RESERVED),
        ("AWSx", "ValidationException", RESERVED),
        ("/aws-x", "ValidationException", RESERVED),
        ("/SSM/x", "ValidationException", MALFORMED),
        ("/AWS/x", "AccessDeniedException", "No access to reserved parameter name: /AWS/x."),
        ("a/b/c", "ValidationException", "Parameter name must be a fully qualified name."),
        ("/a/b/", "ValidationException", "Parameter name must not end with slash."),
        ("/", "ValidationException", MALFORMED),
        ("/a//b", "ValidationException", MALFORMED),
        ("a b", "ValidationException", MALFORMED),
        ("a:1", "ValidationException", MALFORMED),
        ("/ä", "ValidationException", MALFORMED),
        ("a\n", "ValidationException", MALFORMED),
        (" ", "ValidationException", MALFORMED),
        (arn("x"), "ValidationException", MALFORMED),
    ],
)
def test_any_other_may_not(here, name, code, message):
    with refused(code, message):
        names.for_new(here, name)


def test_spaces_around_a_name_are_removed(here):
    assert names.for_new(here, " /a/b ").text == "/a/b"
    assert names.for_reading(here, " p:1 ", selectors=True).selector == ":1"


def test_a_hierarchy_has_15_levels_at_most(here):
    names.for_new(here, "/a" * 15)

    with refused("HierarchyLevelLimitExceededException"):
        names.for_new(here, "/a" * 16)


def test_a_name_has_1011_characters_with_its_arn(here):
    longest = 1011 - len(arn(""))
    names.for_new(here, "x" * longest)

    with refused("ValidationException"):
        names.for_new(here, "x" * (longest + 1))


def test_a_name_with_and_without_the_leading_slash_is_one(here):
    one, other = names.for_existing(here, "p"), names.for_existing(here, "/p")

    assert one.path == other.path == "/p"
    assert one.arn == other.arn == arn("p")


@pytest.mark.parametrize(
    ("text", "path", "selector"),
    [
        ("p", "/p", ""),
        ("/a/b:3", "/a/b", ":3"),
        ("p:label", "/p", ":label"),
        ("p:2:3", "/p", ":2:3"),
        (arn("a/b"), "/a/b", ""),
        (arn("p:3"), "/p", ":3"),
        ("/aws/service/x", "/aws/service/x", ""),
    ],
)
def test_what_a_text_names(here, text, path, selector):
    name = names.for_reading(here, text, selectors=True)

    assert (name.path, name.selector) == (path, selector)
    assert name.by_arn == text.startswith("arn:")


@pytest.mark.parametrize("text", ["a/b/c", "/a//b", "/ssm/x", "a b", "", "/", ":1", "arn:aws:ssm"])
def test_what_names_nothing(here, text):
    with refused("ValidationException", MALFORMED):
        names.for_reading(here, text, selectors=True)


@pytest.mark.parametrize(
    "text",
    [
        arn("x", region="eu-west-1"),
        arn("x").replace(":ssm:", ":kms:"),
        arn("x").replace(":parameter/", ":document/"),
        arn("x").replace("arn:aws:", "arn:aws-cn:"),
    ],
)
def test_an_arn_is_of_a_parameter_in_this_region(here, text):
    with refused("ValidationException", f"Invalid parameter ARN: {text}"):
        names.for_reading(here, text, selectors=True)


def test_without_selectors_a_colon_is_no_part_of_a_name(here):
    with refused("ValidationException", MALFORMED):
        names.for_reading(here, "p:1", selectors=False)


@pytest.mark.parametrize("text", ["a", "//", "/a//b", "/###", "/a b", "/ssm", ""])
def test_what_is_no_path(text):
    with pytest.raises(ValidationFailed, match="The parameter name must begin with a forward"):
        names.path(text)


def test_a_path_may_end_with_a_slash():
    assert names.path("/a/b/") == "/a/b"
    assert names.path("/") == "/"


@given(PATHS)
def test_a_sound_path_is_taken_and_named_in_every_way(path):
    here = caller()
    made = names.for_new(here, path)

    assert names.for_existing(here, path).path == path
    for text in (path, made.arn):
        name = names.for_reading(here, f"{text}:7", selectors=True)
        assert (name.account, name.path, name.selector) == (made.account, path, ":7")
        assert name.arn == made.arn
    low, high = names.below(names.parent_of(path))
    assert low <= path < high


@given(st.text())
def test_whatever_is_taken_keeps_the_rules(text):
    here = caller()
    try:
        name = names.for_new(here, text)
    except (ServiceError, AccessDenied):
        return
    assert re.fullmatch(r"(/[A-Za-z0-9_.-]+){1,15}", name.path)
    assert not name.path.lower().startswith(("/aws", "/ssm"))
    assert name.text == text.strip(" ")
    assert name.path.lstrip("/") == name.text.lstrip("/")


@given(PATHS, PATHS)
def test_a_range_has_what_is_below_a_path_and_nothing_else(path, other):
    low, high = names.below(path)

    assert (low <= other < high) == other.startswith(f"{path}/")
