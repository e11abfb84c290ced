"""The one index of every operation. The doors find an operation here and nowhere else."""

from typing import Any

from audit.operations.lookup_events import LookupEvents
from console.operations.change_password import ChangePassword
from console.operations.delete_login_profile import DeleteLoginProfile
from console.operations.get_login_profile import GetLoginProfile
from iam.operations.add_user_to_group import AddUserToGroup
from iam.operations.attach_policy import AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy
from iam.operations.create_access_key import CreateAccessKey
from iam.operations.create_group import CreateGroup
from iam.operations.create_policy import CreatePolicy
from iam.operations.create_policy_version import CreatePolicyVersion
from iam.operations.create_role import CreateRole
from iam.operations.create_user import CreateUser
from iam.operations.delete_access_key import DeleteAccessKey
from iam.operations.delete_group import DeleteGroup
from iam.operations.delete_inline_policy import (
    DeleteGroupPolicy,
    DeleteRolePolicy,
    DeleteUserPolicy,
)
from iam.operations.delete_permissions_boundary import (
    DeleteRolePermissionsBoundary,
    DeleteUserPermissionsBoundary,
)
from iam.operations.delete_policy import DeletePolicy
from iam.operations.delete_policy_version import DeletePolicyVersion
from iam.operations.delete_role import DeleteRole
from iam.operations.delete_user import DeleteUser
from iam.operations.detach_policy import DetachGroupPolicy, DetachRolePolicy, DetachUserPolicy
from iam.operations.get_access_key_last_used import GetAccessKeyLastUsed
from iam.operations.get_caller_identity import GetCallerIdentity
from iam.operations.get_group import GetGroup
from iam.operations.get_inline_policy import GetGroupPolicy, GetRolePolicy, GetUserPolicy
from iam.operations.get_policy import GetPolicy
from iam.operations.get_policy_version import GetPolicyVersion
from iam.operations.get_role import GetRole
from iam.operations.get_user import GetUser
from iam.operations.list_access_keys import ListAccessKeys
from iam.operations.list_attached_policies import (
    ListAttachedGroupPolicies,
    ListAttachedRolePolicies,
    ListAttachedUserPolicies,
)
from iam.operations.list_entities import ListGroups, ListRoles, ListUsers
from iam.operations.list_entities_for_policy import ListEntitiesForPolicy
from iam.operations.list_groups_for_user import ListGroupsForUser
from iam.operations.list_inline_policies import (
    ListGroupPolicies,
    ListRolePolicies,
    ListUserPolicies,
)
from iam.operations.list_policies import ListPolicies
from iam.operations.list_policy_versions import ListPolicyVersions
from iam.operations.list_tags import ListPolicyTags, ListRoleTags, ListUserTags
from iam.operations.put_inline_policy import PutGroupPolicy, PutRolePolicy, PutUserPolicy
from iam.operations.put_permissions_boundary import (
    PutRolePermissionsBoundary,
    PutUserPermissionsBoundary,
)
from iam.operations.remove_user_from_group import RemoveUserFromGroup
from iam.operations.set_default_policy_version import SetDefaultPolicyVersion
from iam.operations.tag import TagPolicy, TagRole, TagUser
from iam.operations.untag import UntagPolicy, UntagRole, UntagUser
from iam.operations.update_access_key import UpdateAccessKey
from iam.operations.update_assume_role_policy import UpdateAssumeRolePolicy
from iam.operations.update_role import UpdateRole
from iam.operations.update_user import UpdateUser
from keys.operations.cancel_key_deletion import CancelKeyDeletion
from keys.operations.connect_custom_key_store import ConnectCustomKeyStore
from keys.operations.create_alias import CreateAlias
from keys.operations.create_custom_key_store import CreateCustomKeyStore
from keys.operations.create_grant import CreateGrant
from keys.operations.create_key import CreateKey
from keys.operations.decapsulate import Decapsulate
from keys.operations.decrypt import Decrypt
from keys.operations.delete_alias import DeleteAlias
from keys.operations.delete_custom_key_store import DeleteCustomKeyStore
from keys.operations.delete_imported_key_material import DeleteImportedKeyMaterial
from keys.operations.derive_shared_secret import DeriveSharedSecret
from keys.operations.describe_custom_key_stores import DescribeCustomKeyStores
from keys.operations.describe_key import DescribeKey
from keys.operations.disable_key import DisableKey
from keys.operations.disable_key_rotation import DisableKeyRotation
from keys.operations.disconnect_custom_key_store import DisconnectCustomKeyStore
from keys.operations.enable_key import EnableKey
from keys.operations.enable_key_rotation import EnableKeyRotation
from keys.operations.encapsulate import Encapsulate
from keys.operations.encrypt import Encrypt
from keys.operations.generate_data_key import GenerateDataKey
from keys.operations.generate_data_key_pair import GenerateDataKeyPair
from keys.operations.generate_data_key_pair_without_plaintext import (
    GenerateDataKeyPairWithoutPlaintext,
)
from keys.operations.generate_data_key_without_plaintext import GenerateDataKeyWithoutPlaintext
from keys.operations.generate_mac import GenerateMac
from keys.operations.generate_random import GenerateRandom
from keys.operations.get_key_last_usage import GetKeyLastUsage
from keys.operations.get_key_policy import GetKeyPolicy
from keys.operations.get_key_rotation_status import GetKeyRotationStatus
from keys.operations.get_parameters_for_import import GetParametersForImport
from keys.operations.get_public_key import GetPublicKey
from keys.operations.import_key_material import ImportKeyMaterial
from keys.operations.list_aliases import ListAliases
from keys.operations.list_grants import ListGrants
from keys.operations.list_key_policies import ListKeyPolicies
from keys.operations.list_key_rotations import ListKeyRotations
from keys.operations.list_keys import ListKeys
from keys.operations.list_resource_tags import ListResourceTags
from keys.operations.list_retirable_grants import ListRetirableGrants
from keys.operations.put_key_policy import PutKeyPolicy
from keys.operations.re_encrypt import ReEncrypt
from keys.operations.replicate_key import ReplicateKey
from keys.operations.retire_grant import RetireGrant
from keys.operations.revoke_grant import RevokeGrant
from keys.operations.rotate_key_on_demand import RotateKeyOnDemand
from keys.operations.schedule_key_deletion import ScheduleKeyDeletion
from keys.operations.sign import Sign
from keys.operations.tag_resource import TagResource
from keys.operations.untag_resource import UntagResource
from keys.operations.update_alias import UpdateAlias
from keys.operations.update_custom_key_store import UpdateCustomKeyStore
from keys.operations.update_key_description import UpdateKeyDescription
from keys.operations.update_primary_region import UpdatePrimaryRegion
from keys.operations.verify import Verify
from keys.operations.verify_mac import VerifyMac
from params.operations.add_tags_to_resource import AddTagsToResource
from params.operations.delete_parameter import DeleteParameter
from params.operations.delete_parameters import DeleteParameters
from params.operations.describe_parameters import DescribeParameters
from params.operations.get_parameter import GetParameter
from params.operations.get_parameter_history import GetParameterHistory
from params.operations.get_parameters import GetParameters
from params.operations.get_parameters_by_path import GetParametersByPath
from params.operations.label_parameter_version import LabelParameterVersion
from params.operations.list_tags_for_resource import ListTagsForResource
from params.operations.put_parameter import PutParameter
from params.operations.remove_tags_from_resource import RemoveTagsFromResource
from params.operations.unlabel_parameter_version import UnlabelParameterVersion
from rest.operations.create_service_specific_credential import CreateServiceSpecificCredential
from rest.operations.delete_service_specific_credential import DeleteServiceSpecificCredential
from rest.operations.list_service_specific_credentials import ListServiceSpecificCredentials
from secrets_app.operations.associate_cross_account_replica import (
    AssociateCrossAccountReplica,
)
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
from secrets_app.operations.tag_resource import TagResource as TagSecret
from secrets_app.operations.untag_resource import UntagResource as UntagSecret
from secrets_app.operations.update_secret import UpdateSecret
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage
from secrets_app.operations.validate_resource_policy import ValidateResourcePolicy
from service.operation import Operation

