"""AWS managed keys: those behind alias/aws/…, made by the first call that may use them.

Their policies are AWS's: any principal of the account uses one through its service, the
account may look at it, and nobody may change it.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.db import IntegrityError

from audit import trail
from iam import revision
from keys import creation, own_accord, rotation
from keys.models import Alias, Key, KeyManager
from keys.specs import AWS_KMS, ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT
from service.caller import Caller

RESERVED_PREFIX = "alias/aws/"

# by the alias's last part: the service of kms:ViaService, and what it protects
SERVICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "acm": ("acm", "ACM private keys"),
        "backup": ("backup", "Backup data"),
        "codecommit": ("codecommit", "CodeCommit repositories"),
        "dms": ("dms", "DMS replication information"),
        "dynamodb": ("dynamodb", "DynamoDB data"),
        "ebs": ("ec2", "EBS volumes"),
        "elasticfilesystem": ("elasticfilesystem", "EFS filesystems"),
        "es": ("es", "Elasticsearch data"),
        "fsx": ("fsx", "FSx resources"),
        "glue": ("glue", "Glue data"),
        "kafka": ("kafka", "MSK data"),
        "kinesis": ("kinesis", "Kinesis data"),
        "kinesisvideo": ("kinesisvideo", "Kinesis Video Stream data"),
        "lambda": ("lambda", "Lambda functions"),
        "lightsail": ("lightsail", "Lightsail data"),
        "rds": ("rds", "RDS database volumes"),
        "redshift": ("redshift", "Redshift clusters"),
        "s3": ("s3", "S3 objects"),
        "secretsmanager": ("secretsmanager", "Secrets Manager data"),
        "sns": ("sns", "SNS data"),
        "sqs": ("sqs", "SQS data"),
        "ssm": ("ssm", "SSM parameters"),
        "workspaces": ("workspaces", "WorkSpaces data"),
        "xray": ("xray", "X-Ray data"),
    }
)


def aliases() -> list[str]:
    """The aliases that every account has from the start, sorted."""
    return [RESERVED_PREFIX + name for name in sorted(SERVICES)]


def is_ready_made(alias: str) -> bool:
    """Whether `alias` stands for a key that is made when it is first used."""
    return alias.startswith(RESERVED_PREFIX) and alias.removeprefix(RESERVED_PREFIX) in SERVICES


def to_be_made(account: str, region: str, alias: str) -> Key:
    """The key behind a ready-made alias as it will be, not saved: what a decision is about.

    Its id follows from the alias, so whoever makes it makes the one that was decided on.
    """
    name = alias.removeprefix(RESERVED_PREFIX)
    _, what = SERVICES[name]
    digest = hashlib.sha256(f"{account}:{region}:{alias}".encode()).digest()
    return Key(
        account=account,
        region=region,
        key_id=str(uuid.UUID(bytes=digest[:16], version=4)),
        description=f"Default key that protects my {what} when no other key is defined",
        policy=policy(account, region, name),
        spec=SYMMETRIC_DEFAULT,
        usage=ENCRYPT_DECRYPT,
        origin=AWS_KMS,
        manager=KeyManager.AWS,
    )


def key_id(caller: Caller, alias: str) -> str:
    """The id of the key behind a ready-made alias, in the caller's account and region.

    Only for calls that are allowed: a key that is not there is made. It commits at once with
    a record of its own, unless the call is part of a larger change.
    """
    made = _existing(caller, alias)
    if made is not None:
        return made
    try:
        return _create(caller, alias)
    except IntegrityError:  # someone was faster
        return _existing(caller, alias) or ""


def policy(account: str, region: str, name: str) -> str:
    """The key policy AWS gives the key of alias/aws/`name`."""
    service, _ = SERVICES[name]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Id": f"auto-{name}-1",
            "Statement": [_through_service(account, region, service), _looking(account)],
        },
        indent=2,
    )


def _through_service(account: str, region: str, service: str) -> dict[str, object]:
    return {
        "Sid": f"Allow access through {service} for all principals in the account that are "
        f"authorized to use {service}",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:CreateGrant",
            "kms:DescribeKey",
        ],
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:ViaService": f"{service}.{region}.amazonaws.com",
                "kms:CallerAccount": account,
            }
        },
    }


def _looking(account: str) -> dict[str, object]:
    return {
        "Sid": "Allow direct access to key metadata to the account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        "Resource": "*",
    }


def _existing(caller: Caller, alias: str) -> str | None:
    rows = Alias.objects.filter(account=caller.account, region=caller.region, name=alias)
    return rows.values_list("key__key_id", flat=True).first()


def _create(caller: Caller, alias: str) -> str:
    with trail.transaction() as record:
        wanted = to_be_made(caller.account, caller.region, alias)
        rotation.schedule(wanted, rotation.DEFAULT_DAYS, caller.time)
        key = creation.made(wanted, caller.time)
        Alias.objects.create(
            account=key.account,
            region=key.region,
            name=alias,
            key=key,
            created=caller.time,
            updated=caller.time,
        )
        revision.move_on()
        service, _ = SERVICES[alias.removeprefix(RESERVED_PREFIX)]
        by = f"{service}.amazonaws.com"
        record(own_accord.of_key("kms:CreateKey", key, caller.time, caller.door, by))
    return key.key_id
