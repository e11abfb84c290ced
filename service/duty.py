"""What the worker does when it is due. An app lists its own as DUTIES in `APP/duties.py`."""

from collections.abc import Callable

from service.value import value


@value
class Duty:
    """`run` is called about every `every_seconds`, by each of any number of workers.

    It claims what it does in the database, so that each thing is done once, and again if
    the worker that claimed it dies.
    """

    name: str
    every_seconds: float
    run: Callable[[], object]
