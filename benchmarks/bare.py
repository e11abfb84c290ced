"""What a primitive does by itself, measured in turns with the calls that are made of it."""

import time
from collections.abc import Callable

from benchmarks.load import Figure

MOST_SECONDS = 1.0


def of_row(name: str) -> str:
    """The name of the row with the bare primitive of row `name`."""
    return f"bare: {name}"


class Bare:
    """One thread that does nothing else; stands among the loads of `in_turns`."""

    def __init__(self, primitive: Callable[[], object]) -> None:
        self._primitive = primitive

    def warm_up(self) -> None:
        self._primitive()

    def measure(self, seconds: float) -> Figure:
        begin = now = time.perf_counter()
        count, end = 0, begin + min(seconds, MOST_SECONDS)
        while now < end:
            self._primitive()
            count += 1
            now = time.perf_counter()
        rate = count / (now - begin)
        return Figure(rate, 1000 / rate, 1000 / rate, 0)
