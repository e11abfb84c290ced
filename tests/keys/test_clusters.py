"""The settings of HSMs: what is wrong with them is said, with advice."""

import json

import pytest

from keys.checks import hsm_clusters_are_sound
from keys.stores import clusters

ID = "cluster-234567abcde"
SOUND = {"module": __file__, "token": "strongroom"}


@pytest.fixture
def problems(settings):
    def found(text):
        settings.STRONGROOM_HSM_CLUSTERS = text if isinstance(text, str) else json.dumps(text)
        errors = hsm_clusters_are_sound(None)
        assert {each.id for each in errors} <= {"keys.E001"}
        return " ".join(each.msg for each in errors)

    return found


@pytest.mark.parametrize("sound", ["", "{}", {ID: SOUND}, {ID: {"module": __file__, "slot": 0}}])
def test_sound_settings_are_no_problem(problems, sound):
    assert problems(sound) == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("{", "not a JSON object"),
        ("[]", "not a JSON object"),
        ({"cluster-1": SOUND}, "11 to 16"),
        ({ID: 1}, "give an object"),
        ({ID: {**SOUND, "pin": "1234"}}, "pin is no member"),
        ({ID: {**SOUND, "token": 1}}, "token is no member, or not of the right type"),
        ({ID: {"module": __file__, "slot": True}}, "slot is no member, or not of the right type"),
        ({ID: {"token": "t"}}, "module has to be the path"),
        ({ID: {"module": "/nowhere", "token": "t"}}, "module has to be the path"),
        ({ID: {"module": __file__}}, "as token, or its number as slot"),
        ({ID: {**SOUND, "slot": 0}}, "and not both"),
        ({ID: {**SOUND, "trust_anchor": "/nowhere"}}, "trust_anchor has to be the path"),
        ({ID: {**SOUND, "trust_anchor": __file__}}, "trust_anchor has to be the path"),
    ],
)
def test_what_is_wrong_is_said(problems, wrong, says):
    assert says in problems(wrong)


def test_a_cluster_is_found_by_its_id(settings):
    settings.STRONGROOM_HSM_CLUSTERS = json.dumps({ID: SOUND})

    found = clusters.find(ID)

    assert found is not None
    assert (found.module, found.token, found.slot, found.anchor) == (
        __file__,
        "strongroom",
        None,
        b"",
    )
    assert clusters.find("cluster-nowherenowh") is None
