"""PutParameter: what makes a parameter, or its next version, and what does not."""

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import regex
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from iam.models import Revision
from params import versions
from params.errors import InvalidAllowedPattern, ParameterPatternMismatch
from params.models import Parameter, ParameterVersion
from params.operations.put_parameter import PutParameter
from service.call import call
from tests.audit.making import in_thread
from tests.keys.using import refused
from tests.params.using import arn

pytestmark = pytest.mark.django_db

EXISTS = (
    "The parameter already exists. To overwrite this value, set the overwrite option in the "
    "request to true."
)
TAGS = [{"Key": "team", "Value": "blue"}]


def described(ssm, name):
    (told,) = ssm(
        "DescribeParameters", ParameterFilters=[{"Key": "Name", "Values": [name]}]
    ).parameters
    return told


def test_a_parameter_is_made_and_read(ssm):
    made = ssm.put("/app/url", "https://example.com")

    assert (made.version, made.tier) == (1, "Standard")
    told = ssm.get("/app/url")
    assert (told.name, told.type, told.value) == ("/app/url", "String", "https://example.com")
    assert (told.version, told.data_type) == (1, "text")
    assert told.arn == arn("app/url")


def test_a_parameter_is_overwritten_only_if_that_is_said(ssm):
    ssm.put("p", "one")

    with refused("ParameterAlreadyExists", EXISTS):
        ssm.put("/p", "two")
    assert ssm.put("/p", "two", Overwrite=True).version == 2

    told = ssm.get("p")
    assert (told.name, told.value, told.version) == ("p", "two", 2)
    assert described(ssm, "p").name == "p"


def test_overwrite_makes_what_is_not_there(ssm):
    assert ssm.put("p", Overwrite=True, Type="String").version == 1


def test_a_type_is_needed_once_and_stays(ssm):
    with refused(
        "ValidationException", "A parameter type is required when you create a parameter."
    ):
        ssm("PutParameter", Name="p", Value="x")
    ssm.put("p", "a,b", Type="StringList")

    ssm.put("p", "c", Overwrite=True)
    ssm.put("p", "d", Overwrite=True, Type="StringList")
    with refused("HierarchyTypeMismatchException"):
        ssm.put("p", "x", Overwrite=True, Type="SecureString")

    assert (ssm.get("p").type, ssm.get("p").version) == ("StringList", 3)


def test_an_empty_value_is_refused_without_being_told(ssm):
    with refused(
        "ValidationException",
        "1 validation error detected: Value at 'value' failed to satisfy constraint: Member "
        "must have length greater than or equal to 1",
    ):
        ssm.put("p", "")


@pytest.mark.parametrize("value", ["{{other}}", "x{{ssm:other}}y", "{{\n}}"])
def test_a_value_names_no_other_parameter(ssm, value):
    with refused("ValidationException"):
        ssm.put("p", value)
    ssm.put("p", "{{ not closed")


def test_what_a_change_does_not_mention_stays(ssm):
    ssm.put("p", "ami-0123456789abcdef0", Description="d", AllowedPattern="ami.*", DataType="text")

    ssm.put("p", "ami-1", Overwrite=True)
    told = described(ssm, "p")
    assert (told.description, told.allowed_pattern, told.data_type) == ("d", "ami.*", "text")

    ssm.put("p", "x", Overwrite=True, Description="", AllowedPattern="")
    told = described(ssm, "p")
    assert (told.description, told.allowed_pattern) == (None, None)


def test_tags_are_given_when_a_parameter_is_made_only(ssm):
    ssm.put("p", Tags=TAGS)
    tags = ssm("ListTagsForResource", ResourceType="Parameter", ResourceId="p").tag_list
    assert [(tag.key, tag.value) for tag in tags] == [("team", "blue")]

    with refused("ValidationException"):
        ssm.put("p", Overwrite=True, Tags=TAGS)
    with refused("ValidationException"):
        ssm.put("new", Overwrite=True, Type="String", Tags=TAGS)


