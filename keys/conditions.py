"""KMS's condition keys: those a key answers, and those a request answers.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from collections.abc import Mapping, Sequence

from keys.models import Key
from keys.shapes import GrantConstraints
from service.caller import Caller

Conditions = dict[str, str | Sequence[str]]


def truth(value: bool) -> str:
    return "true" if value else "false"


def of_key(row: Key, aliases: Sequence[str]) -> Conditions:
    found: Conditions = {
        "kms:CustomerMasterKeySpec": row.spec,
        "kms:KeySpec": row.spec,
        "kms:KeyUsage": row.usage,
        "kms:CustomerMasterKeyUsage": row.usage,
        "kms:KeyOrigin": row.origin,
        **of_multi_region(
            is_multi_region=row.multi_region, is_primary=row.region == row.primary_region
        ),
    }
    if aliases:
        found["kms:ResourceAliases"] = aliases
    return found


def of_multi_region(*, is_multi_region: bool, is_primary: bool) -> Conditions:
    found: Conditions = {"kms:MultiRegion": truth(is_multi_region)}
    if is_multi_region:
        found["kms:MultiRegionKeyType"] = "PRIMARY" if is_primary else "REPLICA"
    return found


def of_caller(caller: Caller) -> Conditions:
    found: Conditions = {"kms:CallerAccount": caller.account}
    if caller.via:
        service, _, domain = caller.via.partition(".")
        found["kms:ViaService"] = f"{service}.{caller.region}.{domain}"
    return found


def of_context(context: Mapping[str, str], algorithm: str) -> Conditions:
    """What a request answers that encrypts or decrypts with an encryption context."""
    return {"kms:EncryptionAlgorithm": algorithm, **_of_pairs(context)}


def of_constraints(constraints: GrantConstraints) -> Conditions:
    """What a grant answers that is made, or retired."""
    found = _of_pairs(constraints.context or {})
    if constraints.encryption_context_equals:
        found["kms:GrantConstraintType"] = "EncryptionContextEquals"
    elif constraints.encryption_context_subset:
        found["kms:GrantConstraintType"] = "EncryptionContextSubset"
    elif constraints.source_arn:
        found["kms:GrantConstraintType"] = "SourceArn"
    if constraints.source_arn:
        found["kms:GrantConstraintSourceArn"] = constraints.source_arn
    return found


def _of_pairs(context: Mapping[str, str]) -> Conditions:
    """An encryption context's pairs."""
    found: Conditions = {"kms:EncryptionContextKeys": list(context)} if context else {}
    # condition keys do not tell cases apart, contexts do: no value hides another
    values: dict[str, list[str]] = {}
    for key, value in context.items():
        values.setdefault(f"kms:EncryptionContext:{key.lower()}", []).append(value)
    found.update(values)
    return found


def of_tags(tags: Sequence[tuple[str, str]]) -> Conditions:
    """The tags that a request brings."""
    found: Conditions = {f"aws:RequestTag/{key}": value for key, value in tags}
    if tags:
        found["aws:TagKeys"] = [key for key, _ in tags]
    return found
