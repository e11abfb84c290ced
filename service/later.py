"""A mapping that is loaded when it is first looked into: what most calls never ask for."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class Later(Mapping[str, V]):
    """`load()` makes the mapping, once. Two threads that come first may both load it."""

    __slots__ = ("_load", "_loaded")

    def __init__(self, load: Callable[[], Mapping[str, V]]) -> None:
        self._load = load
        self._loaded: Mapping[str, V] | None = None

    def _mapping(self) -> Mapping[str, V]:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def __getitem__(self, key: str) -> V:
        return self._mapping()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping())

    def __len__(self) -> int:
        return len(self._mapping())
