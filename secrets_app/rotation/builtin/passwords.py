"""New passwords, by the rules that a function's environment gives, as AWS's take them."""

from collections.abc import Mapping

from secrets_app.operations.get_random_password import DEFAULT_LENGTH
from secrets_app.rotation.builtin.rotated import Rotated
from secrets_app.rotation.event import StepFailed

EXCLUDED = ":/@\"'\\"
_TRUE = {"true", "1", "y", "yes"}


def made(rotated: Rotated) -> str:
    """Raises StepFailed, also for rules that no password follows."""
    given = rotated.environment
    return rotated.random_password(
        ExcludeCharacters=given.get("EXCLUDE_CHARACTERS", EXCLUDED),
        PasswordLength=_length(given),
        ExcludeNumbers=_truth(given, "EXCLUDE_NUMBERS"),
        ExcludePunctuation=_truth(given, "EXCLUDE_PUNCTUATION"),
        ExcludeUppercase=_truth(given, "EXCLUDE_UPPERCASE"),
        ExcludeLowercase=_truth(given, "EXCLUDE_LOWERCASE"),
        RequireEachIncludedType=_truth(given, "REQUIRE_EACH_INCLUDED_TYPE", default="true"),
    )


def _length(given: Mapping[str, str]) -> int:
    try:
        return int(given.get("PASSWORD_LENGTH", DEFAULT_LENGTH))
    except ValueError:
        raise StepFailed("PASSWORD_LENGTH is not a number.") from None


def _truth(given: Mapping[str, str], name: str, default: str = "false") -> bool:
    return given.get(name, default).lower() in _TRUE
