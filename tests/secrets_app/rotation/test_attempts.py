"""Attempts: what fails is tried again, a worker's death loses nothing, many workers do it once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from secrets_app.models import Secret
from secrets_app.rotation import attempts, queue
from secrets_app.rotation.attempts import MARGIN, MOST_ATTEMPTS, WAITS
from secrets_app.rotation.models import Rotation, RotationFunction, State, Step
from tests.secrets_app.rotation import rotating
from tests.secrets_app.rotation.registering import register
from tests.secrets_app.rotation.rotating import ARN, DAYS, NAME

pytestmark = pytest.mark.django_db
STEPS = [str(step) for step in Step]


@pytest.fixture
def arn(sm):
    return sm.create("db")


@pytest.fixture
def version(sm, arn):
    """That of a rotation which waits for a worker."""
    told = sm("RotateSecret", SecretId=arn, RotationLambdaARN=ARN, RotationRules=DAYS)
    return told.version_id


class TestFailing:
    @pytest.mark.parametrize("step", list(Step))
    def test_the_password_in_use_stays(self, sm, arn, version, function, step):
        function.fail_at(step)
        rotating.work()

        assert sm.read(arn) == "s3cret"
        rotation = rotating.last()
        assert (rotation.state, rotation.attempts) == (State.WAITING, 1)
        assert rotation.problem == f"{step}: The database is away."
        assert rotating.told() == ["RotationStarted"]

    @pytest.mark.parametrize("step", list(Step))
    def test_it_is_tried_again_from_the_start(self, sm, arn, version, function, step):
        function.fail_at(step)
        rotating.work()
        function.recover()
        function.steps.clear()

        rotating.work()
        assert function.steps == []  # it is not time yet
        rotating.next_attempt(rotating.last())

        assert function.steps == STEPS
        assert sm.read(arn) == f"made for {version}"
        assert rotating.last().attempts == 2

    def test_a_step_is_done_by_the_function_as_it_is_then(self, sm, arn, function):
        """Who removes one during an attempt has it do nothing more."""
        told = register(FunctionName="mine", TemplateName=NAME, Timeout=7)
        mine = told.function.function_arn
        sm("RotateSecret", SecretId=arn, RotationLambdaARN=mine)
        row, seconds = RotationFunction.objects, []

        def trouble(event):
            rotation = rotating.last()
            seconds.append((rotation.claimed_until - rotating.now() - MARGIN).total_seconds())
            if event.step is Step.CREATE:
                row.update(timeout=700)
            else:
                row.all().delete()

        function.trouble = trouble
        rotating.work()

        assert [round(each, -1) for each in seconds] == [10, 700]
        assert function.steps == ["createSecret", "setSecret"]
        assert rotating.last().problem == f"testSecret: There is no rotation function {mine}."

    def test_it_is_given_up_in_the_end(self, sm, arn, version, function):
        function.fail_at(Step.SET)
        rotating.work()
        for wait in WAITS:
            rotation = rotating.last()
            assert (
                timedelta(0)
                < rotation.next_attempt - rotating.now()
                <= wait + sum(WAITS, timedelta())
            )
            rotating.next_attempt(rotation)

        rotation = rotating.last()
        assert (rotation.state, rotation.attempts) == (State.FAILED, MOST_ATTEMPTS)
        assert rotating.told() == ["RotationStarted", "RotationFailed"]
        assert sm.read(arn) == "s3cret"
        assert sm.stages(arn)[version] == ["AWSPENDING"]
        # the next day, though it is rotated every 30
        assert sm.describe(arn)["NextRotationDate"] - rotating.now() < timedelta(days=2, hours=1)

    def test_one_that_was_given_up_is_tried_again_by_its_token(self, sm, arn, version, function):
        function.fail_at(Step.SET)
        rotating.work()
        for _ in WAITS:
            rotating.next_attempt(rotating.last())
        function.recover()

        sm("RotateSecret", SecretId=arn, ClientRequestToken=version)
        rotating.work()

        assert sm.read(arn) == f"made for {version}"
        assert Rotation.objects.count() == 2

    def test_one_that_waits_need_not(self, sm, arn, version, function):
        function.fail_at(Step.SET)
        rotating.work()
        function.recover()

        sm("RotateSecret", SecretId=arn, ClientRequestToken=version)
        rotating.work()

        assert sm.read(arn) == f"made for {version}"
        assert Rotation.objects.count() == 1

    def test_a_function_that_does_not_promote_has_failed(self, sm, arn, version, function):
        function.finish = lambda *_: None
        rotating.work()

        assert rotating.last().problem.endswith("not labelled AWSCURRENT.")
        assert sm.describe(arn).get("LastRotatedDate") is None

    def test_a_function_that_breaks_down_says_nothing_of_its_own(self, arn, version, function):
        def break_down(event):
            raise ValueError("hunter2")

        function.trouble = break_down
        rotating.work()

        assert rotating.last().problem == (
            "The rotation function broke down. The worker's log says where."
        )

    def test_nothing_it_says_is_in_the_log(self, arn, version, function, caplog):
        def break_down(event):
            raise ValueError("hunter2")

        function.trouble = break_down
        rotating.work()

        assert "hunter2" not in caplog.text
        assert "ValueError" in caplog.text

    def test_a_function_that_was_taken_away_is_missed(self, sm, arn, version):
        Rotation.objects.update(function=ARN.replace("Single", "No"))
        rotating.work()

        assert "There is no rotation function" in rotating.last().problem


class TestDying:
    @pytest.mark.parametrize("step", list(Step))
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_another_worker_goes_on(self, sm, arn, version, function, monkeypatch, step, when):
        """Killed before a step, or when it is done and nobody knows yet."""

        class Killed(BaseException):
            pass

        whole = function.__class__.__call__

        def dying(self, *given):
            if given[1].step is step and when == "before":
                raise Killed
            whole(self, *given)
            if given[1].step is step:
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(function.__class__, "__call__", dying)
            with pytest.raises(Killed):
                attempts.make.call(rotating.last().pk)
        assert rotating.last().state == State.RUNNING
        done = list(function.steps)

        rotating.see_to_it(rotating.last().claimed_until - timedelta(seconds=1))
        assert function.steps == done  # it is another's still
        rotating.see_to_it(rotating.last().claimed_until + timedelta(seconds=1))

        assert sm.read(arn) == f"made for {version}"
        assert function.steps == done + STEPS[STEPS.index(step) :]
        assert rotating.last().state == State.SUCCEEDED
        assert rotating.told() == ["RotationStarted", "RotationSucceeded"]

    def test_one_whose_place_in_the_queue_was_lost_is_taken_up(self, sm, arn, version, function):
        from django_tasks_db.models import DBTaskResult

        DBTaskResult.objects.all().delete()

        rotating.see_to_it()
        assert function.steps == []
        rotating.see_to_it(rotating.now() + timedelta(minutes=2))

        assert sm.read(arn) == f"made for {version}"

    def test_who_was_taken_for_dead_does_no_more(self, sm, arn, version, function):
        """Its claim ended while it was in a step; another has done the rest."""

        def be_slow(event):
            if event.step is not Step.SET or len(function.steps) > 2:
                return
            Rotation.objects.update(claimed_until=rotating.now() - timedelta(seconds=1))
            rotating.see_to_it()

        function.trouble = be_slow
        attempts.make.call(rotating.last().pk)

        assert function.steps == ["createSecret", "setSecret", "setSecret", *STEPS[2:]]
        assert rotating.told() == ["RotationStarted", "RotationSucceeded"]
        assert sm.read(arn) == f"made for {version}"

    def test_a_process_that_is_to_end_leaves_the_rest(self, sm, arn, version, function):
        def end(event):
            if event.step is Step.SET and len(function.steps) == 2:
                attempts.ending.set()

        function.trouble = end
        try:
            attempts.make.call(rotating.last().pk)
        finally:
            attempts.ending.clear()
        assert function.steps == STEPS[:2]
        assert rotating.last().state == State.WAITING

        rotating.work()

        assert function.steps == [*STEPS[:2], *STEPS[2:]]
        assert sm.read(arn) == f"made for {version}"


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_it(sm, arn, version, function):
    pk, start = rotating.last().pk, threading.Barrier(4)

    def work():
        start.wait()
        attempts.make.call(pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert function.steps == STEPS
    assert rotating.last().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_threads_work_the_queue_off(sm, function):
    for name in ("a", "b", "c"):
        sm.create(name)
        sm("RotateSecret", SecretId=name, RotationLambdaARN=ARN, RotationRules=DAYS)
    done = threading.Event()

    def finished(event):
        if event.step is Step.FINISH and function.steps.count("finishSecret") == 3:
            done.set()

    function.trouble = finished
    threads = queue.Threads(2)
    threads.start()
    try:
        assert done.wait(30)
    finally:
        threads.end()
        attempts.ending.clear()

    assert set(Rotation.objects.values_list("state", flat=True)) == {State.SUCCEEDED}
    assert len(function.steps) == 12


def test_a_secret_that_is_to_be_deleted_is_not_rotated(sm, arn, version, function):
    sm("DeleteSecret", SecretId=arn)
    rotating.work()

    assert function.steps == []
    assert rotating.last().problem == "The secret is scheduled for deletion."
    assert rotating.last().state == State.FAILED


def test_the_queue_is_cleared(sm, arn, version, function):
    from django_tasks_db.models import DBTaskResult

    rotating.work()
    with time_machine.travel(rotating.now() + timedelta(days=6)):
        queue.clear()
    assert DBTaskResult.objects.count() == 1
    with time_machine.travel(rotating.now() + timedelta(days=8)):
        queue.clear()
    assert not DBTaskResult.objects.exists()


def test_a_rotation_costs_the_same_whatever_went_before(sm, arn, function):
    for _ in range(3):
        sm("RotateSecret", SecretId=arn, RotationLambdaARN=ARN)
        rotating.work()

    assert Rotation.objects.filter(state=State.SUCCEEDED).count() == 3
    assert Secret.objects.get().versions.count() == 4
