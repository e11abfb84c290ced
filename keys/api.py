"""REST: keys, their aliases, policies and tags, and what is done with them."""

from keys.operations.batch_decrypt import BatchDecrypt
from keys.operations.batch_encrypt import BatchEncrypt
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
from keys.operations.get_alias import GetAlias
from keys.operations.get_key_last_usage import GetKeyLastUsage
from keys.operations.get_key_policy import GetKeyPolicy
from keys.operations.get_key_rotation_status import GetKeyRotationStatus
from keys.operations.get_parameters_for_import import GetParametersForImport
from keys.operations.get_public_key import GetPublicKey
from keys.operations.import_key_material import ImportKeyMaterial
from keys.operations.list_aliases import ListAliases
from keys.operations.list_grants import ListGrants
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
from rest.routes import Page, Route
from rest.views import Resource


class KeyResource(Resource):
    section = "keys"


class Keys(KeyResource):
    get = Route(ListKeys, "List the account's keys in the region", page=Page("keys"))
    post = Route(CreateKey, "Make a key", answer="key_metadata", location="keys/{key_id}")


class Key(KeyResource):
    get = Route(DescribeKey, "Describe a key", answer="key_metadata")
    patch = Route(UpdateKeyDescription, "Change a key's description", tag=get)


class Enable(KeyResource):
    post = Route(EnableKey, "Enable a key")


class Disable(KeyResource):
    post = Route(DisableKey, "Disable a key: it cannot be used until it is enabled again")


class ScheduleDeletion(KeyResource):
    post = Route(ScheduleKeyDeletion, "Have a key deleted for good, in 7 to 30 days")


class CancelDeletion(KeyResource):
    post = Route(CancelKeyDeletion, "Take a scheduled deletion back; the key stays disabled")


class Rotation(KeyResource):
    get = Route(GetKeyRotationStatus, "Tell whether a key rotates by itself, and when")
    put = Route(EnableKeyRotation, "Have a key rotate every 90 to 2,560 days", tag=get)
    delete = Route(DisableKeyRotation, "Have a key rotate by itself no more", tag=get)


class Rotations(KeyResource):
    get = Route(ListKeyRotations, "List a key's rotations", page=Page("rotations"))
    post = Route(RotateKeyOnDemand, "Rotate a key now")


class ImportParameters(KeyResource):
    post = Route(GetParametersForImport, "Get a key to wrap key material with, and its token")


class ImportedMaterial(KeyResource):
    put = Route(ImportKeyMaterial, "Import key material")
    delete = Route(DeleteImportedKeyMaterial, "Delete imported key material")


class Replicas(KeyResource):
    post = Route(ReplicateKey, "Make a replica of a multi-Region key in another region")


class PrimaryRegion(KeyResource):
    put = Route(UpdatePrimaryRegion, "Make the replica in another region the primary key")


class Policy(KeyResource):
    get = Route(GetKeyPolicy, "Tell a key's policy")
    put = Route(PutKeyPolicy, "Replace a key's policy", tag=get)


class Tags(KeyResource):
    get = Route(ListResourceTags, "List a key's tags", page=Page("tags"))
    patch = Route(TagResource, "Add tags to a key, or change their values")
    delete = Route(UntagResource, "Take tags off a key")


class KeyAliases(KeyResource):
    get = Route(
        ListAliases, "List the aliases of a key", id="listAliasesOfKey", page=Page("aliases")
    )


class LastUsage(KeyResource):
    get = Route(GetKeyLastUsage, "Tell when a key was last used, and for what")


class GrantResource(Resource):
    section = "grants"


class Grants(GrantResource):
    get = Route(ListGrants, "List a key's grants", page=Page("grants"))
    post = Route(CreateGrant, "Let a principal use a key")


class Grant(GrantResource):
    delete = Route(RevokeGrant, "End a grant, whatever it says")


class Retire(GrantResource):
    post = Route(RetireGrant, "Retire a grant", hidden=("grant_token",))


class RetireByToken(GrantResource):
    post = Route(
        RetireGrant,
        "Retire the grant of a grant token",
        id="retireGrantByToken",
        hidden=("key_id", "grant_id"),
    )


class RetirableGrants(GrantResource):
    get = Route(
        ListRetirableGrants,
        "List the grants in the region that a principal may retire",
        page=Page("grants"),
    )


