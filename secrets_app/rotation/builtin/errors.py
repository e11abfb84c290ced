"""Why a step failed. A driver's words are never told: they may hold statements or passwords."""

from secrets_app.rotation.event import StepFailed
from service.errors import ServiceError


class CallFailed(StepFailed):
    """A call that the function made, by its name, was not answered with success."""

    def __init__(self, name: str, error: ServiceError) -> None:
        self.error = error
        super().__init__(f"{name}: {type(error).code}. {error.for_people}".strip())


class Unfit(StepFailed):
    """A secret's JSON is not that of a database that the function knows."""


class CannotLogIn(StepFailed):
    """There is no login with these credentials."""


class Refused(CannotLogIn):
    """The database is there and does not take them."""


class NoTls(CannotLogIn):
    """There is no TLS, or not with a certificate that holds."""


class Unreachable(CannotLogIn):
    """There is no database there."""


def refused() -> Refused:
    return Refused("The database refused the login.")


def no_tls() -> NoTls:
    return NoTls("There is no TLS with the database that can be trusted.")


def unreachable() -> Unreachable:
    return Unreachable("The database cannot be reached.")


def silent() -> Unreachable:
    return Unreachable("The database did not answer in time.")


def statement(code: str | int | None) -> StepFailed:
    """Of a statement or command that the database did not do; `code` is the database's."""
    return StepFailed(f"The database did not do it: error {code or 'unknown'}.")
