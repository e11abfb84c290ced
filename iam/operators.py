"""Who runs a command on the server itself, and as whom it makes its calls.

Whoever may run one holds the database anyway. The calls are decided and recorded like any
other, as made by the principal that is named, through the door "command".
"""

from datetime import UTC, datetime

from iam import revision
from iam.errors import NoSuchEntity
from iam.models import Account, Role, User
from iam.principals import role_principal, root_principal, user_principal
from service.caller import Caller, Principal
from service.ids import uuid4
from service.value import value


@value
class Operator:
    """A principal, and where and with what it makes its calls."""

    principal: Principal
    region: str
    agent: str

    def caller(self) -> Caller:
        """The caller of one call."""
        return Caller(
            principal=self.principal,
            region=self.region,
            snapshot=revision.current(),
            time=datetime.now(UTC),
            request_id=uuid4(),
            user_agent=self.agent,
            door="command",
        )


def principal(account: str, *, user: str = "", role: str = "") -> Principal:
    """The user or role of the account by that name, its root if none is given.

    Raises NoSuchEntity.
    """
    if user:
        found = User.objects.filter(account_id=account, name=user).first()
        if found is None:
            raise NoSuchEntity(f"The user with name {user} cannot be found.")
        return user_principal(found)
    if role:
        assumed = Role.objects.filter(account_id=account, name=role).first()
        if assumed is None:
            raise NoSuchEntity(f"The role with name {role} cannot be found.")
        return role_principal(assumed)
    if not Account.objects.filter(id=account).exists():
        raise NoSuchEntity(f"The account {account} cannot be found.")
    return root_principal(account)
