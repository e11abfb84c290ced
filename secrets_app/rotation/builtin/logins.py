"""What the databases have in common: a login, and what it can do."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum
from typing import Protocol

from secrets_app.rotation.builtin.credentials import Credentials, Tls
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.errors import NoTls


class Security(Enum):
    """Of a connection. ANY: TLS, whatever the certificate; without TLS if there is none."""

    VERIFIED = "verified"
    ANY = "any"
    PLAIN = "plain"


class Login(Protocol):
    """A user's session with a database. All that it does may raise StepFailed."""

    def own_place(self) -> str:
        """From where the user's account may log in, where that is a part of its name."""

    def try_out(self) -> None:
        """Ask for something harmless."""

    def change_password(self, password: str) -> None:
        """The user's own."""

    def pass_turn(self, user: Credentials, other: Credentials, place: str) -> None:
        """As superuser: have `other` be there, with its password, and with the rights of `user`.

        The password is set last, or with all the rest: who can log in with it finds all done.
        """

    def close(self) -> None: ...


class Driver(Protocol):
    """How to log in to one kind of database."""

    def connect(self, user: Credentials, security: Security, deadline: Deadline) -> Login:
        """Raises CannotLogIn."""


@contextmanager
def log_in(driver: Driver, user: Credentials, deadline: Deadline) -> Iterator[Login]:
    """Log in with the TLS that the secret wants. Raises CannotLogIn."""
    with closing(_connected(driver, user, deadline)) as login:
        yield login


def _connected(driver: Driver, user: Credentials, deadline: Deadline) -> Login:
    """A secret that says nothing of TLS gets one with a certificate that holds.

    Only where the database has none it gets one with any certificate, or none. Who was refused
    does not try again with less.
    """
    if user.tls is Tls.OFF:
        return driver.connect(user, Security.PLAIN, deadline)
    try:
        return driver.connect(user, Security.VERIFIED, deadline)
    except NoTls:
        if user.tls is Tls.REQUIRED:
            raise
    return driver.connect(user, Security.ANY, deadline)
