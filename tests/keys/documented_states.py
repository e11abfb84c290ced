"""AWS's table of key states: what each operation answers for a key in each state.

After https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html, whose notes are
named here by what they say. `-`: no key that the operation is for gets into the state. The
operations on imported material are asked with an imported key, those on multi-Region keys
with a primary; a key that is unavailable is one of a custom key store.
"""

STATES = (
    "Enabled",
    "Disabled",
    "PendingImport",
    "PendingDeletion",
    "PendingReplicaDeletion",
    "Unavailable",
)
SAYS = {
    "disabled": ("DisabledException", "{} is disabled."),
    "importing": ("KMSInvalidStateException", "{} is pending import."),
    "pending": ("KMSInvalidStateException", "{} is pending deletion."),
    "waiting": ("KMSInvalidStateException", "{} is pending replica deletion."),
    "unavailable": ("KMSInvalidStateException", "{} is unavailable."),
    "not-pending": ("KMSInvalidStateException", "{} is not pending deletion."),
    "unsupported": ("UnsupportedOperationException", None),
}
_TABLE = """
CancelKeyDeletion                   not-pending not-pending not-pending ok      ok      not-pending
CreateAlias                         ok          ok          ok          pending waiting ok
CreateGrant                         ok          disabled    importing   pending waiting ok
Decapsulate                         ok          disabled    importing   pending waiting -
Decrypt                             ok          disabled    importing   pending waiting unavailable
DeleteAlias                         ok          ok          ok          ok      ok      ok
DeleteImportedKeyMaterial           ok          ok          ok          ok      ok      unsupported
DeriveSharedSecret                  ok          disabled    importing   pending waiting -
DescribeKey                         ok          ok          ok          ok      ok      ok
DisableKey                          ok          ok          importing   pending waiting ok
DisableKeyRotation                  ok          disabled    importing   pending waiting unsupported
EnableKey                           ok          ok          importing   pending waiting ok
EnableKeyRotation                   ok          disabled    importing   pending waiting unsupported
Encapsulate                         ok          disabled    importing   pending waiting -
Encrypt                             ok          disabled    importing   pending waiting unavailable
GenerateDataKey                     ok          disabled    importing   pending waiting unavailable
GenerateDataKeyPair                 ok          disabled    importing   pending waiting unavailable
GenerateDataKeyPairWithoutPlaintext ok          disabled    importing   pending waiting unavailable
GenerateDataKeyWithoutPlaintext     ok          disabled    importing   pending waiting unavailable
GenerateMac                         ok          disabled    importing   pending waiting -
GetKeyLastUsage                     ok          ok          ok          ok      ok      ok
GetKeyPolicy                        ok          ok          ok          ok      ok      ok
GetKeyRotationStatus                ok          ok          importing   ok      ok      unsupported
GetParametersForImport              ok          ok          ok          pending waiting unsupported
GetPublicKey                        ok          disabled    importing   pending waiting -
ImportKeyMaterial                   ok          ok          ok          pending waiting unsupported
ListAliases                         ok          ok          ok          ok      ok      ok
ListGrants                          ok          ok          ok          ok      ok      ok
ListKeyPolicies                     ok          ok          ok          ok      ok      ok
ListKeyRotations                    ok          ok          ok          ok      ok      unsupported
ListResourceTags                    ok          ok          ok          ok      ok      ok
PutKeyPolicy                        ok          ok          ok          ok      ok      ok
ReEncrypt                           ok          disabled    importing   pending waiting unavailable
ReplicateKey                        ok          disabled    importing   pending waiting -
RetireGrant                         ok          ok          ok          ok      ok      ok
RevokeGrant                         ok          ok          ok          ok      ok      ok
RotateKeyOnDemand                   ok          disabled    importing   pending waiting unsupported
ScheduleKeyDeletion                 ok          ok          ok          pending waiting ok
Sign                                ok          disabled    importing   pending waiting -
TagResource                         ok          ok          ok          pending waiting ok
UntagResource                       ok          ok          ok          pending waiting ok
UpdateAlias                         ok          ok          ok          pending waiting ok
UpdateKeyDescription                ok          ok          ok          pending waiting ok
UpdatePrimaryRegion                 ok          disabled    importing   pending waiting -
Verify                              ok          disabled    importing   pending waiting -
VerifyMac                           ok          disabled    importing   pending waiting -
"""

# by operation and state: "ok", or a name in SAYS
ANSWERS = {
    (operation, state): answer
    for operation, *answers in (line.split() for line in _TABLE.split("\n") if line)
    for state, answer in zip(STATES, answers, strict=True)
    if answer != "-"
}
OPERATIONS = sorted({operation for operation, _ in ANSWERS})
