"""MongoDB, and Amazon DocumentDB, which speaks its protocol."""

import ssl
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from secrets_app.rotation.builtin import authorities, errors, network
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.deadline import Deadline, Guard
from secrets_app.rotation.builtin.errors import CannotLogIn
from secrets_app.rotation.builtin.logins import Security
from secrets_app.rotation.event import StepFailed


class MongoLogin:
    def __init__(
        self, client: "pymongo.MongoClient[dict[str, Any]]", user: Credentials, deadline: Deadline
    ) -> None:
        self._client, self._user, self._deadline = client, user, deadline

    def own_place(self) -> str:
        return ""

    def close(self) -> None:
        self._client.close()

    def try_out(self) -> None:
        told = self._run(self._user, {"connectionStatus": 1})
        if not told.get("authInfo", {}).get("authenticatedUsers"):
            raise errors.refused()

    def change_password(self, password: str) -> None:
        self._run(self._user, {"updateUser": self._user.username, "pwd": password})

    def pass_turn(self, user: Credentials, other: Credentials, place: str) -> None:
        """Users are of a database: the one that both log in to."""
        if self._users(other):
            self._run(other, {"updateUser": other.username, "pwd": other.password})
            return
        [found] = self._users(user) or [{}]
        roles = found.get("roles")
        if roles is None:
            raise StepFailed("The database does not show the user's roles.")
        made = {"createUser": other.username, "pwd": other.password, "roles": roles}
        self._run(other, made)

    def _users(self, user: Credentials) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._run(user, {"usersInfo": user.username})["users"]
        return found

    def _run(self, user: Credentials, command: dict[str, Any]) -> dict[str, Any]:
        try:
            with pymongo.timeout(self._deadline.seconds()):
                told: dict[str, Any] = self._client[user.dbname].command(command)
                return told
        except PyMongoError as error:
            raise errors.statement(getattr(error, "code", None)) from None


class MongoDriver:
    def connect(self, user: Credentials, security: Security, deadline: Deadline) -> MongoLogin:
        """The driver finds its own way to the host; that there is one is seen before."""
        milliseconds = round(deadline.to_connect() * 1000)
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            host=_bracketed(user.host),
            port=user.port,
            username=user.username,
            password=user.password,
            authSource=user.dbname,
            directConnection=True,
            retryReads=False,
            retryWrites=False,  # DocumentDB knows none
            connectTimeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds,
            connect=False,
            **_tls(user, security, deadline),
        )
        login = MongoLogin(client, user, deadline)
        try:
            with pymongo.timeout(deadline.to_connect()):
                client[user.dbname].command("ping")
        except PyMongoError as error:
            client.close()
            raise _reason(error) from None
        return login


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tls(user: Credentials, security: Security, deadline: Deadline) -> Mapping[str, Any]:
    """Found out by a connection of its own: the driver would try for its whole time.

    Raises NoTls, Unreachable.
    """
    if security is Security.VERIFIED:
        if not _answers(authorities.context(), user, deadline):
            raise errors.no_tls()
        return {"tls": True, **_named_bundle()}
    with closing(network.connected(user.host, user.port, deadline)):
        pass
    if security is Security.ANY and _answers(_unverified(), user, deadline):
        return {"tls": True, "tlsAllowInvalidCertificates": True}
    return {"tls": False}


def _named_bundle() -> Mapping[str, str]:
    bundle = authorities.bundle()
    return {"tlsCAFile": bundle} if bundle else {}


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _answers(context: ssl.SSLContext, user: Credentials, deadline: Deadline) -> bool:
    plain = network.connected(user.host, user.port, deadline)
    with closing(plain), closing(Guard(plain, deadline)):
        try:
            context.wrap_socket(plain, server_hostname=user.host).close()
        except OSError:
            return False
        return True


def _reason(error: PyMongoError) -> CannotLogIn:
    return errors.refused() if isinstance(error, OperationFailure) else errors.silent()


DRIVER = MongoDriver()
