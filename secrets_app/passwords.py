"""Random passwords: every character is drawn alike from all that are allowed.

Where one of each type is wanted, passwords are drawn until one has them: so that all that
fulfil the rules are equally likely. Where that would take long, for a short password, each
type is given a place first.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
"""

import secrets
import string
from collections.abc import Sequence

from secrets_app.errors import InvalidParameter

_RANDOM = secrets.SystemRandom()
SPACE = " "
LOWER, UPPER = string.ascii_lowercase, string.ascii_uppercase
DIGITS, PUNCTUATION = string.digits, string.punctuation
MOST_TRIES = 1_000


def drawn(length: int, types: Sequence[str], *, space: bool, excluded: str, each: bool) -> str:
    """A password of `length` characters of these types, and spaces if wanted.

    `each`: at least one of each type, as far as `excluded` leaves one. Raises InvalidParameter
    if there can be no such password.
    """
    left = [_without(letters, excluded) for letters in types]
    wanted = [letters for letters in left if letters]
    allowed = "".join(wanted) + _without(SPACE if space else "", excluded)
    if not allowed:
        raise InvalidParameter("All characters are excluded: there is nothing to make one of.")
    if not each:
        return _any(allowed, length)
    if length < len(wanted):
        raise InvalidParameter(
            f"Password length {length} is too short based on the required types."
        )
    for _ in range(MOST_TRIES):
        password = _any(allowed, length)
        if all(any(letter in letters for letter in password) for letters in wanted):
            return password
    return _placed(allowed, wanted, length)


def _any(allowed: str, length: int) -> str:
    return "".join(secrets.choice(allowed) for _ in range(length))


def _placed(allowed: str, wanted: Sequence[str], length: int) -> str:
    letters = [secrets.choice(each) for each in wanted]
    letters += _any(allowed, length - len(wanted))
    _RANDOM.shuffle(letters)
    return "".join(letters)


def _without(letters: str, excluded: str) -> str:
    return "".join(letter for letter in letters if letter not in excluded)
