"""What falls due: each thing is done in a transaction of its own, by one of many workers.

The transaction begins with the revision's move, where changes wait for each other, and
looks again whether the thing is due: so of many workers one does it, and after a kill
another does.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from audit import trail
from audit.events import where
from crypto.errors import CryptoError
from iam import revision
from service.errors import Unavailable

logger = logging.getLogger("strongroom.worker")

Row = TypeVar("Row", bound=Model)
Do: TypeAlias = Callable[[Row, datetime], None]  # does it, and records it
Begin: TypeAlias = Callable[[int], Do[Row]]  # what may take long, before the transaction

MOST_AT_ONCE = 100
DOOR = "worker"


class _Elsewhere(Exception):
    """Another worker has the row, or nothing is due for it any more."""


def do_each(due: Callable[[datetime], QuerySet[Row]], order: str, begin: Begin[Row]) -> int:
    """Do what `begin` gives to every row that is `due` at a time, in a transaction of its own.

    Returns how many there were. Those that have to be left keep none of the others waiting.
    """
    done = left = 0
    while found := _found(due(timezone.now()), order, left):
        now_done = sum(_one(pk, due, begin) for pk in found)
        done += now_done
        left += len(found) - now_done
    return done


def _found(due: QuerySet[Row], order: str, left: int) -> list[int]:
    rows = due.order_by(order, "pk")
    return list(rows.values_list("pk", flat=True)[left : left + MOST_AT_ONCE])


def _one(pk: int, due: Callable[[datetime], QuerySet[Row]], begin: Begin[Row]) -> bool:
    """Whether it was done here. What fails is logged and left for the next time."""
    try:
        do = begin(pk)
        with _claimed(pk, due) as (row, now):
            do(row, now)
    except Unavailable:  # nothing can be recorded, so nothing can be done
        raise
    except _Elsewhere:
        revision.undone()
        return False
    except CryptoError as error:
        logger.warning("what is due for %s cannot be done yet: %s", _named(due, pk), error)
        return False
    except Exception as error:
        logger.error("what is due for %s failed: %s", _named(due, pk), where(error))
        return False
    return True


@contextmanager
def _claimed(pk: int, due: Callable[[datetime], QuerySet[Row]]) -> Iterator[tuple[Row, datetime]]:
    """The row, locked, in a transaction that is to record what is done to it."""
    with trail.transaction():
        revision.move_on()
        now = timezone.now()
        row = due(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if row is None:
            raise _Elsewhere
        yield row, now


def _named(due: Callable[[datetime], QuerySet[Row]], pk: int) -> str:
    return f"{due(timezone.now()).model._meta.verbose_name} {pk}"
