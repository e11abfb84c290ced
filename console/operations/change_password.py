"""iam:ChangePassword: a user changes the password with which they sign in to the console."""

from collections.abc import Iterable
from dataclasses import field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from console.errors import PasswordPolicyViolation
from console.models import Operator
from iam.entities import type_of
from iam.errors import NoSuchEntity
from iam.models import User
from service.caller import Caller
from service.errors import AccessDenied
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value


@value
class ChangePasswordInput:
    old_password: str = field(repr=False)
    new_password: str = field(repr=False)


@value
class ChangePasswordOutput:
    """Nothing."""


class ChangePassword(Operation[ChangePasswordInput, ChangePasswordOutput]):
    """Every session but the one that asks ends: sessions hold a digest of the password."""

    name = "iam:ChangePassword"
    mutates = True

    def checks(self, call: Call, given: ChangePasswordInput) -> Iterable[Check]:
        yield Check("iam:ChangePassword", _user(call.caller))

    def run(self, call: Call, given: ChangePasswordInput) -> ChangePasswordOutput:
        operator = (
            Operator.objects.select_for_update(of=("self",))
            .filter(user__unique_id=call.caller.principal.id)
            .first()
        )
        if operator is None:
            raise NoSuchEntity("The user has no password for the console.")
        if not operator.check_password(given.old_password):
            raise AccessDenied("The old password was incorrect.")
        try:
            validate_password(given.new_password, operator)
        except ValidationError as error:
            raise PasswordPolicyViolation(" ".join(error.messages)) from None
        operator.set_password(given.new_password)
        operator.save(update_fields=["password"])
        return ChangePasswordOutput()


def _user(caller: Caller) -> Resource:
    return Resource(caller.principal.arn, caller.account, type_of(User))
