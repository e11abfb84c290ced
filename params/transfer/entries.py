"""A parameter as a file or the store has it, and what is wrong with a file."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Any

from params import data_types, names
from params.models import Tier, Type
from params.secure import DEFAULT_KEY
from service.value import value

TYPE, VALUE, KEY, TIER, DATA_TYPE, PATTERN, DESCRIPTION, POLICIES, TAGS = MEMBERS = (
    *("Type", "Value", "KeyId", "Tier", "DataType", "AllowedPattern", "Description"),
    *("Policies", "Tags"),
)
_NO_TAGS: Mapping[str, str] = MappingProxyType({})


class FileProblem(ValueError):
    """Something in a file that cannot be. It never tells what the file says of a value.

    `line` counts from 1.
    """

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@value
class Entry:
    """A parameter by its full name.

    value_only  it is out of a file that tells values and nothing else
    tier        None: whichever it is in
    policies    parameter policies, each as its JSON text
    line        of the file; 0 out of the store
    version     in the store; 0 out of a file
    """

    name: str
    type: str
    value: str = field(repr=False)
    key_id: str = ""
    tier: str | None = None
    data_type: str = data_types.TEXT
    allowed_pattern: str = ""
    description: str = ""
    policies: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=lambda: _NO_TAGS)
    value_only: bool = False
    line: int = 0
    version: int = 0

    @property
    def path(self) -> str:
        return names.path_of(self.name)

    @property
    def is_secret(self) -> bool:
        return self.type == Type.SECURE_STRING


def members_of(entry: Entry) -> dict[str, Any]:
    """What JSON and YAML say of a parameter, in one order, without what it has not got."""
    told: dict[str, Any] = {TYPE: entry.type, VALUE: entry.value, KEY: entry.key_id}
    told[TIER] = entry.tier if entry.tier == Tier.ADVANCED else None
    told[DATA_TYPE] = entry.data_type if entry.data_type != data_types.TEXT else None
    told[PATTERN], told[DESCRIPTION] = entry.allowed_pattern, entry.description
    told[POLICIES], told[TAGS] = list(entry.policies), dict(sorted(entry.tags.items()))
    return {name: each for name, each in told.items() if each}


def from_members(name: str, line: int, given: object) -> Entry:
    """The entry that JSON or YAML describes. Raises FileProblem.

    What is not there is empty: a file says all there is of a parameter, but for its tier.
    """
    if not isinstance(given, dict):
        raise FileProblem(line, f"a parameter must have members: {', '.join(MEMBERS)}")
    if not given.keys() <= set(MEMBERS):
        raise FileProblem(line, f"a parameter has no other members than {', '.join(MEMBERS)}")
    read = _Members(line, given)
    kind = read.text(TYPE, needed=True)
    entry = Entry(
        name=name,
        type=kind,
        value=read.text(VALUE, needed=True),
        key_id=read.text(KEY) or (DEFAULT_KEY if kind == Type.SECURE_STRING else ""),
        tier=read.text(TIER) or None,
        data_type=read.text(DATA_TYPE) or data_types.TEXT,
        allowed_pattern=read.text(PATTERN),
        description=read.text(DESCRIPTION),
        policies=tuple(read.texts(POLICIES)),
        tags=read.mapping(TAGS),
        line=line,
    )
    _require_letters(entry)
    return entry


def _require_letters(entry: Entry) -> None:
    """Raise FileProblem for half a pair of surrogates, which escapes can write and UTF-8 cannot."""
    given = (entry.name, entry.type, entry.value, entry.key_id, entry.tier or "", entry.data_type)
    more = (entry.allowed_pattern, entry.description, *entry.policies, *entry.tags)
    try:
        "".join([*given, *more, *entry.tags.values()]).encode()
    except UnicodeEncodeError:
        raise FileProblem(entry.line, "half a pair of surrogates is no text") from None


class _Members:
    """Reads the members of one parameter."""

    def __init__(self, line: int, given: Mapping[str, object]) -> None:
        self._line, self._given = line, given

    def text(self, name: str, *, needed: bool = False) -> str:
        found = self._given.get(name, "")
        if not isinstance(found, str):
            raise FileProblem(self._line, f"{name} must be text, in quotes")
        if needed and not found:
            raise FileProblem(self._line, f"a parameter must have a {name} that is not empty")
        return found

    def texts(self, name: str) -> Sequence[str]:
        found = self._given.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise FileProblem(self._line, f"{name} must be a list of texts")
        return found

    def mapping(self, name: str) -> Mapping[str, str]:
        found = self._given.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise FileProblem(self._line, f"{name} must be texts by their keys")
        return found