class AliasResource(Resource):
    section = "aliases"


class Aliases(AliasResource):
    get = Route(
        ListAliases,
        "List the account's aliases in the region",
        page=Page("aliases"),
        hidden=("key_id",),
    )
    post = Route(CreateAlias, "Make an alias for a key", location="aliases/{alias_name}")


class Alias(AliasResource):
    get = Route(GetAlias, "Tell an alias, and the key that it stands for", answer="alias")
    put = Route(UpdateAlias, "Have an alias stand for another key", tag=get)
    delete = Route(DeleteAlias, "Delete an alias; its key stays", tag=get)


class CryptographyResource(Resource):
    section = "cryptography"


class EncryptWithKey(CryptographyResource):
    post = Route(Encrypt, "Encrypt up to 4,096 bytes; with a public key, less")


class EncryptMany(CryptographyResource):
    post = Route(BatchEncrypt, "Encrypt up to 100 plaintexts; each has a result or an error")


class DecryptMany(CryptographyResource):
    post = Route(BatchDecrypt, "Decrypt up to 100 ciphertexts; each has a result or an error")


class DecryptAnything(CryptographyResource):
    post = Route(Decrypt, "Decrypt with the key that the ciphertext names")


class DecryptWithKey(CryptographyResource):
    post = Route(Decrypt, "Decrypt what this key encrypted", id="decryptWithKey")


class ReEncryptUnderKey(CryptographyResource):
    post = Route(ReEncrypt, "Decrypt, and encrypt again under another key or context")


class DataKey(CryptographyResource):
    post = Route(GenerateDataKey, "Make a data key, in plaintext and encrypted")


class DataKeyWithoutPlaintext(CryptographyResource):
    post = Route(GenerateDataKeyWithoutPlaintext, "Make a data key, encrypted only")


class DataKeyPair(CryptographyResource):
    post = Route(GenerateDataKeyPair, "Make a data key pair, its private key in both forms")


class DataKeyPairWithoutPlaintext(CryptographyResource):
    post = Route(
        GenerateDataKeyPairWithoutPlaintext, "Make a data key pair, its private key encrypted only"
    )


class PublicKey(CryptographyResource):
    get = Route(GetPublicKey, "Tell an asymmetric key's public key")


class SignWithKey(CryptographyResource):
    post = Route(Sign, "Sign up to 4,096 bytes, or a digest")


class VerifyWithKey(CryptographyResource):
    post = Route(Verify, "Verify a signature; one that is not valid is an error")


class Mac(CryptographyResource):
    post = Route(GenerateMac, "Make the HMAC of up to 4,096 bytes")


class VerifyMacWithKey(CryptographyResource):
    post = Route(VerifyMac, "Verify an HMAC; one that is not valid is an error")


class SharedSecret(CryptographyResource):
    post = Route(DeriveSharedSecret, "Tell the secret that a key shares with a public key")


class EncapsulateWithKey(CryptographyResource):
    post = Route(Encapsulate, "Make a secret, and its ciphertext for the private key")


class DecapsulateWithKey(CryptographyResource):
    post = Route(Decapsulate, "Recover a secret from its ciphertext")


class Random(CryptographyResource):
    post = Route(GenerateRandom, "Make up to 1,024 random bytes")


class KeyStoreResource(Resource):
    section = "stores"


class KeyStores(KeyStoreResource):
    get = Route(
        DescribeCustomKeyStores,
        "Describe the account's custom key stores in the region, or one of them",
        page=Page("custom_key_stores"),
    )
    post = Route(
        CreateCustomKeyStore,
        "Make a custom key store",
        location="custom-key-stores/{custom_key_store_id}",
    )


class KeyStore(KeyStoreResource):
    patch = Route(UpdateCustomKeyStore, "Change a custom key store")
    delete = Route(DeleteCustomKeyStore, "Delete a custom key store that has no keys")


class ConnectKeyStore(KeyStoreResource):
    post = Route(ConnectCustomKeyStore, "Connect a custom key store; it tells how that ended")


class DisconnectKeyStore(KeyStoreResource):
    post = Route(DisconnectCustomKeyStore, "Disconnect a custom key store: its keys cannot be used")
