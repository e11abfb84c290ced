"""The one index of every operation. The doors find an operation here and nowhere else."""

from typing import Any

from audit.operations.lookup_events import LookupEvents
from console.operations.change_password import ChangePassword
from iam.operations.get_caller_identity import GetCallerIdentity
from iam.operations.list_access_keys import ListAccessKeys
from iam.operations.list_attached_user_policies import ListAttachedUserPolicies
from iam.operations.list_user_policies import ListUserPolicies
from iam.operations.list_users import ListUsers
from keys.operations.cancel_key_deletion import CancelKeyDeletion
from keys.operations.connect_custom_key_store import ConnectCustomKeyStore
from keys.operations.create_alias import CreateAlias
from keys.operations.create_custom_key_store import CreateCustomKeyStore
from keys.operations.create_key import CreateKey
from keys.operations.decrypt import Decrypt
from keys.operations.delete_alias import DeleteAlias
from keys.operations.delete_custom_key_store import DeleteCustomKeyStore
from keys.operations.describe_custom_key_stores import DescribeCustomKeyStores
from keys.operations.describe_key import DescribeKey
from keys.operations.disable_key import DisableKey
from keys.operations.disconnect_custom_key_store import DisconnectCustomKeyStore
from keys.operations.enable_key import EnableKey
from keys.operations.encrypt import Encrypt
from keys.operations.generate_data_key import GenerateDataKey
from keys.operations.generate_data_key_without_plaintext import GenerateDataKeyWithoutPlaintext
from keys.operations.generate_random import GenerateRandom
from keys.operations.get_key_policy import GetKeyPolicy
from keys.operations.list_aliases import ListAliases
from keys.operations.list_key_policies import ListKeyPolicies
from keys.operations.list_keys import ListKeys
from keys.operations.list_resource_tags import ListResourceTags
from keys.operations.put_key_policy import PutKeyPolicy
from keys.operations.re_encrypt import ReEncrypt
from keys.operations.schedule_key_deletion import ScheduleKeyDeletion
from keys.operations.tag_resource import TagResource
from keys.operations.untag_resource import UntagResource
from keys.operations.update_alias import UpdateAlias
from keys.operations.update_custom_key_store import UpdateCustomKeyStore
from keys.operations.update_key_description import UpdateKeyDescription
from rest.operations.create_service_specific_credential import CreateServiceSpecificCredential
from rest.operations.delete_service_specific_credential import DeleteServiceSpecificCredential
from rest.operations.list_service_specific_credentials import ListServiceSpecificCredentials
from service.operation import Operation

OPERATIONS: dict[str, type[Operation[Any, Any]]] = {
    operation.name: operation
    for operation in (
        GetCallerIdentity,
        LookupEvents,
        CancelKeyDeletion,
        ChangePassword,
        ListAccessKeys,
        ListAttachedUserPolicies,
        ListUserPolicies,
        ListUsers,
        ConnectCustomKeyStore,
        CreateAlias,
        CreateCustomKeyStore,
        CreateKey,
        Decrypt,
        DeleteAlias,
        DeleteCustomKeyStore,
        DescribeCustomKeyStores,
        DescribeKey,
        DisableKey,
        DisconnectCustomKeyStore,
        EnableKey,
        Encrypt,
        GenerateDataKey,
        GenerateDataKeyWithoutPlaintext,
        GenerateRandom,
        GetKeyPolicy,
        ListAliases,
        ListKeyPolicies,
        ListKeys,
        ListResourceTags,
        PutKeyPolicy,
        ReEncrypt,
        ScheduleKeyDeletion,
        TagResource,
        UntagResource,
        UpdateAlias,
        UpdateCustomKeyStore,
        UpdateKeyDescription,
        CreateServiceSpecificCredential,
        DeleteServiceSpecificCredential,
        ListServiceSpecificCredentials,
    )
}
