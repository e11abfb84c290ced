"""secretsmanager:GetRandomPassword."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import passwords
from service.operation import Call, Check, Operation
from service.value import value

DEFAULT_LENGTH = 32


@value
class GetRandomPasswordInput:
    password_length: int = DEFAULT_LENGTH
    exclude_characters: str = ""
    exclude_numbers: bool | None = None
    exclude_punctuation: bool | None = None
    exclude_uppercase: bool | None = None
    exclude_lowercase: bool | None = None
    include_space: bool | None = None
    require_each_included_type: bool = True


@value
class GetRandomPasswordOutput:
    random_password: str = field(repr=False)


class GetRandomPassword(Operation[GetRandomPasswordInput, GetRandomPasswordOutput]):
    """Makes a password, which is kept nowhere."""

    name = "secretsmanager:GetRandomPassword"

    def checks(self, call: Call, given: GetRandomPasswordInput) -> Iterable[Check]:
        yield Check(self.name)

    def run(self, call: Call, given: GetRandomPasswordInput) -> GetRandomPasswordOutput:
        excluded = {
            passwords.LOWER: given.exclude_lowercase,
            passwords.UPPER: given.exclude_uppercase,
            passwords.DIGITS: given.exclude_numbers,
            passwords.PUNCTUATION: given.exclude_punctuation,
        }
        password = passwords.drawn(
            given.password_length,
            [letters for letters, is_out in excluded.items() if not is_out],
            space=bool(given.include_space),
            excluded=given.exclude_characters,
            each=given.require_each_included_type,
        )
        return GetRandomPasswordOutput(password)
