"""A user's password for the console, which IAM calls its login profile."""

from console.models import Operator
from iam.errors import NoSuchEntity
from iam.models import User


def of(user: User) -> Operator:
    """Raises NoSuchEntity if the user has none, or none any more."""
    operator = Operator.objects.filter(user=user, is_active=True).first()
    if operator is None:
        raise NoSuchEntity(f"Login Profile for User {user.name} cannot be found.")
    return operator
