"""Rotations of real databases, step by step: repeated, left in the middle, and all at once."""

import json

import pytest

from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import State, Step
from tests.audit.making import bodies

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

STRATEGIES = "SingleUser", "MultiUser"


@pytest.fixture(params=STRATEGIES)
def rotated(request, rotating):
    return rotating(request.param)


def test_a_rotation_changes_the_password_and_the_secret(rotated):
    ended = rotated.rotate()

    assert (ended.state, ended.problem) == (State.SUCCEEDED, "")
    assert rotated.value()["username"] == rotated.other
    assert rotated.value()["password"] != rotated.password
    assert rotated.works()
    assert rotated.works("AWSPREVIOUS") == (rotated.strategy == "MultiUser")


def test_all_else_in_the_secret_stays(rotated):
    before = rotated.value()

    rotated.rotate()

    assert list(rotated.value()) == list(before)
    changed = {"username", "password"}
    kept = {name: told for name, told in before.items() if name not in changed}
    assert kept.items() <= rotated.value().items()


def test_rotations_follow_each_other(rotated):
    users = []
    for _ in range(3):
        assert rotated.rotate().state == State.SUCCEEDED
        users.append(rotated.value()["username"])
        assert rotated.works()

    assert users == [rotated.other, rotated.name, rotated.other]


def test_each_step_may_be_repeated(rotated):
    rotated.steps(Step.CREATE, Step.CREATE)
    made = rotated.value("AWSPENDING")
    rotated.steps(Step.SET, Step.SET, Step.CREATE)
    rotated.steps(Step.TEST, Step.TEST, Step.SET)
    rotated.steps(Step.FINISH, Step.FINISH, *Step)

    assert rotated.value() == made
    assert rotated.works()


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_rotation_that_was_left_goes_on_from_the_beginning(rotated, done):
    rotated.steps(*list(Step)[:done])
    made = rotated.value("AWSPENDING")

    rotated.steps(*Step)

    assert rotated.value() == made
    assert rotated.works()


def test_the_current_password_works_until_it_is_replaced(rotated):
    rotated.steps(Step.CREATE)
    assert rotated.works()

    rotated.steps(Step.SET)
    assert rotated.works() == (rotated.strategy == "MultiUser")
    assert rotated.works("AWSPENDING")


def test_testing_finds_a_password_that_was_not_set(rotated):
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match="refused the login"):
        rotated.steps(Step.TEST)


def test_a_password_that_somebody_else_changed_ends_the_rotation(rotated):
    rotated.server.set_password(rotated.name, "somebody's own")
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match=r"neither the pending|current password does not work"):
        rotated.steps(Step.SET)
    assert rotated.server.can_work(rotated.name, "somebody's own")


def test_the_previous_password_is_good_enough(rotating):
    rotated = rotating("SingleUser")
    rotated.rotate()
    rotated.server.set_password(rotated.name, rotated.password)  # as a restored backup has it
    assert not rotated.works()

    assert rotated.rotate().state == State.SUCCEEDED

    assert rotated.works()


def test_a_pending_password_may_be_set_already(rotating):
    rotated = rotating("SingleUser")
    rotated.steps(Step.CREATE)
    rotated.server.set_password(rotated.name, rotated.value("AWSPENDING")["password"])

    rotated.steps(Step.SET, Step.TEST, Step.FINISH)

    assert rotated.works()


def test_a_value_that_somebody_put_for_the_pending_version_is_taken(rotating):
    rotated = rotating("SingleUser")
    rotated.begin()
    text = rotated.server.secret(rotated.name, "chosen by hand")
    rotated.sm(
        "PutSecretValue",
        SecretId=rotated.arn,
        ClientRequestToken=rotated.version,
        SecretString=text,
        VersionStages=["AWSPENDING"],
    )

    rotated.steps(*Step)

    assert rotated.value() == json.loads(text)
    assert rotated.works()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_long_and_strange_passwords(rotating, strategy):
    strange = "%s%(x)s ' \" \\ ` $1 ; -- ü 漢字 🗝 " + "x" * 200

    rotated = rotating(strategy, password=strange)
    assert rotated.rotate().state == State.SUCCEEDED

    assert rotated.works()


def test_values_are_nowhere_else(rotated, caplog, capfd):
    with caplog.at_level("DEBUG"):
        for _ in range(2):
            rotated.rotate()
    seen = [rotated.password, rotated.value()["password"], rotated.value("AWSPREVIOUS")["password"]]

    told = "\n".join((str(bodies()), caplog.text, *capfd.readouterr()))
    if rotated.server.engine == "postgres":
        told += rotated.server.log()  # which has each statement
    for password in seen:
        assert password not in told
        assert json.dumps(password)[1:-1] not in told
