"""iam:ListUsers."""

from collections.abc import Iterable
from datetime import datetime

from iam.models import User as Row
from iam.users import DEFAULT_ITEMS
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value


@value
class ListUsersInput:
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int = DEFAULT_ITEMS


@value
class User:
    path: str
    user_name: str
    user_id: str
    arn: str
    create_date: datetime


@value
class ListUsersOutput:
    users: tuple[User, ...]
    is_truncated: bool
    marker: str | None = None


class ListUsers(Operation[ListUsersInput, ListUsersOutput]):
    """By name. A marker is the name of the last user on the page before."""

    name = "iam:ListUsers"

    def checks(self, call: Call, given: ListUsersInput) -> Iterable[Check]:
        account = call.caller.account
        yield Check(self.name, Resource(f"arn:aws:iam::{account}:user{given.path_prefix}", account))

    def run(self, call: Call, given: ListUsersInput) -> ListUsersOutput:
        rows = Row.objects.filter(
            account_id=call.caller.account,
            path__startswith=given.path_prefix,
            name__gt=given.marker or "",
        )
        found = list(rows.order_by("name")[: given.max_items + 1])
        page = found[: given.max_items]
        more = len(found) > len(page)
        users = tuple(_user(row) for row in page)
        return ListUsersOutput(users, more, page[-1].name if more else None)


def _user(row: Row) -> User:
    return User(row.path, row.name, row.unique_id, row.arn, row.created)
