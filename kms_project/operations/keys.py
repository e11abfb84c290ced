"""The operations of KMS."""

from typing import Any

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
from service.operation import Operation

OPERATIONS: tuple[type[Operation[Any, Any]], ...] = (
    CancelKeyDeletion,
    ConnectCustomKeyStore,
    CreateAlias,
    CreateCustomKeyStore,
    CreateGrant,
    CreateKey,
    Decapsulate,
    Decrypt,
    DeleteAlias,
    DeleteCustomKeyStore,
    DeleteImportedKeyMaterial,
    DeriveSharedSecret,
    DescribeCustomKeyStores,
    DescribeKey,
    DisableKey,
    DisableKeyRotation,
    DisconnectCustomKeyStore,
    EnableKey,
    EnableKeyRotation,
    Encapsulate,
    Encrypt,
    GenerateDataKey,
    GenerateDataKeyPair,
    GenerateDataKeyPairWithoutPlaintext,
    GenerateDataKeyWithoutPlaintext,
    GenerateMac,
    GenerateRandom,
    GetKeyLastUsage,
    GetKeyPolicy,
    GetKeyRotationStatus,
    GetParametersForImport,
    GetPublicKey,
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
    ReplicateKey,
    RetireGrant,
    RevokeGrant,
    RotateKeyOnDemand,
    ScheduleKeyDeletion,
    Sign,
    TagResource,
    UntagResource,
    UpdateAlias,
    UpdateCustomKeyStore,
    UpdateKeyDescription,
    UpdatePrimaryRegion,
    Verify,
    VerifyMac,
)
