"""Versions of managed policies. One is the default, and only that one decides.

The default one's document is the policy's own; the others lie beside it.
"""

from datetime import datetime

from iam.errors import DeleteConflict, LimitExceeded, NoSuchEntity
from iam.models import OtherVersion, Policy
from iam.shapes import PolicyVersion

MOST_VERSIONS = 5


def default_of(policy: Policy) -> OtherVersion:
    """The default version, as one of the others would be; it is not stored so."""
    return OtherVersion(
        policy=policy,
        number=policy.version,
        document=policy.document,
        created=policy.version_created,
    )


def all_of(policy: Policy) -> list[OtherVersion]:
    """The newest first."""
    found = [default_of(policy), *policy.other_versions.all()]
    return sorted(found, key=lambda version: -version.number)


def find(policy: Policy, name: str) -> OtherVersion:
    """The version "v2", …. Raises NoSuchEntity."""
    for version in all_of(policy):
        if f"v{version.number}" == name:
            return version
    raise NoSuchEntity(f"Policy {policy.arn} version {name} does not exist or is not attachable.")


def add(policy: Policy, document: str, at: datetime, *, default: bool) -> OtherVersion:
    """Raises LimitExceeded."""
    if policy.other_versions.count() + 1 >= MOST_VERSIONS:
        raise LimitExceeded(
            f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new "
            "version, you must delete an existing version."
        )
    policy.versions_made += 1
    policy.save(update_fields=["versions_made", "updated"])
    made = OtherVersion(policy=policy, number=policy.versions_made, document=document, created=at)
    made.save()
    if default:
        make_default(policy, made)
    return made


def make_default(policy: Policy, version: OtherVersion) -> None:
    """From now on `version` decides. Nothing changes if it is the default one already."""
    if version.number == policy.version:
        return
    default_of(policy).save()
    policy.document, policy.version = version.document, version.number
    policy.version_created = version.created
    policy.save(update_fields=["document", "version", "version_created", "updated"])
    version.delete()


def remove(policy: Policy, version: OtherVersion) -> None:
    """Raises DeleteConflict for the default one."""
    if version.number == policy.version:
        raise DeleteConflict("Cannot delete the default version of a policy.")
    version.delete()


def shape_of(policy: Policy, version: OtherVersion, *, listed: bool = False) -> PolicyVersion:
    """`listed`: without its document, as AWS's lists tell it."""
    return PolicyVersion(
        version_id=f"v{version.number}",
        is_default_version=version.number == policy.version,
        create_date=version.created,
        document=None if listed else version.document,
    )
