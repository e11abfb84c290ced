"""Two users take turns: both may do the same, and no client notices."""

import threading

import pytest
from django.db import connection

from iam.models import Role
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import State, Step
from tests.secrets_app.rotation.builtin.databases import MASTER, MASTER_PASSWORD
from tests.secrets_app.rotation.builtin.rotating import Rotating, master

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

ROTATIONS = 50


class Client(threading.Thread):
    """Reads the secret and logs in, in a loop."""

    def __init__(self, rotated) -> None:
        super().__init__(daemon=True)
        self.rotated = rotated
        self.worked: list[bool] = []
        self.ending, self.turn = threading.Event(), threading.Condition()

    def run(self) -> None:
        try:
            while not self.ending.wait(0.01):
                works = self.rotated.works()
                with self.turn:
                    self.worked.append(works)
                    self.turn.notify_all()
        finally:
            connection.close()

    def await_login(self) -> None:
        """One that began after now: nobody keeps a password for two rotations."""
        with self.turn:
            wanted = len(self.worked) + 2
            assert self.turn.wait_for(lambda: len(self.worked) >= wanted, timeout=60)


@pytest.mark.django_db(transaction=True)
def test_a_client_never_fails_during_50_rotations(rotating):
    rotated = rotating("MultiUser")
    client = Client(rotated)
    client.start()
    try:
        for _ in range(ROTATIONS):
            assert rotated.rotate().state == State.SUCCEEDED
            client.await_login()
    finally:
        client.ending.set()
        client.join()

    assert len(client.worked) > ROTATIONS
    assert all(client.worked)


def test_the_superuser_stays_as_it_is(rotating):
    rotated = rotating("MultiUser")

    rotated.rotate()

    assert rotated.server.can_work(MASTER, MASTER_PASSWORD)


def test_a_user_that_was_deleted_is_made_anew(rotating):
    rotated = rotating("MultiUser")
    rotated.rotate()
    rotated.rotate()
    rotated.server.drop_user(f"{rotated.name}_clone")

    assert rotated.rotate().state == State.SUCCEEDED
    assert rotated.works()


WRONG = {
    "another host": ({"host": "localhost"}, "of another database"),
    "another port": ({"port": 1}, "of another database"),
    "another engine": ({"engine": "oracle"}, "must have one of these as engine"),
    "no host": ({"host": None}, "superuser's secret has no host"),
    "a wrong password": ({"password": "wrong"}, "superuser's password does not work"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_superuser_of_something_else_is_refused(sm, database, what):
    members, problem = WRONG[what]
    rotated = Rotating(sm, database, "MultiUser", masterarn=master(sm, database, **members))
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match=problem):
        rotated.steps(Step.SET)
    assert rotated.works()


def test_a_superuser_is_nobody_s_turn(sm, database):
    """Else who may change the secret could change the superuser's password."""
    arn = master(sm, database, username=f"{MASTER}2")
    database.make_user(f"{MASTER}2", "x")
    rotated = Rotating(
        sm, database, "MultiUser", username=f"{MASTER}2", password="x", masterarn=arn
    )
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match="is the superuser itself"):
        rotated.steps(Step.SET)
    database.drop_user(f"{MASTER}2")


def test_the_superuser_s_secret_has_to_be_readable(sm, rotating):
    rotated = rotating("MultiUser")
    rotated.steps(Step.CREATE)
    arn = rotated.members["masterarn"]
    sm("DeleteResourcePolicy", SecretId=arn)

    with pytest.raises(StepFailed, match="GetSecretValue: AccessDeniedException") as failed:
        rotated.steps(Step.SET)
    role = Role.objects.get(name="AWSServiceRoleForSecretsManagerRotation")
    assert f"Let {role.arn} do that, in the resource policy of" in str(failed.value)


def test_the_superuser_s_secret_has_to_be_named(sm, database):
    rotated = Rotating(sm, database, "MultiUser", masterarn=None)
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match="no masterarn"):
        rotated.steps(Step.SET)


def test_a_name_has_room_for_the_other(sm, database):
    long = "ä" * 30 if database.engine == "postgres" else "x" * 75
    database.make_user(long, "x")
    rotated = Rotating(sm, database, "MultiUser", username=long, password="x")

    with pytest.raises(StepFailed, match="name is too long"):
        rotated.steps(Step.CREATE)
    database.drop_user(long)
