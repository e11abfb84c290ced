"""What the operations that make or change functions have in common."""

from collections.abc import Iterable

from iam.errors import NoSuchEntity
from iam.models import Account, Role
from service.operation import Call, Check
from service.resource import Resource

# of one account in a region
MOST_FUNCTIONS = 100


def passing(call: Call, role_name: str | None) -> Iterable[Check]:
    """Whoever decides what a role's sessions run may do what the role may."""
    if role_name is not None:
        row = role(call, role_name)
        account = Account(id=call.caller.account)
        arn = (row or Role(account=account, name=role_name)).arn
        missing = NoSuchEntity(f"The role with name {role_name} cannot be found.")
        yield Check("iam:PassRole", Resource(arn, account.id, missing=None if row else missing))


def role(call: Call, name: str | None) -> Role | None:
    rows = Role.objects.select_related("account").filter(account_id=call.caller.account, name=name)
    return call.once(("role", name), rows.first)
