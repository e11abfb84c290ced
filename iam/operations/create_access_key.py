"""iam:CreateAccessKey."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from iam import access_keys, entities
from iam.errors import LimitExceeded
from service.operation import Call, Check, Operation
from service.value import value

MOST_KEYS = 2  # of one user


@value
class CreateAccessKeyInput:
    user_name: str | None = None


@value
class AccessKey:
    user_name: str
    access_key_id: str
    status: str
    secret_access_key: str = field(repr=False)
    create_date: datetime


@value
class CreateAccessKeyOutput:
    access_key: AccessKey


class CreateAccessKey(Operation[CreateAccessKeyInput, CreateAccessKeyOutput]):
    """Makes an access key for a user; for the caller if none is named. Tells its secret this once.

    Unlike AWS, root makes none for itself: it would have none to take away with.
    """

    name = "iam:CreateAccessKey"
    mutates = True

    def checks(self, call: Call, given: CreateAccessKeyInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: CreateAccessKeyInput) -> CreateAccessKeyOutput:
        user = entities.user(call, given.user_name).found
        if user.access_keys.count() >= MOST_KEYS:
            raise LimitExceeded.of("AccessKeysPerUser", MOST_KEYS)
        made = access_keys.create(user.account, user)
        created = user.access_keys.get(id=made.access_key_id).created
        return CreateAccessKeyOutput(
            AccessKey(user.name, made.access_key_id, "Active", made.secret, created)
        )
