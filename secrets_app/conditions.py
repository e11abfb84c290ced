"""The condition keys that secrets and requests about them answer.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
"""

from collections.abc import Mapping, Sequence

from secrets_app.models import Secret
from secrets_app.shapes import ReplicaRegion, Tag

Conditions = dict[str, str | Sequence[str]]
_SERVICE = "secretsmanager:"


def truth(value: bool | None) -> str:
    return "true" if value else "false"


def of_secret(row: Secret, tags: Mapping[str, str]) -> Conditions:
    """What a secret answers beside aws:ResourceTag/…."""
    found: Conditions = {f"{_SERVICE}ResourceTag/{key}": told for key, told in tags.items()}
    if row.rotation_function:
        found[f"{_SERVICE}resource/AllowRotationLambdaArn"] = row.rotation_function
    if row.primary_region:
        found[f"{_SERVICE}SecretPrimaryRegion"] = row.primary_region
    if row.partner_type:
        found[f"{_SERVICE}resource/Type"] = row.partner_type
    return found


def of_tags(tags: Sequence[Tag]) -> Conditions:
    """The tags that a request brings."""
    found: Conditions = {f"aws:RequestTag/{tag.key}": tag.value for tag in tags}
    return found | of_tag_keys([tag.key for tag in tags])


def of_tag_keys(keys: Sequence[str]) -> Conditions:
    return {"aws:TagKeys": keys} if keys else {}


def of_replicas(regions: Sequence[ReplicaRegion], force: bool | None) -> Conditions:
    if not regions:
        return {}
    return {
        f"{_SERVICE}AddReplicaRegions": [each.region for each in regions],
        f"{_SERVICE}ForceOverwriteReplicaSecret": truth(force),
    }


def given(**members: str | bool | int | None) -> Conditions:
    """Members of a request, each under its AWS name; those that are absent have no value."""
    return {
        f"{_SERVICE}{name}": truth(told) if isinstance(told, bool) else str(told)
        for name, told in members.items()
        if told is not None
    }
