"""Inline policies: those that belong to one user, group or role and go with it."""

from iam.entities import Entity
from iam.errors import NoSuchEntity
from iam.models import InlinePolicy


def find(owner: Entity, name: str) -> InlinePolicy:
    """Raises NoSuchEntity."""
    policy = owner.inline.filter(name=name).first()
    if policy is None:
        raise NoSuchEntity(f"The {owner.arn_type} policy with name {name} cannot be found.")
    return policy
