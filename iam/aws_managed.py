"""The managed policies that AWS itself provides and that make sense here."""

import json

from iam.models import Policy

ADMINISTRATOR_ACCESS = "AdministratorAccess"
ROTATION = "SecretsManagerRotationServiceRolePolicy"

DOCUMENTS = {
    ADMINISTRATOR_ACCESS: {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
    # whom built-in rotation functions act as: secrets that such a function rotates, no others
    ROTATION: {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                "Resource": "*",
                "Condition": {
                    "ArnLike": {
                        "secretsmanager:resource/AllowRotationLambdaArn": (
                            "arn:*:lambda:*:*:function:*"
                        )
                    }
                },
            },
            {"Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": "*",
                "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com*"}},
            },
        ],
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
