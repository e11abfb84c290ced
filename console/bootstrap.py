"""The first operator, made once at first start."""

import secrets

from django.db import transaction

from console.models import Operator
from iam.bootstrap import ADMINISTRATOR
from iam.models import User

PASSWORD_BYTES = 18


def first_operator(account_id: str) -> str | None:
    """Make the operator "administrator" for the account's IAM user of that name.

    Returns the password, which is stored nowhere else; None if the operator is there
    already, or the user was deleted. `iam.bootstrap.first_account` comes first.
    """
    with transaction.atomic():
        if Operator.objects.filter(username=ADMINISTRATOR).exists():
            return None
        user = User.objects.filter(account_id=account_id, name=ADMINISTRATOR).first()
        if user is None:
            return None
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        operator = Operator(username=ADMINISTRATOR, user=user)
        operator.set_password(password)
        operator.save(force_insert=True)
    return password
