"""Changes, done one parameter after the other: each as a whole, or not at all."""

from collections.abc import Callable, Iterator
from functools import partial

from audit import trail
from iam import revision
from params.on_tags import PARAMETER
from params.operations.add_tags_to_resource import AddTagsToResource
from params.operations.delete_parameter import DeleteParameter
from params.operations.put_parameter import PutParameter
from params.operations.remove_tags_from_resource import RemoveTagsFromResource
from params.transfer.difference import Change, put_of
from params.transfer.entries import TAGS, Entry
from params.transfer.tree import Ask

Step = Callable[[], object]


def apply(ask: Ask, change: Change) -> None:
    """Raises ServiceError, and then the parameter is as it was."""
    steps = list(_steps(ask, change))
    if len(steps) == 1:
        steps[0]()
        return
    try:
        with trail.transaction():
            for step in steps:
                step()
    except BaseException:
        revision.undone()
        raise


def _steps(ask: Ask, change: Change) -> Iterator[Step]:
    old, new = change.old, change.new
    if new is None:
        yield partial(ask, DeleteParameter, Name=change.path)
        return
    if old is None or change.members != (TAGS,):
        yield partial(ask, PutParameter, **put_of(old, new))
    if old is not None and TAGS in change.members:
        yield from _of_tags(ask, old, new)


def _of_tags(ask: Ask, old: Entry, new: Entry) -> Iterator[Step]:
    what = {"ResourceType": PARAMETER, "ResourceId": new.name}
    gone = sorted(old.tags.keys() - new.tags.keys())
    more = [{"Key": key, "Value": each} for key, each in new.tags.items() - old.tags.items()]
    more.sort(key=lambda tag: tag["Key"])
    if gone:
        yield partial(ask, RemoveTagsFromResource, **what, TagKeys=gone)
    if more:
        yield partial(ask, AddTagsToResource, **what, Tags=more)
