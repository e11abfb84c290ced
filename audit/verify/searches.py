"""What searches tell is what the records say."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from audit.indexing import BATCH, derive_all
from audit.models import Chain, Event, EventResource, Record
from audit.places import Head, record_id
from audit.reindexing import has_strays, misindexed
from audit.verify.report import MOST_FINDINGS, Finding, Kind, about_chain, about_record

REMEDY = "`manage.py audit_reindex` makes the search index anew"


class Searches:
    """What is wrong with the index, told after all else, so that it keeps nothing from sight."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def note(self, finding: Finding | None) -> None:
        if finding is not None and len(self._found) < MOST_FINDINGS:
            self._found.append(finding)

    def findings(self) -> Iterator[Finding]:
        yield from self._found
        if has_strays():
            text = f"searches know of records that are not there: {REMEDY}"
            yield Finding(Kind.MISINDEXED, text)


class Searched:
    """What searches know of one chain's records, which are given in order from `start` on."""

    def __init__(self, row: Chain, start: Head) -> None:
        self._row, self._first_wrong, self._wrong = row, 0, 0
        self._after = record_id(row.id, start.sequence)
        self._batch: list[tuple[int, bytes | memoryview]] = []

    def compare(self, record: Record) -> None:
        """`record` was found to be whole. What was not indexed yet is left for the next time."""
        if record.id > self._row.indexed:
            return
        self._batch.append((record.id, record.body))
        if len(self._batch) == BATCH:
            self._compare_batch()

    def rows(self) -> Finding | None:
        """The first record of which searches tell something else, or nothing."""
        self._compare_batch()
        if not self._wrong:
            return None
        more = f" (nor of {self._wrong - 1} more of its chain)" if self._wrong > 1 else ""
        text = f" is not what searches tell of it{more}: {REMEDY}"
        return about_record(Kind.MISINDEXED, self._first_wrong, text)

    def mark(self, head: Head) -> Finding | None:
        """Whether the mark of how far searches know the chain, which ends with `head`, is true."""
        first, last = record_id(self._row.id, 0), record_id(self._row.id, head.sequence)
        if first <= self._row.indexed <= last and not _knows_beyond_mark(self._row.id):
            return None
        text = f" has another mark than was set of how far searches know it: {REMEDY}"
        return about_chain(Kind.MISINDEXED, self._row.id, text)

    def _compare_batch(self) -> None:
        if not self._batch:
            return
        last = self._batch[-1][0]
        wrong = misindexed(derive_all(self._batch), self._after, last)
        if wrong and not self._wrong:
            self._first_wrong = min(wrong)
        self._wrong += len(wrong)
        self._after = last
        self._batch.clear()


def _knows_beyond_mark(chain: int) -> bool:
    """Rows and mark move together; one query sees them so."""
    beyond = Q(record__gt=OuterRef("indexed"), record__lt=record_id(chain + 1, 0))
    events, resources = Event.objects.filter(beyond), EventResource.objects.filter(beyond)
    return Chain.objects.filter(Exists(events) | Exists(resources), id=chain).exists()
