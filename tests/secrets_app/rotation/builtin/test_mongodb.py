"""MongoDB and DocumentDB, in conversation with what speaks as they do."""

from dataclasses import replace
from typing import Any

import pymongo
import pytest
from pymongo.errors import OperationFailure

from secrets_app.rotation.builtin import mongodb
from secrets_app.rotation.builtin.credentials import Tls
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.errors import Unreachable
from secrets_app.rotation.builtin.logins import log_in
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import State, Step
from tests.secrets_app.rotation.builtin.databases import MASTER, MASTER_PASSWORD, Server
from tests.secrets_app.rotation.builtin.rotating import Rotating, master
from tests.support.mongodb import MongoDb, User

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

ROLES = [{"role": "readWrite", "db": "shop"}, {"role": "read", "db": "other"}]


class Mongo(Server):
    name, engine = "MongoDB", "mongo"

    def __init__(self, running: MongoDb) -> None:
        self.running, self.port = running, running.port

    def make_user(self, name: str, password: str) -> None:
        self.running.users[self.dbname, name] = User(password, ROLES)

    def set_password(self, name: str, password: str) -> None:
        self.running.users[self.dbname, name].password = password

    def drop_user(self, name: str) -> None:
        del self.running.users[self.dbname, name]

    def can_work(self, name: str, password: str) -> bool:
        tls = bool(self.running.context)
        options: dict[str, Any] = {"tls": tls, "tlsAllowInvalidCertificates": True} if tls else {}
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(
            self.host,
            self.port,
            directConnection=True,
            username=name,
            password=password,
            authSource=self.dbname,
            **options,
        )
        with client:
            try:
                client[self.dbname].command("ping")
            except OperationFailure:
                return False
            return True


@pytest.fixture(params=["SCRAM-SHA-256", "SCRAM-SHA-1"], ids=["MongoDB", "DocumentDB"])
def mongo(request, authority):
    running = MongoDb(authority.identity("mongo"), request.param)
    running.users["admin", MASTER] = User(MASTER_PASSWORD, ["root"])
    yield Mongo(running)
    running.stop()


@pytest.fixture
def plain():
    """One without TLS."""
    running = MongoDb()
    running.users["admin", MASTER] = User(MASTER_PASSWORD, ["root"])
    yield Mongo(running)
    running.stop()


def begun(sm, server, strategy, **members):
    """The superuser is of the database `admin`, the user of its own."""
    if strategy == "MultiUser":
        members["masterarn"] = master(sm, server, dbname=None)
    return Rotating(sm, server, strategy, **members)


@pytest.mark.parametrize("strategy", ["SingleUser", "MultiUser"])
def test_rotations_follow_each_other(sm, mongo, strategy):
    rotated = begun(sm, mongo, strategy)
    users = []
    for _ in range(3):
        ended = rotated.rotate()
        assert (ended.state, ended.problem) == (State.SUCCEEDED, "")
        users.append(rotated.value()["username"])
        assert rotated.works()

    assert users == [rotated.other, rotated.name, rotated.other]
    assert rotated.works("AWSPREVIOUS") == (strategy == "MultiUser")
    assert mongo.running.users["shop", rotated.other].roles == ROLES


@pytest.mark.parametrize("strategy", ["SingleUser", "MultiUser"])
def test_each_step_may_be_repeated(sm, plain, strategy):
    rotated = begun(sm, plain, strategy)
    for step in Step:
        rotated.steps(*list(Step)[: list(Step).index(step) + 1], step)

    assert rotated.works()


def test_the_conversation_of_a_single_user(sm, plain):
    rotated = begun(sm, plain, "SingleUser")
    rotated.rotate()

    # setting: to see that it works, to change it; testing
    assert plain.running.commands == ["ping", "updateUser", "ping", "connectionStatus"]


def test_the_conversation_of_a_first_turn(sm, plain):
    rotated = begun(sm, plain, "MultiUser")
    rotated.rotate()

    as_user, as_superuser = ["ping"], ["ping", "usersInfo", "usersInfo", "createUser"]
    tested = ["ping", "connectionStatus"]
    assert plain.running.commands == [*as_user, *as_superuser, *tested]


@pytest.mark.parametrize("strategy", ["SingleUser", "MultiUser"])
def test_a_password_that_somebody_else_changed(sm, plain, strategy):
    rotated = begun(sm, plain, strategy)
    plain.set_password(rotated.name, "somebody's own")
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match=r"neither the pending|current password does not work"):
        rotated.steps(Step.SET)


def test_tls_where_it_is_required(sm, mongo, plain):
    assert begun(sm, mongo, "SingleUser", ssl=True).rotate().problem == ""

    assert "There is no TLS" in begun(sm, plain, "SingleUser", ssl=True).rotate().problem


def test_where_nothing_is_said_any_certificate_is_better_than_none(sm, mongo, settings):
    settings.STRONGROOM_ROTATION_CA_BUNDLE = ""
    assert begun(sm, mongo, "SingleUser").rotate().problem == ""

    assert "There is no TLS" in begun(sm, mongo, "SingleUser", ssl=True).rotate().problem


def test_where_tls_is_forbidden(sm, mongo, plain):
    assert begun(sm, plain, "SingleUser", ssl=False).rotate().problem == ""

    rotated = begun(sm, mongo, "SingleUser")
    unsafe = replace(rotated.credentials(MASTER, MASTER_PASSWORD), tls=Tls.OFF)
    with pytest.raises(Unreachable), log_in(mongodb.DRIVER, unsafe, Deadline(1)):
        pass


def test_a_superuser_who_may_not(sm, plain):
    rotated = begun(sm, plain, "MultiUser")
    plain.running.users["admin", MASTER].roles = []
    rotated.steps(Step.CREATE)

    with pytest.raises(StepFailed, match=r"^The database did not do it: error 13\.$"):
        rotated.steps(Step.SET)


def test_a_user_whose_roles_are_not_shown(sm, plain, monkeypatch):
    rotated = begun(sm, plain, "MultiUser")
    rotated.steps(Step.CREATE)
    monkeypatch.setattr(mongodb.MongoLogin, "_users", lambda self, user: [])

    with pytest.raises(StepFailed, match="does not show the user's roles"):
        rotated.steps(Step.SET)
