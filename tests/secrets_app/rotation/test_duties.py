"""What begins by itself: due rotations, in their windows, each once."""

from datetime import timedelta

import pytest
import time_machine

from secrets_app.models import Secret
from secrets_app.rotation import duties
from secrets_app.rotation.models import Rotation, State, Step
from tests.secrets_app.rotation import rotating
from tests.secrets_app.rotation.rotating import ARN, DAYS

pytestmark = pytest.mark.django_db


@pytest.fixture
def arn(sm, function):
    """A secret that was rotated just now, and is to be in 30 days again."""
    made = sm.create("db")
    sm("RotateSecret", SecretId=made, RotationLambdaARN=ARN, RotationRules=DAYS)
    rotating.work()
    function.steps.clear()
    return made


def due():
    return Secret.objects.get().rotation_due


def test_it_begins_when_it_is_due_and_not_before(sm, arn, function):
    rotating.see_to_it(due() - timedelta(seconds=5))
    assert function.steps == []

    rotating.see_to_it(due() + timedelta(seconds=5))

    assert function.steps == [str(step) for step in Step]
    rotation = rotating.last()
    assert rotation.is_scheduled
    assert sm.read(arn) == f"made for {rotation.version_id}"
    assert due() > rotating.now() + timedelta(days=59)


def test_the_moment_is_in_the_first_half_of_the_window(arn):
    end = Secret.objects.get().next_rotation

    assert (end.hour, end.minute) == (0, 0)
    assert timedelta(hours=12) <= end - due() <= timedelta(hours=24)


def test_what_goes_on_is_not_begun_again(arn, function):
    function.fail_at(Step.SET)
    at = due() + timedelta(seconds=5)
    rotating.see_to_it(at)
    rotating.see_to_it(at + timedelta(seconds=20))

    assert Rotation.objects.filter(is_scheduled=True).count() == 1


def test_what_failed_goes_on_with_its_version_the_next_day(sm, arn, function):
    function.fail_at(Step.SET)
    rotating.see_to_it(due() + timedelta(seconds=5))
    for _ in range(4):
        rotating.next_attempt(rotating.last())
    failed = rotating.last()
    assert failed.state == State.FAILED
    function.recover()

    assert due() - failed.finished < timedelta(days=2)
    rotating.see_to_it(due() + timedelta(seconds=5))

    assert sm.read(arn) == f"made for {failed.version_id}"


def test_a_value_that_somebody_puts_counts_as_a_rotation(sm, arn):
    with time_machine.travel(rotating.now() + timedelta(days=20)):
        sm.put(arn, "by hand")

    assert due() > rotating.now() + timedelta(days=49)


def test_one_that_is_not_current_does_not(sm, arn):
    before = due()
    sm.put(arn, "by hand", "mine")

    assert due() == before


def test_a_secret_that_is_to_be_deleted_waits(sm, arn, function):
    sm("DeleteSecret", SecretId=arn)
    rotating.see_to_it(due() + timedelta(seconds=5))

    assert function.steps == []


def test_one_that_is_turned_off_is_not_due(sm, arn):
    sm("CancelRotateSecret", SecretId=arn)

    assert due() is None


class TestWindow:
    @pytest.fixture
    def arn(self, sm, function):
        made = sm.create("db")
        rules = {"ScheduleExpression": "cron(0 3 ? * 1 *)", "Duration": "2h"}
        sm(
            "RotateSecret",
            SecretId=made,
            RotationLambdaARN=ARN,
            RotationRules=rules,
            RotateImmediately=False,
        )
        rotating.work()
        function.steps.clear()
        return made

    def test_a_rotation_is_in_it(self, sm, arn):
        told = sm.describe(arn)

        assert told["NextRotationDate"].strftime("%a %H:%M") == "Sun 05:00"
        assert 1 <= told["RotationRules"]["AutomaticallyAfterDays"] <= 7
        assert told["RotationRules"]["ScheduleExpression"] == "cron(0 3 ? * 1 *)"
        assert due().strftime("%a %H") == "Sun 03"

    def test_one_that_was_missed_is_left_for_the_next(self, arn, function):
        before = due()
        rotating.see_to_it(before + timedelta(hours=3))

        assert function.steps == []
        assert rotating.told()[-1] == "RotationFailed"
        assert due() - before > timedelta(days=6)

    def test_no_attempt_is_begun_after_it(self, arn, function):
        function.fail_at(Step.SET)
        rotating.see_to_it(Secret.objects.get().next_rotation - timedelta(seconds=30))

        assert rotating.last().state == State.FAILED  # another would have been too late


def test_old_rotations_are_forgotten(sm, arn, monkeypatch):
    monkeypatch.setattr(duties, "KEPT", 2)
    for _ in range(3):
        sm("RotateSecret", SecretId=arn)
        rotating.work()
    newest = list(Rotation.objects.order_by("-id").values_list("id", flat=True)[:2])

    duties.forget_old_rotations()

    assert list(Rotation.objects.order_by("-id").values_list("id", flat=True)) == newest


def test_a_due_rotation_is_found_by_an_index(arn, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert duties.begin_due_rotations() == 0
