"""The managed policies that AWS itself provides and that make sense here."""

import json

from iam.models import Policy

ADMINISTRATOR_ACCESS = "AdministratorAccess"

DOCUMENTS = {
    ADMINISTRATOR_ACCESS: {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
}


def administrator_access() -> Policy:
    return managed(ADMINISTRATOR_ACCESS)


def managed(name: str) -> Policy:
    """AWS's policy of that name, stored the first time it is asked for."""
    policy, _ = Policy.objects.get_or_create(
        account=None, name=name, defaults={"document": json.dumps(DOCUMENTS[name])}
    )
    return policy
