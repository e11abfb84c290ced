"""What a worker does when it is due: deletions, expirations, rotations."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """`run` does all that is due now and returns how many things it did.

    Many workers run the same duty at the same time: `run` claims each thing with a row
    lock, so that it is done once, and again if a worker dies over it. An app lists its
    own in `APP.duties.DUTIES`.
    """

    name: str
    every_seconds: float
    run: Callable[[], int]
