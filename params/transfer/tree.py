"""A tree as the store has it, read by the calls that any client would make."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from params import filters, names
from params.on_tags import PARAMETER
from params.operations.describe_parameters import DescribeParameters, ParameterMetadata
from params.operations.get_parameters import GetParameters
from params.operations.list_tags_for_resource import ListTagsForResource
from params.shapes import Tag
from params.transfer.entries import Entry

MOST_DESCRIBED, MOST_NAMED, MOST_TOLD = 50, 50, 10  # of a page, a filter, a GetParameters
Ask = Callable[..., Any]  # an operation, then its AWS-shaped params
T = TypeVar("T")


def below(ask: Ask, path: str) -> list[ParameterMetadata]:
    """What the parameters below `path` are like, in the order of their paths."""
    return list(_described(ask, filters.PATH, filters.RECURSIVE, [path]))


def named(ask: Ask, wanted: Sequence[str]) -> list[ParameterMetadata]:
    """The same of those that have one of these names."""
    return [
        found
        for some in _batches(wanted, MOST_NAMED)
        for found in _described(ask, filters.NAME, filters.EQUALS, some)
    ]


def entries(ask: Ask, found: Sequence[ParameterMetadata], *, tags: bool) -> list[Entry]:
    """The parameters with their values; those that are gone by now are not among them."""
    return [
        _entry(ask, each, values[each.name], tags=tags)
        for some in _batches(found, MOST_TOLD)
        for values in [_values(ask, some)]
        for each in some
        if each.name in values
    ]


def _described(
    ask: Ask, key: str, option: str, values: Sequence[str]
) -> Iterator[ParameterMetadata]:
    given = {
        "ParameterFilters": [{"Key": key, "Option": option, "Values": values}],
        "MaxResults": MOST_DESCRIBED,
    }
    token: str | None = ""
    while token is not None:
        page = ask(DescribeParameters, **given, **({"NextToken": token} if token else {}))
        yield from page.parameters
        token = page.next_token


def _values(ask: Ask, found: Sequence[ParameterMetadata]) -> dict[str, str]:
    """Each by its name, of the very version that was described."""
    wanted = [f"{each.name}:{each.version}" for each in found]
    told = ask(GetParameters, Names=wanted, WithDecryption=True).parameters
    return {each.name: each.value for each in told}


def _entry(ask: Ask, found: ParameterMetadata, value: str, *, tags: bool) -> Entry:
    listed: Sequence[Tag] = ()
    if tags:
        given = {"ResourceType": PARAMETER, "ResourceId": found.name}
        listed = ask(ListTagsForResource, **given).tag_list
    return Entry(
        name=found.name,
        type=found.type,
        value=value,
        key_id=found.key_id or "",
        tier=found.tier,
        data_type=found.data_type,
        allowed_pattern=found.allowed_pattern or "",
        description=found.description or "",
        policies=tuple(each.policy_text for each in found.policies or ()),
        tags={tag.key: tag.value for tag in listed},
        version=found.version,
    )


def _batches(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    return (things[start : start + most] for start in range(0, len(things), most))


def require_path(path: str) -> str:
    """The path without the slash that may end it. Raises ValidationFailed."""
    return names.filtered_path(path)
