"""TLS as a secret wants it, and databases that are not there, or do not answer."""

import socket
import threading
import time
from dataclasses import replace

import pytest

from secrets_app.rotation.builtin import engines
from secrets_app.rotation.builtin.credentials import parse
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.errors import CannotLogIn, NoTls, Refused, Unreachable
from secrets_app.rotation.builtin.logins import log_in
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.templates import Database
from tests.secrets_app.rotation.builtin.databases import MASTER, MASTER_PASSWORD
from tests.support import daemons
from tests.support.certificates import Authority
from tests.support.server import free_port

ENGINES = {"postgres": Database.POSTGRESQL, "mariadb": Database.MARIADB}
ALL = [*Database]


def user(server, **members):
    engine = engines.of(ENGINES[server.engine])
    given = {"username": MASTER, "password": MASTER_PASSWORD, **members}
    return parse(server.secret(**given), engine, "The secret")


def try_out(server, seconds=30, **members):
    driver = engines.of(ENGINES[server.engine]).driver()
    with log_in(driver, user(server, **members), Deadline(seconds)) as login:
        login.try_out()


@pytest.fixture
def stranger(settings):
    """No database has a certificate of theirs, who alone are trusted."""
    with daemons.directory("stranger") as folder:
        settings.STRONGROOM_ROTATION_CA_BUNDLE = str(Authority(folder).certificate)
        yield


@pytest.fixture
def needs_tls(mariadb):
    """A user of MariaDB who gets in by TLS only."""
    name = mariadb.new_user("x")
    mariadb.run("ALTER USER %s@'127.%%' REQUIRE SSL", name)
    return {"username": name, "password": "x"}


@pytest.mark.parametrize("ssl", [True, "True", None, "maybe"])
def test_tls(postgres, mariadb, needs_tls, ssl):
    try_out(postgres, dbname="secure", ssl=ssl)
    try_out(mariadb, ssl=ssl, **needs_tls)


@pytest.mark.parametrize("ssl", [False, "FALSE"])
def test_no_tls(postgres, mariadb, needs_tls, ssl):
    try_out(postgres, dbname="plain", ssl=ssl)
    try_out(mariadb, ssl=ssl)

    with pytest.raises(Refused):
        try_out(postgres, dbname="secure", ssl=ssl)
    with pytest.raises(Refused):
        try_out(mariadb, ssl=ssl, **needs_tls)


def test_where_tls_is_required_no_other_certificate_holds(database, stranger):
    with pytest.raises(NoTls):
        try_out(database, ssl=True)


def test_where_tls_is_required_the_host_is_the_certificate_s(database):
    with pytest.raises(NoTls):
        try_out(database, ssl=True, host="localhost")


def test_where_nothing_is_said_any_certificate_is_better_than_none(
    postgres, mariadb, needs_tls, stranger
):
    try_out(postgres, dbname="secure")
    try_out(mariadb, **needs_tls)


def test_where_nothing_is_said_there_need_be_no_tls(postgres):
    try_out(postgres, dbname="plain")

    with pytest.raises(NoTls):
        try_out(postgres, dbname="plain", ssl=True)


def test_who_was_refused_does_not_try_with_less(database, monkeypatch):
    driver = engines.of(ENGINES[database.engine]).driver()
    tried = []
    connect = type(driver).connect
    monkeypatch.setattr(
        type(driver), "connect", lambda self, *given: tried.append(given) or connect(self, *given)
    )

    with pytest.raises(Refused, match=r"^The database refused the login\.$"):
        try_out(database, password="wrong")
    assert len(tried) == 1


def test_a_database_that_asks_for_no_password_is_none(postgres):
    """Else a rotation would succeed that changed nothing."""
    with pytest.raises(Refused):
        try_out(postgres, dbname="trusting")


def test_a_database_that_is_not_there(database):
    with pytest.raises(Unreachable, match="cannot be reached"):
        try_out(database, port=free_port())


class Listener:
    """Takes connections; says `first`, and `says` again and again, nothing if empty."""

    def __init__(self, says: bytes = b"", first: bytes = b"") -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._says, self._first = says, first
        self._taken: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._taken.append(self._socket.accept()[0])
            except OSError:
                return
            if self._says:
                threading.Thread(target=self._talk, args=[self._taken[-1]], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            connection.sendall(self._first)
            while True:
                connection.sendall(self._says)
                time.sleep(0.05)
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
        for each in self._taken:
            each.close()


# what announces more than ever comes
_PACKET, _RECORD = b"\xff\xff\xfe\0", b"\x16\x03\x03\x40\0"
LONG = {
    Database.POSTGRESQL: b"S" + _RECORD,
    Database.REDSHIFT: b"S" + _RECORD,
    Database.MYSQL: _PACKET,
    Database.MARIADB: _PACKET,
    Database.MONGODB: _RECORD,
}


@pytest.mark.parametrize("database", ALL)
@pytest.mark.parametrize("says", [b"", b"\0"], ids=["silent", "trickling"])
def test_a_database_that_hangs_does_not_hold_the_worker(database, says):
    listener = Listener(says, LONG[database] if says else b"")
    engine = engines.of(database)
    text = '{"engine": "%s", "host": "127.0.0.1", "username": "u", "password": "p", "port": %d}'
    given = parse(text % (engine.names[0], listener.port), engine, "The secret")
    begun = time.monotonic()

    with pytest.raises(StepFailed), log_in(engine.driver(), given, Deadline(0.5)):
        pass

    assert time.monotonic() - begun < 8
    listener.close()


@pytest.mark.parametrize("database", ALL)
@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 100, b"\x01\0\0\0\x0a"], ids=range(3)
)
def test_what_is_no_database_is_told_in_our_words(database, says):
    listener = Listener(says)
    engine = engines.of(database)
    text = '{"engine": "%s", "host": "127.0.0.1", "username": "u", "password": "p", "port": %d}'
    given = parse(text % (engine.names[0], listener.port), engine, "The secret")

    ours = pytest.raises(CannotLogIn, match=r"^The(re is no TLS| database)")
    with ours, log_in(engine.driver(), given, Deadline(1)):
        pass
    listener.close()


def test_a_statement_that_takes_too_long_is_ended(database):
    """It waits for a lock, say."""
    driver = engines.of(ENGINES[database.engine]).driver()
    begun = time.monotonic()

    late = pytest.raises(StepFailed, match="did not do it")
    with log_in(driver, user(database), Deadline(2)) as login, late:
        login.run(f"SELECT {database.sleep}")

    assert time.monotonic() - begun < 10


def test_time_that_is_over(postgres):
    with pytest.raises(StepFailed, match="longer than the function's timeout"):
        try_out(postgres, seconds=-1)


def test_names_of_other_engines():
    engine = engines.of(Database.POSTGRESQL)
    other = replace(engine, longest=8)

    assert engine.other_user("a") == "a_clone"
    assert engine.other_user("a_clone") == "a"
    assert engine.other_user("_clone") == "_clone_clone"
    assert other.other_user("ab") == "ab_clone"
    with pytest.raises(StepFailed, match="more than 8 bytes"):
        other.other_user("aä")
    with pytest.raises(StepFailed, match="more than 32 characters"):
        engines.of(Database.MYSQL).other_user("x" * 27)