class TestTiers:
    def test_a_standard_parameter_has_4_kb(self, ssm):
        ssm.put("p", "x" * 4096)

        with refused("ValidationException"):
            ssm.put("q", "x" * 4097)
        with refused("ValidationException"):
            ssm.put("q", "ä" * 2049)

    def test_an_advanced_parameter_has_8_kb(self, ssm):
        assert ssm.put("p", "x" * 8192, Tier="Advanced").tier == "Advanced"

        with refused("ValidationException"):
            ssm.put("q", "x" * 8193, Tier="Advanced")

    def test_intelligent_tiering_takes_the_tier_that_is_needed(self, ssm):
        assert ssm.put("p", "x", Tier="Intelligent-Tiering").tier == "Standard"
        assert ssm.put("p", "x" * 5000, Tier="Intelligent-Tiering", Overwrite=True).tier == (
            "Advanced"
        )
        assert ssm.put("p", "x", Tier="Intelligent-Tiering", Overwrite=True).tier == "Advanced"

    def test_an_advanced_parameter_does_not_go_back(self, ssm):
        ssm.put("p", Tier="Advanced")

        with refused("ValidationException"):
            ssm.put("p", Tier="Standard", Overwrite=True)
        assert ssm.put("p", Overwrite=True).tier == "Advanced"

    def test_an_account_has_so_many_standard_parameters_in_a_region(self, ssm, settings):
        settings.STRONGROOM_MAX_STANDARD_PARAMETERS = 2
        ssm.put("a")
        ssm.put("b")

        with refused(
            "ParameterLimitExceeded",
            "You have reached the maximum number of standard parameters for this AWS account "
            "and Region (2). To add more parameters, either delete existing parameters or "
            "upgrade to the advanced-parameter tier.",
        ):
            ssm.put("c")
        ssm.put("a", Overwrite=True)
        assert ssm.put("c", Tier="Intelligent-Tiering").tier == "Advanced"
        ssm.at(region="eu-west-1").put("c")
        ssm("DeleteParameter", Name="a")
        ssm.put("d")

    def test_and_so_many_advanced_ones(self, ssm, settings):
        settings.STRONGROOM_MAX_ADVANCED_PARAMETERS = 1
        ssm.put("a", Tier="Advanced")
        ssm.put("b")

        with refused("ParameterLimitExceeded"):
            ssm.put("c", Tier="Advanced")
        with refused("ParameterLimitExceeded"):
            ssm.put("b", Tier="Advanced", Overwrite=True)


class TestAllowedPattern:
    def test_a_value_has_to_match_all_of_it(self, ssm):
        ssm.put("p", "123", AllowedPattern=r"\d+")

        with refused(
            "ParameterPatternMismatchException",
            r"Parameter value, cannot be validated against allowedPattern: \d+",
        ):
            ssm.put("p", "12x", Overwrite=True)
        ssm.put("p", "x", Overwrite=True, AllowedPattern="x")

    @pytest.mark.parametrize("pattern", ["(", "*", "[z-a]", "(?P<a>", r"\p{Nothing}"])
    def test_what_is_no_pattern_is_refused(self, ssm, pattern):
        with refused("InvalidAllowedPatternException"):
            ssm.put("p", AllowedPattern=pattern)

    @pytest.mark.parametrize(
        "pattern", ["(a+)+$b", "(a|aa)+b", "(a*)*b", "((a{1,99}){1,99}){1,99}b", "(.*a){20}b"]
    )
    def test_a_hostile_one_does_not_keep_anybody_waiting(self, ssm, pattern):
        began = time.monotonic()

        with pytest.raises((InvalidAllowedPattern, ParameterPatternMismatch)):
            ssm.put("p", "a" * 4000, AllowedPattern=pattern)

        assert time.monotonic() - began < 2

    @pytest.mark.parametrize(
        "pattern",
        [
            "(?:(?:a?){9999}){9999}b",
            "((a{9999}){9999})",
            r"(?:" * 100 + r"[a\]]" + r"){9}" * 100,
            "(?:" + "a?" * 400 + "){9999}",
            "(?:(?:a?)(?#c)){9999}{9999}",
            "a+{99999}",
            "(?:" + "a?" * 400 + "[[:digit:](]){9999}",
            "(?:" + "a?" * 400 + "[](]){9999}",
            "(?V1)(?:" + "a?" * 400 + "[a[b](]){9999}",
            "(?x)(?:(?:a?) {9999}) {9999}",
            "(?:a?){" + "9" * 500 + "}",
            *("(?R)?a", "(a(?1)?b?)*c", "(?<n>a(?&n)?)", "(?P<n>a(?P>n)?)", "((?-1)?a)*b"),
        ],
    )
    def test_nor_does_it_take_all_the_memory(self, ssm, pattern):
        with refused("InvalidAllowedPatternException"):
            ssm.put("p", AllowedPattern=pattern)

    def test_no_pattern_stays_in_the_memory(self, ssm, monkeypatch):
        compile_, made = regex.compile, []

        def compiling(*args, **more):
            pattern = compile_(*args, **more)
            made.append(weakref.ref(pattern))
            return pattern

        monkeypatch.setattr(regex, "compile", compiling)
        ssm.put("p", "x", AllowedPattern="(?:x|y){1,9}")
        gc.collect()

        assert made
        assert not any(each() for each in made)

    @pytest.mark.parametrize(
        ("pattern", "value"),
        [
            (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "0123abcd-0123-4567-89ab-0123456789ab"),
            (r"^.{1,4096}$", "x"),
            (r"(?i)ab[\]\[)]+\)", "AB])["[:3] + ")"),
            (r"(?:[a-z]{2,63}\.)+[a-z]{2,}", "www.example.com"),
            (r"\(?V\)?x", "(V)x"),
        ],
    )
    def test_what_people_write_is_taken(self, ssm, pattern, value):
        ssm.put("p", value, AllowedPattern=pattern)


