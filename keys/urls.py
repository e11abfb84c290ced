"""REST's paths of keys.

A key is named as in every other place: by id, ARN, alias name or alias ARN, slashes and
all. An alias that ends as a sub-resource is called (alias/x/policy) cannot be told from the
sub-resource; name its key by id.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from keys import api


class KeyIdConverter(StringConverter):
    regex = "(?:arn:[^/]+:)?alias/.+?|(?!(?:arn:[^/]+:)?alias/)(?:arn:[^/]+:key/)?[^/]+"


register_converter(KeyIdConverter, "key")

urlpatterns = [
    path("keys", api.Keys.as_view()),
    path("keys/<key:key_id>/enable", api.Enable.as_view()),
    path("keys/<key:key_id>/disable", api.Disable.as_view()),
    path("keys/<key:key_id>/schedule-deletion", api.ScheduleDeletion.as_view()),
    path("keys/<key:key_id>/cancel-deletion", api.CancelDeletion.as_view()),
    path("keys/<key:key_id>/rotation", api.Rotation.as_view()),
    path("keys/<key:key_id>/rotations", api.Rotations.as_view()),
    path("keys/<key:key_id>/import-parameters", api.ImportParameters.as_view()),
    path("keys/<key:key_id>/imported-material", api.ImportedMaterial.as_view()),
    path("keys/<key:key_id>/replicas", api.Replicas.as_view()),
    path("keys/<key:key_id>/primary-region", api.PrimaryRegion.as_view()),
    path("keys/<key:key_id>/policy", api.Policy.as_view()),
    path("keys/<key:key_id>/tags", api.Tags.as_view()),
    path("keys/<key:key_id>/aliases", api.KeyAliases.as_view()),
    path("keys/<key:key_id>/last-usage", api.LastUsage.as_view()),
    path("keys/<key:key_id>/grants", api.Grants.as_view()),
    path("keys/<key:key_id>/grants/<str:grant_id>", api.Grant.as_view()),
    path("keys/<key:key_id>/grants/<str:grant_id>/retire", api.Retire.as_view()),
    path("keys/<key:key_id>/encrypt", api.EncryptWithKey.as_view()),
    path("keys/<key:key_id>/decrypt", api.DecryptWithKey.as_view()),
    path("keys/<key:key_id>/generate-data-key", api.DataKey.as_view()),
    path(
        "keys/<key:key_id>/generate-data-key-without-plaintext",
        api.DataKeyWithoutPlaintext.as_view(),
    ),
    path("keys/<key:key_id>/generate-data-key-pair", api.DataKeyPair.as_view()),
    path(
        "keys/<key:key_id>/generate-data-key-pair-without-plaintext",
        api.DataKeyPairWithoutPlaintext.as_view(),
    ),
    path("keys/<key:key_id>/public-key", api.PublicKey.as_view()),
    path("keys/<key:key_id>/sign", api.SignWithKey.as_view()),
    path("keys/<key:key_id>/verify", api.VerifyWithKey.as_view()),
    path("keys/<key:key_id>/generate-mac", api.Mac.as_view()),
    path("keys/<key:key_id>/verify-mac", api.VerifyMacWithKey.as_view()),
    path("keys/<key:key_id>/derive-shared-secret", api.SharedSecret.as_view()),
    path("keys/<key:key_id>/encapsulate", api.EncapsulateWithKey.as_view()),
    path("keys/<key:key_id>/decapsulate", api.DecapsulateWithKey.as_view()),
    path("keys/<key:key_id>", api.Key.as_view()),
    path("aliases", api.Aliases.as_view()),
    path("aliases/<path:alias_name>", api.Alias.as_view()),
    path("grants", api.RetirableGrants.as_view()),
    path("grants/retire", api.RetireByToken.as_view()),
    path("batch/encrypt", api.EncryptMany.as_view()),
    path("batch/decrypt", api.DecryptMany.as_view()),
    path("decrypt", api.DecryptAnything.as_view()),
    path("re-encrypt", api.ReEncryptUnderKey.as_view()),
    path("custom-key-stores", api.KeyStores.as_view()),
    path("custom-key-stores/<str:custom_key_store_id>", api.KeyStore.as_view()),
    path("custom-key-stores/<str:custom_key_store_id>/connect", api.ConnectKeyStore.as_view()),
    path(
        "custom-key-stores/<str:custom_key_store_id>/disconnect", api.DisconnectKeyStore.as_view()
    ),
    path("random", api.Random.as_view()),
]
