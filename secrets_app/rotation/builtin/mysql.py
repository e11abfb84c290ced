"""MySQL and MariaDB: which of them a server is, it says itself."""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pymysql
from pymysql.constants import CR
from pymysql.cursors import DictCursor

from secrets_app.rotation.builtin import authorities, errors, grants, network
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.deadline import Deadline, Guard
from secrets_app.rotation.builtin.errors import CannotLogIn
from secrets_app.rotation.builtin.logins import Security
from secrets_app.rotation.event import StepFailed

# Columns of mysql.user, and what they are in ALTER USER.
_TLS = {"ssl_cipher": "CIPHER", "x509_issuer": "ISSUER", "x509_subject": "SUBJECT"}
_LIMITS = {
    "max_questions": "MAX_QUERIES_PER_HOUR",
    "max_updates": "MAX_UPDATES_PER_HOUR",
    "max_connections": "MAX_CONNECTIONS_PER_HOUR",
    "max_user_connections": "MAX_USER_CONNECTIONS",
}
_LIMITS_OF_MARIADB = {**_LIMITS, "max_statement_time": "MAX_STATEMENT_TIME"}


class MysqlLogin:
    def __init__(
        self, connection: "pymysql.connections.Connection[Any]", guard: Guard, user: Credentials
    ) -> None:
        self._connection, self._guard, self._user = connection, guard, user
        version: Any = connection.get_server_info()  # type: ignore[no-untyped-call]
        self._is_mariadb = "mariadb" in version.lower()

    def own_place(self) -> str:
        """Raises StepFailed where the server takes the user for an account of another name."""
        [[account]] = [row.values() for row in self.run("SELECT CURRENT_USER()")]
        name, _, host = str(account).rpartition("@")
        if name != self._user.username:
            raise StepFailed("The database takes the user for another account.")
        return host

    def close(self) -> None:
        with suppress(Exception):  # it may have been ended from elsewhere
            self._connection.close()
        self._guard.close()

    def try_out(self) -> None:
        self.run("SELECT NOW()")

    def change_password(self, password: str) -> None:
        """Of the account that the user is."""
        self.own_place()
        self.run(f"SET PASSWORD = {'PASSWORD(%s)' if self._is_mariadb else '%s'}", password)

    def pass_turn(self, user: Credentials, other: Credentials, place: str) -> None:
        """There are no transactions for this. So one that is made is locked until it is whole."""
        account, model = (other.username, place), (user.username, place)
        options = self._options(*model)
        how, given = self._identified(options, other.password)
        self.run(f"CREATE USER IF NOT EXISTS %s@%s {how} ACCOUNT LOCK", *account, *given)
        self._copy_rights(model, account)
        limits, values = self._limited(options)
        self.run(f"ALTER USER %s@%s {how} {limits} ACCOUNT UNLOCK", *account, *given, *values)

    def _options(self, *account: str) -> Mapping[str, Any]:
        """The row of the account in mysql.user."""
        rows = self.run("SELECT * FROM mysql.user WHERE User = %s AND Host = %s", *account)
        if len(rows) != 1:
            raise StepFailed("The database does not show the user's account.")
        return {name: _text(told) for name, told in rows[0].items()}

    @property
    def _all_limits(self) -> Mapping[str, str]:
        return _LIMITS_OF_MARIADB if self._is_mariadb else _LIMITS

    def _identified(self, options: Mapping[str, Any], password: str) -> tuple[str, Sequence[Any]]:
        """MySQL's accounts log in by the same method: clients may know no newer one."""
        if self._is_mariadb:
            return "IDENTIFIED BY %s", (password,)
        return "IDENTIFIED WITH %s BY %s", (options["plugin"], password)

    def _copy_rights(self, model: tuple[str, str], account: tuple[str, str]) -> None:
        """Rights are added, none is taken away, as by AWS's functions."""
        for [shown] in [row.values() for row in self.run("SHOW GRANTS FOR %s@%s", *model)]:
            head, option = grants.parts(str(shown), *model)
            self.run(f"{head.replace('%', '%%')}%s@%s{option}", *account)
        if not self._is_mariadb:
            self._copy_default_roles(model, account)

    def _copy_default_roles(self, model: tuple[str, str], account: tuple[str, str]) -> None:
        """MariaDB has one, and tells it with the grants."""
        rows = self.run("SELECT * FROM mysql.default_roles WHERE USER = %s AND HOST = %s", *model)
        if rows:
            names = "DEFAULT_ROLE_USER", "DEFAULT_ROLE_HOST"
            roles = [_text(row[name]) for row in rows for name in names]
            named = ", ".join(["%s@%s"] * len(rows))
            self.run(f"ALTER USER %s@%s DEFAULT ROLE {named}", *account, *roles)

    def _limited(self, options: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """What the account's connections need, and how much they may do."""
        kinds = {"": "NONE", "ANY": "SSL", "X509": "X509"}
        told = [name for name in _TLS if options[name] and options["ssl_type"] not in kinds]
        specified = " AND ".join(f"{_TLS[name]} %s" for name in told)
        needed = kinds.get(options["ssl_type"], specified)
        limits = " ".join(f"{limit} %s" for limit in self._all_limits.values())
        return (
            f"REQUIRE {needed} WITH {limits}",
            [options[name] for name in (*told, *self._all_limits)],
        )

    def run(self, statement: str, *given: Any) -> Sequence[Mapping[str, Any]]:
        try:
            with self._connection.cursor(DictCursor) as cursor:
                cursor.execute(statement, given)
                return list(cursor.fetchall())
        except Exception as error:  # the driver reads what a server sends with few checks
            raise errors.statement(_code(error)) from None


class _NotInTheClear:
    """In place of the ways to log in that tell a server the password as it is."""

    def __init__(self, connection: object) -> None: ...

    def authenticate(self, packet: object) -> None:
        raise pymysql.OperationalError(CR.CR_AUTH_PLUGIN_CANNOT_LOAD, "not in the clear")


class MysqlDriver:
    def connect(self, user: Credentials, security: Security, deadline: Deadline) -> MysqlLogin:
        """PyMySQL counts the password's bytes as Latin-1, which servers do not."""
        connection = pymysql.connect(
            host=user.host,
            user=user.username,
            password=user.password.encode(),
            database=user.dbname or None,
            charset="utf8mb4",
            sql_mode="STRICT_ALL_TABLES",  # the same quotation marks everywhere
            autocommit=True,
            defer_connect=True,
            **_secured(security),
        )
        plain = network.connected(user.host, user.port, deadline)
        guard = Guard(plain, deadline)
        try:
            connection.connect(plain)
            return MysqlLogin(connection, guard, user)
        except Exception as error:  # as in MysqlLogin
            guard.close()
            plain.close()
            raise _reason(error, security) from None


def _secured(security: Security) -> Mapping[str, Any]:
    """An unknown server is not told a password as it is. ANY is the driver's own way."""
    if security is Security.VERIFIED:
        return {"ssl": authorities.context()}
    unsafe = dict.fromkeys(("mysql_clear_password", "dialog"), _NotInTheClear)
    return {"ssl_disabled": security is Security.PLAIN, "auth_plugin_map": unsafe}


def _reason(error: Exception, security: Security) -> CannotLogIn:
    code, cause = _code(error), getattr(error, "original_exception", error)
    if code == CR.CR_SSL_CONNECTION_ERROR or isinstance(cause, ssl.SSLError):
        return errors.no_tls() if security is Security.VERIFIED else errors.refused()
    if isinstance(cause, OSError) or code == CR.CR_SERVER_LOST:
        return errors.silent()
    return errors.refused()


def _code(error: Exception) -> int | None:
    found = error.args[0] if isinstance(error, pymysql.Error) and error.args else None
    return found if isinstance(found, int) else None


def _text(told: Any) -> Any:
    return told.decode() if isinstance(told, bytes) else told


DRIVER = MysqlDriver()
