"""The condition keys that parameters and requests about them answer.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from collections.abc import Mapping, Sequence

from iam.conditions import of_tag_keys
from keys import conditions as of_keys
from keys.conditions import Conditions, truth
from params.shapes import Tag

__all__ = ["Conditions", "of_parameter", "of_put", "of_tag_keys", "of_tags", "truth"]


def of_parameter(tags: Mapping[str, str]) -> Conditions:
    """What a parameter answers beside aws:ResourceTag/…: the same by the older name."""
    return {f"ssm:resourceTag/{key}": told for key, told in tags.items()}


def of_tags(tags: Sequence[Tag]) -> Conditions:
    """The tags that a request brings."""
    return of_keys.of_tags([(tag.key, tag.value) for tag in tags])


def of_put(*, overwrite: bool | None, policies: str | None) -> Conditions:
    return {
        "ssm:Overwrite": truth(bool(overwrite)),
        "ssm:Policies": truth(policies is not None),
    }
