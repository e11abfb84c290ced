"""The cases of secrets."""

from urllib.parse import quote

from iam.models import User
from tests.keys.using import Kms
from tests.rest.cases import Case
from tests.secrets_app.rotation.rotating import ARN
from tests.secrets_app.using import Secrets
from tests.support import people

POLICY = {
    "resource_policy": {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Principal": {"AWS": people.ACCOUNT},
            "Resource": "*",
        },
    }
}
NONE = {"filters": [{"key": "name", "values": ["none"]}]}
STAGE = {"version_stage": "blue", "move_to_version_id": 4 * "VERSIONED"}
REPLICAS = {"add_replica_regions": [{"region": "eu-west-1"}]}
TAGS = {"tags": [{"key": "app", "value": "x"}]}
ROTATION = {"rotation_lambda_arn": ARN, "rotation_rules": {"automatically_after_days": 30}}
CROSS = "secret-cross-account-replica/SECRET"

SECRETS = [
    Case("POST", "secrets", {"name": "app/made", "secret_string": "x"}, 201, "CreateSecret"),
    Case("GET", "secrets", None, 200, "ListSecrets"),
    Case("POST", "secret-search", NONE, 200, "ListSecrets"),
    Case("GET", "secrets/SECRET", None, 200, "DescribeSecret"),
    Case("PATCH", "secrets/SECRET", {"description": "new"}, 200, "UpdateSecret"),
    Case("GET", "secret-values/SECRET", None, 200, "GetSecretValue"),
    Case("PUT", "secret-values/SECRET", {"secret_string": "y"}, 200, "PutSecretValue"),
    Case("POST", "secret-values", NONE, 200, "BatchGetSecretValue"),
    Case("GET", "secret-versions/SECRET", None, 200, "ListSecretVersionIds"),
    Case("PATCH", "secret-stages/SECRET", STAGE, 200, "UpdateSecretVersionStage"),
    Case("PUT", "secret-policy/SECRET", POLICY, 200, "PutResourcePolicy"),
    Case("GET", "secret-policy/SECRET", None, 200, "GetResourcePolicy"),
    Case("GET", "secret-policies/SECRET", None, 200, "ListResourcePolicies"),
    Case("POST", "secret-policy-validation", POLICY, 200, "ValidateResourcePolicy"),
    Case("DELETE", "secret-policy/SECRET", None, 200, "DeleteResourcePolicy"),
    Case("PATCH", "secret-tags/SECRET", TAGS, 204, "TagResource"),
    Case("DELETE", "secret-tags/SECRET?tag_keys=app", None, 204, "UntagResource"),
    Case("PATCH", "secret-replicas/SECRET", REPLICAS, 200, "ReplicateSecretToRegions"),
    Case(
        "DELETE",
        "secret-replicas/SECRET?remove_replica_regions=eu-west-1",
        None,
        200,
        "RemoveRegionsFromReplication",
    ),
    Case("POST", "secret-promotion/app/copied", None, 200, "StopReplicationToReplica"),
    Case(
        "PUT",
        CROSS,
        {"cross_account_replica_arn": 3 * "ELSEWHERE"},
        200,
        "AssociateCrossAccountReplica",
    ),
    Case(
        "DELETE",
        f"{CROSS}?cross_account_replica_arn=QUOTED",
        None,
        200,
        "DisassociateCrossAccountReplica",
    ),
    Case("POST", "secret-rotation/SECRET", ROTATION, 200, "RotateSecret"),
    Case("DELETE", "secret-rotation/SECRET", None, 200, "CancelRotateSecret"),
    Case("DELETE", "secrets/SECRET?recovery_window_in_days=7", None, 200, "DeleteSecret"),
    Case("POST", "secret-restore/SECRET", None, 200, "RestoreSecret"),
    Case("POST", "random-password", {"password_length": 12}, 200, "GetRandomPassword"),
]


def make_secrets(administrator: User) -> dict[str, str]:
    """What the words in `SECRETS` stand for."""
    sm = Secrets(administrator)
    arn = sm.create("app/first")
    ireland = sm.at(region="eu-west-1")
    ireland.create("app/copied", AddReplicaRegions=[{"Region": people.REGION}])
    elsewhere = _elsewhere(arn)
    return {
        "SECRET": "app/first",
        4 * "VERSIONED": sm("GetSecretValue", SecretId=arn).version_id,
        3 * "ELSEWHERE": elsewhere,
        "QUOTED": quote(elsewhere, safe=""),
    }


def _elsewhere(primary: str) -> str:
    """A replica in another account, under a key that ours may use."""
    other = people.user("other", "*", number=people.OTHER_ACCOUNT)
    everybody = people.statement("Allow", "kms:*", Principal={"AWS": "*"})
    key = Kms(other).create(Policy=people.policy(everybody)).arn
    given = {"Name": "copy", "KmsKeyId": key, "CrossAccountPrimaryARN": primary}
    arn: str = Secrets(other)("CreateSecret", **given).arn
    return arn
