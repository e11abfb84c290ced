"""PostgreSQL, through libpq.

Passwords are set as what the server would make of them, which is made here: neither its log
nor its statistics see one.
"""

import os
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from secrets_app.rotation.builtin import authorities, errors, network
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.deadline import Deadline, Guard
from secrets_app.rotation.builtin.errors import CannotLogIn
from secrets_app.rotation.builtin.logins import Security

# Libpq says no more of why there is no connection than its text. These are its own words, which
# no server translates, and the name of a file.
_NO_TLS = re.compile(r"SSL error|does not support SSL|certificate|pg_hba\.conf")
_TLS: Mapping[Security, Mapping[str, str]] = {
    Security.VERIFIED: {"sslmode": "verify-full", "require_auth": "!none"},
    # An unknown server is not told a password as it is.
    Security.ANY: {"sslmode": "prefer", "require_auth": "!none,!password"},
    Security.PLAIN: {"sslmode": "disable", "require_auth": "!none,!password"},
}
_SCRAM = "scram-sha-256"


class PostgresLogin:
    def __init__(
        self, connection: "psycopg.Connection[Any]", guard: Guard, user: Credentials
    ) -> None:
        self._connection, self._guard, self._user = connection, guard, user

    def close(self) -> None:
        self._connection.close()
        self._guard.close()

    def settle(self) -> None:
        """No object of the database's owner stands in for one of the system's."""
        self.run("SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)")

    def own_place(self) -> str:
        return ""

    def try_out(self) -> None:
        self.run("SELECT now()")

    def change_password(self, password: str) -> None:
        self._set_password(self._user.username, password)

    def pass_turn(self, user: Credentials, other: Credentials, place: str) -> None:
        try:
            with self._connection.transaction():
                self._pass_turn(user.username, other.username, other.password)
        except psycopg.Error as error:
            raise errors.statement(error.sqlstate) from None

    def _pass_turn(self, user: str, other: str, password: str) -> None:
        if self.run("SELECT 1 FROM pg_roles WHERE rolname = {}", sql.Literal(other)):
            self._set_password(other, password)
            return
        verifier = sql.Literal(self._verifier(other, password))
        self.run("CREATE USER {} WITH PASSWORD {}", sql.Identifier(other), verifier)
        self.grant_all(user, other)

    def grant_all(self, user: str, other: str) -> None:
        """As a member of `user`, `other` may do what it may, now and later."""
        self.run("GRANT {} TO {}", sql.Identifier(user), sql.Identifier(other))

    def _set_password(self, user: str, password: str) -> None:
        verifier = sql.Literal(self._verifier(user, password))
        self.run("ALTER USER {} WITH PASSWORD {}", sql.Identifier(user), verifier)

    def _verifier(self, user: str, password: str) -> str:
        names = password.encode(), user.encode(), self.encryption().encode()
        return self._connection.pgconn.encrypt_password(*names).decode()

    def encryption(self) -> str:
        """As the server is configured: clients that do not know SCRAM depend on it."""
        [[told]] = self.run("SHOW password_encryption")
        return _SCRAM if told == _SCRAM else "md5"

    def run(self, text: LiteralString, *parts: sql.Composable) -> Sequence[Sequence[Any]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql.SQL(text).format(*parts))
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise errors.statement(error.sqlstate) from None


class PostgresDriver:
    login = PostgresLogin

    def connect(self, user: Credentials, security: Security, deadline: Deadline) -> PostgresLogin:
        with closing(network.connected(user.host, user.port, deadline)) as probe:
            address = probe.getpeername()[0]
        try:
            connection = psycopg.Connection.connect(
                **_parameters(user, security, address, deadline),
                autocommit=True,
                cursor_factory=psycopg.ClientCursor,  # Redshift knows no others
                prepare_threshold=None,
            )
        except psycopg.Error as error:
            raise _reason(error, security) from None
        with closing(socket.socket(fileno=os.dup(connection.fileno()))) as twin:
            login = self.login(connection, Guard(twin, deadline), user)
        try:
            login.settle()
        except BaseException:
            login.close()
            raise
        return login


def _parameters(
    user: Credentials, security: Security, address: str, deadline: Deadline
) -> dict[str, Any]:
    """The host is what a certificate has to be for, the address where it was found."""
    verified = {"sslrootcert": authorities.bundle() or "system"}
    return {
        "host": user.host,
        "hostaddr": address,
        "port": user.port,
        "user": user.username,
        "password": user.password,
        "dbname": user.dbname,
        "connect_timeout": max(1, round(deadline.to_connect())),
        "client_encoding": "UTF8",
        "gssencmode": "disable",
        "sslcertmode": "disable",
        **_TLS[security],
        **(verified if security is Security.VERIFIED else {}),
    }


def _reason(error: psycopg.Error, security: Security) -> CannotLogIn:
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return errors.silent()
    if security is Security.VERIFIED and _NO_TLS.search(str(error)):
        return errors.no_tls()
    return errors.refused()


DRIVER = PostgresDriver()