OPERATIONS: dict[str, type[Operation[Any, Any]]] = {
    operation.name: operation
    for operation in (
        GetCallerIdentity,
        LookupEvents,
        AddUserToGroup,
        AttachGroupPolicy,
        AttachRolePolicy,
        AttachUserPolicy,
        ChangePassword,
        CreateAccessKey,
        CreateGroup,
        CreatePolicy,
        CreatePolicyVersion,
        CreateRole,
        CreateUser,
        DeleteAccessKey,
        DeleteGroup,
        DeleteGroupPolicy,
        DeleteLoginProfile,
        DeletePolicy,
        DeletePolicyVersion,
        DeleteRole,
        DeleteRolePermissionsBoundary,
        DeleteRolePolicy,
        DeleteUser,
        DeleteUserPermissionsBoundary,
        DeleteUserPolicy,
        DetachGroupPolicy,
        DetachRolePolicy,
        DetachUserPolicy,
        GetAccessKeyLastUsed,
        GetGroup,
        GetGroupPolicy,
        GetLoginProfile,
        GetPolicy,
        GetPolicyVersion,
        GetRole,
        GetRolePolicy,
        GetUser,
        GetUserPolicy,
        ListAccessKeys,
        ListAttachedGroupPolicies,
        ListAttachedRolePolicies,
        ListAttachedUserPolicies,
        ListEntitiesForPolicy,
        ListGroupPolicies,
        ListGroups,
        ListGroupsForUser,
        ListPolicies,
        ListPolicyTags,
        ListPolicyVersions,
        ListRolePolicies,
        ListRoleTags,
        ListRoles,
        ListUserPolicies,
        ListUserTags,
        ListUsers,
        ConnectCustomKeyStore,
        PutGroupPolicy,
        PutRolePermissionsBoundary,
        PutRolePolicy,
        PutUserPermissionsBoundary,
        PutUserPolicy,
        RemoveUserFromGroup,
        SetDefaultPolicyVersion,
        TagPolicy,
        TagRole,
        TagUser,
        UntagPolicy,
        UntagRole,
        UntagUser,
        UpdateAccessKey,
        UpdateAssumeRolePolicy,
        UpdateRole,
        UpdateUser,
        CancelKeyDeletion,
        CreateAlias,
        CreateGrant,
        CreateCustomKeyStore,
        CreateKey,
        Decapsulate,
        Decrypt,
        DeleteAlias,
        DeriveSharedSecret,
        DeleteImportedKeyMaterial,
        DescribeKey,
        DisableKey,
        DisableKeyRotation,
        DeleteCustomKeyStore,
        DescribeCustomKeyStores,
        DisconnectCustomKeyStore,
        EnableKey,
        Encapsulate,
        EnableKeyRotation,
        Encrypt,
        GenerateDataKey,
        GenerateDataKeyPair,
        GenerateDataKeyPairWithoutPlaintext,
        GenerateDataKeyWithoutPlaintext,
        GenerateMac,
        GenerateRandom,
        GetKeyLastUsage,
        GetKeyPolicy,
        GetPublicKey,
        GetKeyRotationStatus,
        GetParametersForImport,
        ImportKeyMaterial,
        ListAliases,
        ListGrants,
        ListKeyPolicies,
        ListKeyRotations,
        ListKeys,
        ListResourceTags,
        ListRetirableGrants,
        PutKeyPolicy,
        ReEncrypt,
        RetireGrant,
        RevokeGrant,
        ReplicateKey,
        RotateKeyOnDemand,
        ScheduleKeyDeletion,
        Sign,
        TagResource,
        UntagResource,
        UpdateAlias,
        UpdateCustomKeyStore,
        UpdateKeyDescription,
        Verify,
        VerifyMac,
        UpdatePrimaryRegion,
        AddTagsToResource,
        DeleteParameter,
        DeleteParameters,
        DescribeParameters,
        GetParameter,
        GetParameterHistory,
        GetParameters,
        GetParametersByPath,
        LabelParameterVersion,
        ListTagsForResource,
        PutParameter,
        RemoveTagsFromResource,
        UnlabelParameterVersion,
        AssociateCrossAccountReplica,
        DisassociateCrossAccountReplica,
        CreateSecret,
        BatchGetSecretValue,
        DeleteResourcePolicy,
        DeleteSecret,
        DescribeSecret,
        GetRandomPassword,
        GetResourcePolicy,
        ListResourcePolicies,
        ListSecretVersionIds,
        ListSecrets,
        PutResourcePolicy,
        RemoveRegionsFromReplication,
        ReplicateSecretToRegions,
        RestoreSecret,
        StopReplicationToReplica,
        TagSecret,
        UntagSecret,
        UpdateSecret,
        UpdateSecretVersionStage,
        ValidateResourcePolicy,
        GetSecretValue,
        PutSecretValue,
        CreateServiceSpecificCredential,
        DeleteServiceSpecificCredential,
        ListServiceSpecificCredentials,
    )
}
