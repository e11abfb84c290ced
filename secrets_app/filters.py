"""Filters of ListSecrets and BatchGetSecretValue: what they may say, and what they hold of.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from secrets_app.errors import InvalidParameter
from secrets_app.models import Secret
from secrets_app.shapes import Filter as Given
from service.value import value

NAME, TAG_KEY, TAG_VALUE, DESCRIPTION, ALL = "name", "tag-key", "tag-value", "description", "all"
NOT = "!"
BEYOND = "\U0010ffff"  # what a filter may say has no character like it
# letters in capitals belong together, but the last of them begins the next word: COMPAN Ythings
_WORD = re.compile(r"[A-Z]+(?=[A-Z][^\WA-Z_])|[A-Z]?[^\WA-Z_]+|[A-Z]+")

Tags = Mapping[str, str]
Texts = Callable[[Secret, Tags], Sequence[str]]

_TEXTS: Mapping[str, Texts] = MappingProxyType(
    {
        NAME: lambda row, tags: (row.name,),
        DESCRIPTION: lambda row, tags: (row.description,),
        TAG_KEY: lambda row, tags: tuple(tags),
        TAG_VALUE: lambda row, tags: tuple(tags.values()),
        "primary-region": lambda row, tags: (row.primary_region,),
        "owning-service": lambda row, tags: (row.owning_service,),
        ALL: lambda row, tags: (
            *(row.name, row.description, row.primary_region, row.owning_service),
            *(*tags, *tags.values()),
        ),
    }
)
_BY_WORDS = frozenset({DESCRIPTION, ALL})


@value
class Filter:
    """A filter that is sound. It holds where any of its values does."""

    key: str
    values: tuple[str, ...]

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What one of its texts must begin with where it holds; empty if that says nothing."""
        if self.key in _BY_WORDS or any(each.startswith(NOT) for each in self.values):
            return ()
        return self.values

    def holds(self, row: Secret, tags: Tags) -> bool:
        texts = _TEXTS[self.key](row, tags)
        return any(self._fits(wanted, texts) for wanted in self.values)

    def _fits(self, wanted: str, texts: Sequence[str]) -> bool:
        fits = _fits_words if self.key in _BY_WORDS else _fits_beginning
        if wanted.startswith(NOT):
            return not any(fits(wanted.removeprefix(NOT), text) for text in texts)
        return any(fits(wanted, text) for text in texts)


def read(given: Sequence[Given]) -> tuple[Filter, ...]:
    """Raises InvalidParameter, worded as AWS's."""
    return tuple(map(_read, given))


def _read(given: Given) -> Filter:
    if given.key is None:
        raise InvalidParameter("Invalid filter key")
    if not given.values:
        raise InvalidParameter(f"Invalid filter values for key: {given.key}")
    return Filter(given.key, given.values)


def words(text: str) -> Iterator[str]:
    """In lower case. `MyApp/beta-2` has four: my, app, beta, 2."""
    return (found.lower() for found in _WORD.findall(text))


def _fits_beginning(wanted: str, text: str) -> bool:
    return text.startswith(wanted)


def _fits_words(wanted: str, text: str) -> bool:
    """Whether each word of `wanted` is the beginning of one of the text's."""
    asked, told = list(words(wanted)), list(words(text))
    return bool(asked) and all(any(word.startswith(each) for word in told) for each in asked)
