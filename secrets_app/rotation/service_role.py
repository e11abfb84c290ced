"""The role that built-in functions act as, where no other was registered for them.

It is one of each account, made when a secret's rotation first needs it, like AWS's roles
that are linked to a service: nobody else changes it. It may touch only secrets that are
rotated by one of these functions. Where users take turns, the superuser's secret has to
allow it by its own policy.
"""

import json

from iam import aws_managed
from iam.entities import SERVICES
from iam.models import Role

PATH = f"{SERVICES}rotation.secretsmanager.amazonaws.com/"
NAME = "AWSServiceRoleForSecretsManagerRotation"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "rotation.secretsmanager.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def of_account(account: str) -> Role | None:
    return Role.objects.filter(account_id=account, name=NAME, path=PATH).first()


def make(account: str) -> Role | None:
    """The account's, made if there is none; in the transaction of the change that wants it.

    None if another role has its name.
    """
    role, made = Role.objects.get_or_create(
        account_id=account,
        name=NAME,
        defaults={"path": PATH, "trust_policy": json.dumps(_TRUST)},
    )
    if made:
        role.policies.add(aws_managed.managed(aws_managed.ROTATION))
    return role if role.path == PATH else None
