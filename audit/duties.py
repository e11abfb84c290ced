"""What the trail needs now and then, though nobody calls."""

from audit import checkpoints, indexing
from service.duty import Duty


def _checkpoint() -> None:
    checkpoints.make()


DUTIES = (
    Duty("audit: index records", 5.0, indexing.catch_up),
    Duty("audit: make a checkpoint", checkpoints.EVERY, _checkpoint),
)
