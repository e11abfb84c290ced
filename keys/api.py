"""REST: keys, their aliases, policies and tags, and what is done with them."""

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
from rest.routes import Page, Route
from rest.views import Resource


class KeyResource(Resource):
    section = "keys"


class Keys(KeyResource):
    get = Route(ListKeys, "List the account's keys in the region", page=Page("keys"))
    post = Route(CreateKey, "Make a key", answer="key_metadata", location="keys/{key_id}")


class Key(KeyResource):
    get = Route(DescribeKey, "Describe a key", answer="key_metadata")
    patch = Route(UpdateKeyDescription, "Change a key's description")


class Enable(KeyResource):
    post = Route(EnableKey, "Enable a key")


class Disable(KeyResource):
    post = Route(DisableKey, "Disable a key: it cannot be used until it is enabled again")


class ScheduleDeletion(KeyResource):
    post = Route(ScheduleKeyDeletion, "Have a key deleted for good, in 7 to 30 days")


class CancelDeletion(KeyResource):
    post = Route(CancelKeyDeletion, "Take a scheduled deletion back; the key stays disabled")


class Policy(KeyResource):
    get = Route(GetKeyPolicy, "Tell a key's policy")
    put = Route(PutKeyPolicy, "Replace a key's policy")


class Tags(KeyResource):
    get = Route(ListResourceTags, "List a key's tags", page=Page("tags"))
    patch = Route(TagResource, "Add tags to a key, or change their values")
    delete = Route(UntagResource, "Take tags off a key")


class KeyAliases(KeyResource):
    get = Route(
        ListAliases, "List the aliases of a key", id="listAliasesOfKey", page=Page("aliases")
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
    put = Route(UpdateAlias, "Have an alias stand for another key")
    delete = Route(DeleteAlias, "Delete an alias; its key stays")


class CryptographyResource(Resource):
    section = "cryptography"


class EncryptWithKey(CryptographyResource):
    post = Route(Encrypt, "Encrypt up to 4,096 bytes")


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
