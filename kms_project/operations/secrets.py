"""The operations of Secrets Manager."""

from typing import Any

from secrets_app.operations.associate_cross_account_replica import AssociateCrossAccountReplica
from secrets_app.operations.batch_get_secret_value import BatchGetSecretValue
from secrets_app.operations.create_secret import CreateSecret
from secrets_app.operations.delete_resource_policy import DeleteResourcePolicy
from secrets_app.operations.delete_secret import DeleteSecret
from secrets_app.operations.describe_secret import DescribeSecret
from secrets_app.operations.disassociate_cross_account_replica import (
    DisassociateCrossAccountReplica,
)
from secrets_app.operations.get_random_password import GetRandomPassword
from secrets_app.operations.get_resource_policy import GetResourcePolicy
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.operations.list_resource_policies import ListResourcePolicies
from secrets_app.operations.list_secret_version_ids import ListSecretVersionIds
from secrets_app.operations.list_secrets import ListSecrets
from secrets_app.operations.put_resource_policy import PutResourcePolicy
from secrets_app.operations.put_secret_value import PutSecretValue
from secrets_app.operations.remove_regions_from_replication import RemoveRegionsFromReplication
from secrets_app.operations.replicate_secret_to_regions import ReplicateSecretToRegions
from secrets_app.operations.restore_secret import RestoreSecret
from secrets_app.operations.stop_replication_to_replica import StopReplicationToReplica
from secrets_app.operations.tag_resource import TagResource
from secrets_app.operations.untag_resource import UntagResource
from secrets_app.operations.update_secret import UpdateSecret
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage
from secrets_app.operations.validate_resource_policy import ValidateResourcePolicy
from secrets_app.rotation.operations.cancel_rotate_secret import CancelRotateSecret
from secrets_app.rotation.operations.rotate_secret import RotateSecret
from service.operation import Operation

OPERATIONS: tuple[type[Operation[Any, Any]], ...] = (
    AssociateCrossAccountReplica,
    BatchGetSecretValue,
    CancelRotateSecret,
    CreateSecret,
    DeleteResourcePolicy,
    DeleteSecret,
    DescribeSecret,
    DisassociateCrossAccountReplica,
    GetRandomPassword,
    GetResourcePolicy,
    GetSecretValue,
    ListResourcePolicies,
    ListSecretVersionIds,
    ListSecrets,
    PutResourcePolicy,
    PutSecretValue,
    RemoveRegionsFromReplication,
    ReplicateSecretToRegions,
    RestoreSecret,
    RotateSecret,
    StopReplicationToReplica,
    TagResource,
    UntagResource,
    UpdateSecret,
    UpdateSecretVersionStage,
    ValidateResourcePolicy,
)
