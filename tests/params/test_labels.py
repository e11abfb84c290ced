"""Labels: on one version at a time, ten on each, and only of what they may be made of."""

import pytest

from params import labels
from tests.keys.using import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _versions(ssm):
    for number in range(3):
        ssm.put("/p", str(number), Overwrite=True, Type="String")


def label(ssm, *given, version=None):
    more = {} if version is None else {"ParameterVersion": version}
    return ssm("LabelParameterVersion", Name="p", Labels=list(given), **more)


def on(ssm):
    return [each.labels for each in ssm("GetParameterHistory", Name="p").parameters]


def test_labels_go_on_the_current_version_unless_another_is_named(ssm):
    told = label(ssm, "a", "b")
    assert (told.parameter_version, told.invalid_labels) == (3, ())
    label(ssm, "c", version=1)

    assert on(ssm) == [("c",), (), ("a", "b")]


def test_a_label_moves(ssm):
    label(ssm, "a", "b", version=1)
    label(ssm, "b", "b", version=2)

    assert on(ssm) == [("a",), ("b",), ()]
    assert ssm.get("p:b").value == "1"


def test_a_version_has_ten_labels_at_most(ssm):
    label(ssm, *(f"l{number}" for number in range(10)))
    label(ssm, "l0", "l1")

    with refused(
        "ParameterVersionLabelLimitExceeded",
        "A parameter version can have maximum 10 labels. Move one or more labels to another "
        "version and try again.",
    ):
        label(ssm, "one-more")
    label(ssm, "one-more", version=1)
    with refused("ParameterVersionLabelLimitExceeded"):
        label(ssm, "one-more")
    assert on(ssm)[0] == ("one-more",)


@pytest.mark.parametrize("bad", ["9a", "awsx", "AWS", "Ssm-x", "a/b", "a b", "ä", "a\n"])
def test_what_is_no_label_is_told_and_the_others_are_attached(ssm, bad):
    told = label(ssm, bad, "good")

    assert told.invalid_labels == (bad,)
    assert on(ssm)[2] == ("good",)


@pytest.mark.parametrize("good", ["a", "_a", ".", "-1", "laws", "Prod.2_x-y"])
def test_what_may_be_a_label(good):
    assert labels.is_sound(good)


def test_a_label_has_a_hundred_characters_at_most(ssm):
    label(ssm, "a" * 100)
    with refused("ValidationException"):
        label(ssm, "a" * 101)


@pytest.mark.parametrize("version", [0, -1, 4, 2**63])
def test_a_version_that_is_not_there_has_no_labels(ssm, version):
    message = f"Systems Manager could not find version {version} of p. Verify the version and"
    with refused("ParameterVersionNotFound", f"{message} try again."):
        label(ssm, "a", version=version)
    with refused("ParameterVersionNotFound"):
        ssm("UnlabelParameterVersion", Name="p", ParameterVersion=version, Labels=["a"])


def test_a_parameter_that_is_not_there_has_none_either(ssm):
    for name, more in (("LabelParameterVersion", {}), ("UnlabelParameterVersion", {})):
        with refused("ParameterNotFound", ""):
            ssm(name, Name="q", Labels=["a"], ParameterVersion=1, **more)


def test_labels_are_taken_off_the_version_that_has_them(ssm):
    label(ssm, "a", "b", version=1)
    label(ssm, "c", version=2)

    told = ssm("UnlabelParameterVersion", Name="/p", ParameterVersion=1, Labels=["c", "a", "d"])

    assert (told.removed_labels, told.invalid_labels) == (("a",), ("c", "d"))
    assert on(ssm) == [("b",), ("c",), ()]
