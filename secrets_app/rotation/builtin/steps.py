"""The four steps. Each may be repeated, from any point at which it was left."""

from collections.abc import Iterator

from secrets_app.rotation.builtin import passwords
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.errors import CannotLogIn, Refused
from secrets_app.rotation.builtin.logins import log_in
from secrets_app.rotation.builtin.rotated import Rotated
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.templates import Strategy


def create(rotated: Rotated) -> None:
    """Give the pending version its value: the current one's, with another password."""
    current = rotated.current()
    if rotated.pending() is not None:
        return
    members = {"username": _next_user(rotated, current), "password": passwords.made(rotated)}
    rotated.put(current.with_members(**members))


def set_(rotated: Rotated) -> None:
    """Have the database know the pending password, unless it does already."""
    current, pending = rotated.current(), rotated.set_pending()
    if pending.username != _next_user(rotated, current):
        raise StepFailed("The pending version has another user than the one whose turn it is.")
    if not pending.is_at(current):
        raise StepFailed("The pending version is of another database than the current one.")
    if _works(rotated, pending):
        return
    if rotated.strategy is Strategy.SINGLE_USER:
        _change(rotated, current, pending)
    else:
        _pass_turn(rotated, current, pending)


def test(rotated: Rotated) -> None:
    """Log in with the pending password."""
    with log_in(rotated.engine.driver(), rotated.set_pending(), rotated.deadline) as login:
        login.try_out()


def finish(rotated: Rotated) -> None:
    """Make the pending version the current one."""
    rotated.make_current()


def _next_user(rotated: Rotated, current: Credentials) -> str:
    if rotated.strategy is Strategy.SINGLE_USER:
        return current.username
    return rotated.engine.other_user(current.username)


def _works(rotated: Rotated, user: Credentials) -> bool:
    """Raises StepFailed where that cannot be known: the database is not there, say."""
    try:
        with log_in(rotated.engine.driver(), user, rotated.deadline):
            return True
    except Refused:
        return False


def _change(rotated: Rotated, current: Credentials, pending: Credentials) -> None:
    """As the user itself, by the current password, or the previous one if that is in force."""
    for user in _own_users(rotated, current):
        try:
            with log_in(rotated.engine.driver(), user, rotated.deadline) as login:
                login.change_password(pending.password)
                return
        except Refused:
            continue
    raise StepFailed(
        "The database takes neither the pending, nor the current, nor the previous password."
    )


def _own_users(rotated: Rotated, current: Credentials) -> Iterator[Credentials]:
    yield current
    previous = rotated.previous()
    if previous and previous.username == current.username and previous.is_at(current):
        yield current.with_password(previous.password)


def _pass_turn(rotated: Rotated, current: Credentials, pending: Credentials) -> None:
    """As superuser. Before that the current password has to work.

    Else who may change the secret, and nothing in the database, could name any user in it.
    """
    driver = rotated.engine.driver()
    try:
        with log_in(driver, current, rotated.deadline) as login:
            place = login.own_place()
    except CannotLogIn as failed:
        raise StepFailed(f"The current password does not work. {failed}") from None
    master = _master(rotated, current, pending)
    try:
        with log_in(driver, master, rotated.deadline) as login:
            login.pass_turn(current, pending, place)
    except CannotLogIn as failed:
        raise StepFailed(f"The superuser's password does not work. {failed}") from None


def _master(rotated: Rotated, current: Credentials, pending: Credentials) -> Credentials:
    """The superuser's: it goes only where its own secret says, and to no other database."""
    if not current.master:
        raise StepFailed("The secret has no masterarn in its JSON.")
    master = rotated.master(current.master)
    if not current.is_at(master):
        raise StepFailed("The secret is of another database than the superuser's secret.")
    if master.username in (current.username, pending.username):
        raise StepFailed("The user is the superuser itself.")
    return master.in_database(current.dbname) if rotated.engine.is_of_dbname else master
