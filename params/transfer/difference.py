"""What an import would do: found and checked as a whole before anything is done."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from params import names, putting, tags
from params.models import Parameter, Tier
from params.operations.put_parameter import PutParameter, PutParameterInput
from params.shapes import Tag
from params.transfer.entries import (
    DATA_TYPE,
    DESCRIPTION,
    KEY,
    PATTERN,
    POLICIES,
    TAGS,
    TIER,
    VALUE,
    Entry,
    FileProblem,
)
from service import model, wire
from service.caller import Caller
from service.errors import ServiceError
from service.value import value

MOST_SHOWN = 60  # letters of a value
HIDDEN = "(not shown)"


@value
class Change:
    """One parameter's way from what it is (`old`, None: it is not) to what it is to be.

    `members`: those that change, by AWS's names; empty if none does, or for a new parameter.
    `new` is None where it is to be deleted.
    """

    old: Entry | None
    new: Entry | None
    members: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        entry = self.new or self.old
        assert entry is not None  # noqa: S101 - one of them there is
        return entry.path

    @property
    def is_any(self) -> bool:
        return self.old is None or self.new is None or bool(self.members)


def require_below(entries: Sequence[Entry], path: str, caller: Caller) -> None:
    """Raise FileProblem unless the names can be, are below `path`, and each is there once."""
    low, high = names.below(path)
    seen: dict[str, int] = {}
    for entry in entries:
        try:
            names.for_new(caller, entry.name)
        except ServiceError as error:
            raise FileProblem(entry.line, f"the parameter cannot have its name: {error}") from None
        if not low <= entry.path < high:
            raise FileProblem(entry.line, f"{entry.name} is not below {path}")
        if entry.path in seen:
            raise FileProblem(entry.line, f"{entry.name} is in line {seen[entry.path]} already")
        seen[entry.path] = entry.line


def between(
    entries: Sequence[Entry], known: Mapping[str, Entry], gone: Sequence[Entry]
) -> list[Change]:
    """What is to become of the parameters, in the order of their paths, deletions last.

    `known`: those of the names in the file that are there, by their paths.
    """
    found = [_change(known.get(entry.path), entry) for entry in entries]
    found.sort(key=lambda each: each.path)
    return [*found, *(Change(each, None) for each in gone)]


def require_possible(changes: Sequence[Change], caller: Caller) -> None:
    """Raise FileProblem unless PutParameter would take what the changes ask of it."""
    for change in changes:
        if change.new is not None and change.is_any:
            try:
                _require_possible(change, change.new, caller)
            except ServiceError as error:
                text = f"{change.new.name}: {error.code}: {error.for_people}"
                raise FileProblem(change.new.line, text) from None


def put_of(old: Entry | None, new: Entry) -> dict[str, Any]:
    """What PutParameter is given. Policies that stay are not: what was told would be told again."""
    given: dict[str, Any] = {"Name": new.name, VALUE: new.value}
    if new.tier is not None:
        given[TIER] = new.tier
    if new.key_id:
        given[KEY] = new.key_id
    if old is not None:
        given["Overwrite"] = True
    else:
        given["Type"] = new.type
        given[TAGS] = [{"Key": key, "Value": told} for key, told in new.tags.items()] or None
    if not new.value_only:
        given[PATTERN], given[DESCRIPTION] = new.allowed_pattern, new.description
        given[DATA_TYPE] = new.data_type
    if not new.value_only and new.policies != (old.policies if old else ()):
        given[POLICIES] = f"[{', '.join(new.policies)}]"
    return {name: each for name, each in given.items() if each is not None}


def told(change: Change) -> Iterator[str]:
    """Lines for people, without the value of any SecureString."""
    if change.new is None:
        yield f"- {change.path}"
    elif change.old is None:
        yield f"+ {change.path} ({change.new.type}): {_shown(change.new, VALUE)}"
    elif change.members:
        yield f"~ {change.path} ({change.new.type})"
        for name in change.members:
            yield f"    {name}: {_shown(change.old, name)} -> {_shown(change.new, name)}"


def _change(old: Entry | None, new: Entry) -> Change:
    if old is None:
        return Change(None, new)
    if new.value_only:
        new = _with_value(old, new)
    return Change(old, new, tuple(_members(old, new)))


def _with_value(old: Entry, new: Entry) -> Entry:
    """The parameter as it is, but for the value. Without its key it would get the default one."""
    return Entry(
        name=new.name,
        type=old.type,
        value=new.value,
        key_id=old.key_id,
        tags=old.tags,
        value_only=True,
        line=new.line,
    )


def _members(old: Entry, new: Entry) -> Iterator[str]:
    if old.type != new.type:
        text = f"{new.name} is a {old.type}, and stays one: delete it first to make a {new.type}"
        raise FileProblem(new.line, text)
    names = (VALUE,) if new.value_only else (VALUE, KEY, DATA_TYPE, PATTERN, DESCRIPTION, POLICIES)
    yield from (name for name in names if _member(old, name) != _member(new, name))
    if new.tier is not None and new.tier in Tier.values and new.tier != old.tier:
        yield TIER
    if not new.value_only and old.tags != new.tags:
        yield TAGS


def _member(entry: Entry, name: str) -> Any:
    return {
        VALUE: entry.value,
        KEY: entry.key_id,
        TIER: entry.tier,
        DATA_TYPE: entry.data_type,
        PATTERN: entry.allowed_pattern,
        DESCRIPTION: entry.description,
        POLICIES: entry.policies,
        TAGS: dict(sorted(entry.tags.items())),
    }[name]


def _shown(entry: Entry, name: str) -> str:
    """In ASCII, whatever it holds: a terminal obeys some letters."""
    if name == VALUE and entry.is_secret:
        return HIDDEN
    text = json.dumps(_member(entry, name))
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _require_possible(change: Change, new: Entry, caller: Caller) -> None:
    given = put_of(change.old, new)
    model.operation(PutParameter.name).validate(given)
    sound = [Tag(key, told) for key, told in new.tags.items()]
    tags.require_sound([tag.key for tag in sound])
    row = None if change.old is None else _row(change.old)
    name = names.for_new(caller, new.name)
    putting.planned(caller, name, row, wire.decode(PutParameterInput, given))


def _row(old: Entry) -> Parameter:
    """The parameter as a plan wants to know it; it is never saved."""
    return Parameter(
        version=old.version,
        type=old.type,
        tier=old.tier or Tier.STANDARD,
        data_type=old.data_type,
        description=old.description,
        allowed_pattern=old.allowed_pattern,
        policies=f"[{', '.join(old.policies)}]" if old.policies else "",
    )
