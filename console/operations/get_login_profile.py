"""iam:GetLoginProfile: whether a user has a password for the console."""

from collections.abc import Iterable
from datetime import datetime

from console.operations import login_profiles
from iam import entities
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetLoginProfileInput:
    user_name: str | None = None


@value
class LoginProfile:
    user_name: str
    create_date: datetime
    password_reset_required: bool


@value
class GetLoginProfileOutput:
    login_profile: LoginProfile


class GetLoginProfile(Operation[GetLoginProfileInput, GetLoginProfileOutput]):
    """Of the caller, where no user is named."""

    name = "iam:GetLoginProfile"

    def checks(self, call: Call, given: GetLoginProfileInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: GetLoginProfileInput) -> GetLoginProfileOutput:
        user = entities.user(call, given.user_name).found
        created = login_profiles.of(user).created
        return GetLoginProfileOutput(LoginProfile(user.name, created, False))