class TestVersions:
    def test_the_newest_hundred_are_kept(self, ssm, monkeypatch):
        monkeypatch.setattr(versions, "MOST_VERSIONS", 5)
        ssm.put("p", "1")
        for number in range(2, 9):
            ssm.put("p", str(number), Overwrite=True)

        assert list(ParameterVersion.objects.values_list("number", flat=True)) == [4, 5, 6, 7, 8]
        with refused("ParameterVersionNotFound"):
            ssm.get("p:3")

    def test_the_oldest_is_kept_while_it_has_a_label(self, ssm, monkeypatch):
        monkeypatch.setattr(versions, "MOST_VERSIONS", 2)
        ssm.put("p", "1")
        ssm("LabelParameterVersion", Name="p", Labels=["keep"])
        ssm.put("p", "2", Overwrite=True)

        with refused(
            "ParameterMaxVersionLimitExceeded",
            "You attempted to create a new version of p by calling the PutParameter API with "
            "the overwrite flag. Version 1, the oldest version, can't be deleted because it has "
            "a label associated with it. Move the label to another version of the parameter, "
            "and try again.",
        ):
            ssm.put("p", "3", Overwrite=True)
        ssm("LabelParameterVersion", Name="p", Labels=["keep"], ParameterVersion=2)
        assert ssm.put("p", "3", Overwrite=True).version == 3

    def test_aws_keeps_a_hundred(self):
        assert versions.MOST_VERSIONS == 100

    @pytest.mark.django_db(transaction=True)
    def test_two_writers_at_once_make_every_version_once_and_lose_no_value(self, ssm):
        ssm.put("p", "0", Type="SecureString")
        values = [str(number) for number in range(1, 17)]

        def write(value: str) -> int:
            made: int = ssm.put("p", value, Overwrite=True).version
            return made

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(in_thread(write), values))

        assert sorted(made) == list(range(2, 18))
        told = ssm("GetParameterHistory", Name="p", WithDecryption=True).parameters
        assert [each.version for each in told] == list(range(1, 18))
        assert {each.version: each.value for each in told} == {
            1: "0",
            **dict(zip(made, values, strict=True)),
        }

    @pytest.mark.django_db(transaction=True)
    def test_of_many_who_make_one_parameter_at_once_one_does(self, ssm):
        ssm.put("another")

        def make(value: str) -> str:
            try:
                ssm.put("p", value)
            except Exception as error:
                return type(error).__name__
            return value

        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(in_thread(make), "abcd"))

        (value,) = set(told) - {"ParameterAlreadyExists"}
        assert told.count("ParameterAlreadyExists") == 3
        assert ssm.get("p").value == value


def test_a_put_asks_the_database_as_much_with_many_versions_as_with_few(ssm):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            ssm.put("p", "x", Overwrite=True)
        return len([query for query in queries if "params_" in query["sql"]])

    ssm.put("p")
    few = cost()
    for _ in range(20):
        ssm.put("p", Overwrite=True)

    assert cost() == few


@pytest.mark.django_db(transaction=True)
def test_what_another_process_changed_a_moment_ago_is_known_to_a_change(ssm):
    """A process on PostgreSQL looks for changes of others only now and then."""
    ssm("PutParameter", Name="/p", Value="v", Type="SecureString")
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is one machine's")
    ssm.get("/p")  # which this process remembers
    asked = ssm.caller()
    Parameter.objects.all().delete()
    Revision.objects.update(value=F("value") + 1)

    call(asked, PutParameter, {"Name": "/p", "Value": "new", "Type": "String"})

    assert ssm.get("/p").value == "new"
