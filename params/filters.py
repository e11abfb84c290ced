"""Filters of DescribeParameters and GetParametersByPath: what they may say, and what they hold of.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from params import names
from params.errors import InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
from params.models import Parameter, Tier, Type
from params.shapes import ParameterStringFilter
from params.tiers import INTELLIGENT
from service.value import value

NAME, PATH, TYPE, KEY, TIER, DATA_TYPE, LABEL = (
    *("Name", "Path", "Type", "KeyId", "Tier", "DataType", "Label"),
)
TAG = "tag:"
EQUALS, BEGINS, CONTAINS = "Equals", "BeginsWith", "Contains"
ONE_LEVEL, RECURSIVE = "OneLevel", "Recursive"

OF_DESCRIBE = (PATH, NAME, TYPE, KEY, TIER, DATA_TYPE)
OF_PATH = (TYPE, KEY, LABEL)

_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        PATH: (RECURSIVE, ONE_LEVEL),
        NAME: (BEGINS, EQUALS, CONTAINS),
        LABEL: (EQUALS,),
    }
)
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {TYPE: tuple(Type.values), TIER: (*Tier.values, INTELLIGENT)}
)
COLUMNS: Mapping[str, str] = MappingProxyType(
    {TYPE: "type", KEY: "key_id", TIER: "tier", DATA_TYPE: "data_type", PATH: "parent"}
)
_COMPARE: Mapping[str, Callable[[str, str], bool]] = MappingProxyType(
    {
        EQUALS: lambda told, wanted: told == wanted,
        ONE_LEVEL: lambda told, wanted: told == wanted,
        BEGINS: lambda told, wanted: told.startswith(wanted),
        CONTAINS: lambda told, wanted: wanted in told,
    }
)

Range = tuple[str, str]  # of paths: from, and up to but without
Facts = Collection[tuple[str, str]]  # tags and labels: the key of the filters on it, and it


@value
class Filter:
    """A filter that is sound. It holds where any of its values does.

    values  of Name and Path as a parameter's path is written; None: a tag, whatever its value
    """

    key: str
    option: str
    values: tuple[str, ...] | None

    @property
    def tag(self) -> str:
        """The key of the tag that it is about; empty if it is about none."""
        return self.key.removeprefix(TAG) if self.key.startswith(TAG) else ""

    @property
    def is_of_facts(self) -> bool:
        """Whether it is about what does not stand on the parameter's own row."""
        return self.key == LABEL or bool(self.tag)

    @property
    def is_a_range(self) -> bool:
        """Whether a range of paths is all that it says."""
        return len(self.ranges) == 1 and self.option != ONE_LEVEL

    @property
    def ranges(self) -> Sequence[Range]:
        """The ranges of paths beyond which it never holds; none if it says nothing of paths."""
        values = self.values or ()
        if self.key == PATH:
            return [names.below(path) for path in values]
        if self.key == NAME and self.option == BEGINS:
            return [names.beginning(prefix) for prefix in values]
        return ()

    def holds(self, row: Parameter, facts: Facts) -> bool:
        """Whether it holds of the parameter, which has these tags and labels."""
        if self.is_of_facts:
            told = [fact for key, fact in facts if key == self.key]
            return any(self.values is None or self._any(fact) for fact in told)
        if self.ranges and self.option != ONE_LEVEL:
            return any(low <= row.path_name < high for low, high in self.ranges)
        return self._any(row.path_name if self.key == NAME else getattr(row, COLUMNS[self.key]))

    def _any(self, told: str) -> bool:
        compare = _COMPARE[self.option]
        return any(compare(told, wanted) for wanted in self.values or ())


def read(given: Sequence[ParameterStringFilter], known: Sequence[str]) -> tuple[Filter, ...]:
    """The filters, if an operation takes them that takes the keys `known`.

    Tags are known where Name is. Raises InvalidFilterKey, InvalidFilterOption,
    InvalidFilterValue, or ValidationFailed for a path, worded as AWS's.
    """
    found: dict[str, Filter] = {}
    for each in given:
        if each.key not in known and not (each.key.startswith(TAG) and NAME in known):
            raise InvalidFilterKey(
                f"The following filter key is not valid: {each.key}. Valid filter keys include: "
                f"[{', '.join(known)}]."
            )
        if each.key in found:
            raise InvalidFilterKey(
                f"The following filter is duplicated in the request: {each.key}. A request can "
                "contain only one occurrence of a specific filter."
            )
        found[each.key] = _read(each)
    return tuple(found.values())


def of_path(path: str, *, recursive: bool | None) -> Filter:
    return Filter(PATH, RECURSIVE if recursive else ONE_LEVEL, (path,))


def _read(given: ParameterStringFilter) -> Filter:
    key, values = given.key, given.values
    if not values and not key.startswith(TAG):
        raise InvalidFilterValue(
            f"The following filter values are missing : null for filter key {key}."
        )
    option = given.option or (ONE_LEVEL if key == PATH else EQUALS)
    options = _OPTIONS.get(key, (BEGINS, EQUALS))
    if option not in options:
        raise InvalidFilterOption(
            f"The following filter option is not valid: {option}. Valid options include: "
            f"[{', '.join(options)}]."
        )
    found = _values(key, option, values or ()) or None
    # prefixes of what there is a list of have become what they stand for
    return Filter(key, EQUALS if key in _CHOICES else option, found)


def _values(key: str, option: str, values: Sequence[str]) -> tuple[str, ...]:
    """Each once, in order."""
    if key == PATH:
        values = [names.filtered_path(each) for each in values]
    elif key == NAME and option != CONTAINS:
        values = [names.path_of(each) for each in values]
    elif key in _CHOICES:
        values = [choice for each in values for choice in _choices(key, option, each)]
    return tuple(dict.fromkeys(values))


def _choices(key: str, option: str, wanted: str) -> list[str]:
    found = [choice for choice in _CHOICES[key] if _COMPARE[option](choice, wanted)]
    if not found:
        raise InvalidFilterValue(
            f"The following filter value is not valid: {wanted}. Valid values include: "
            f"[{', '.join(_CHOICES[key])}]."
        )
    return found
