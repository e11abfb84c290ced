"""The condition keys that parameters and requests about them answer.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from collections.abc import Mapping, Sequence

from params.shapes import Tag

Conditions = dict[str, str | Sequence[str]]


def truth(value: bool | None) -> str:
    return "true" if value else "false"


def of_parameter(tags: Mapping[str, str]) -> Conditions:
    """What a parameter answers beside aws:ResourceTag/…: the same by the older name."""
    return {f"ssm:resourceTag/{key}": told for key, told in tags.items()}


def of_tags(tags: Sequence[Tag]) -> Conditions:
    """The tags that a request brings."""
    found: Conditions = {f"aws:RequestTag/{tag.key}": tag.value for tag in tags}
    return found | of_tag_keys([tag.key for tag in tags])


def of_tag_keys(keys: Sequence[str]) -> Conditions:
    return {"aws:TagKeys": keys} if keys else {}


def of_put(overwrite: bool | None, policies: str | None) -> Conditions:
    return {"ssm:Overwrite": truth(overwrite), "ssm:Policies": truth(policies is not None)}
