"""Every record follows from the one before it, from the first of its chain to the last."""

from collections.abc import Iterator, Mapping

from audit.digests import record_digest
from audit.models import Chain, Checkpoint, Record
from audit.places import Head, chain_of, record_id, sequence_of
from audit.statement import Malformed, Statement
from audit.verify.report import Finding, Kind, Report, about_chain, about_record
from audit.verify.searches import Searched, Searches
from audit.verify.walking import ROWS, in_order
from service.value import value


@value
class Start:
    """Where to begin: what an earlier checkpoint vouches for is not read again.

    `heads` are those of the chains that were open then. Of the chains up to `chains`, the
    others were closed before.
    """

    heads: Mapping[int, Head]
    chains: int = 0

    def of(self, row: Chain) -> Head | None:
        """The head to go on from; None if the chain was closed before."""
        if row.id in self.heads:
            return self.heads[row.id]
        return None if row.id <= self.chains else Head(0, bytes(row.first))


BEGINNING = Start({})
_LEAST_ID, _MOST_ID = -(1 << 63), (1 << 63) - 1


def check(report: Report, start: Start, searches: Searches) -> Iterator[Finding]:
    """The first thing wrong with each chain, and chains that are missing or were made up."""
    expected, unclaimed = 1, _LEAST_ID
    for row in in_order(Chain.objects.defer("started", "label")):  # which may not be readable
        if row.id != expected:
            yield _missing(expected, row.id - 1)
        yield from _made_up(unclaimed, record_id(row.id, 0) - 1)
        yield from _closing(row)
        head = start.of(row)
        if head is not None:
            yield from _check_chain(report, row, head, searches)
        report.chains += 1
        expected, unclaimed = row.id + 1, record_id(row.id + 1, 0)
    yield from _made_up(unclaimed, _MOST_ID)


def _check_chain(report: Report, row: Chain, head: Head, searches: Searches) -> Iterator[Finding]:
    searched = Searched(row, head)
    records = Record.objects.filter(
        id__gte=record_id(row.id, head.sequence and head.sequence + 1),
        id__lt=record_id(row.id + 1, 0),
    )
    for record in in_order(records):
        finding = _misplaced(record, head)
        if finding is not None:
            yield finding
            break
        searched.compare(record)
        head = Head(sequence_of(record.id), bytes(record.digest))
        report.records += 1
    else:
        searches.note(searched.mark(head))
    searches.note(searched.rows())


def _misplaced(record: Record, head: Head) -> Finding | None:
    """What is wrong with a record, as the next one after `head`."""
    place = sequence_of(record.id)
    if place == 0:
        return about_record(Kind.INSERTED, record.id, " was inserted: records count from 1")
    if place != head.sequence + 1:
        return _gap(chain_of(record.id), head.sequence + 1, place - 1)
    if record_digest(head.digest, bytes(record.body)) != bytes(record.digest):
        return _diagnosed(record, head)
    return None


def _gap(chain: int, first: int, last: int) -> Finding:
    until = f" to {last} were" if last > first else " was"
    return about_record(Kind.REMOVED, record_id(chain, first), f"{until} removed")


def _diagnosed(record: Record, head: Head) -> Finding:
    """What happened to a record that does not follow from `head`: does another one?"""
    for other in Record.objects.filter(id__gt=record.id).order_by("id")[:ROWS]:
        follows = record_digest(head.digest, bytes(other.body))
        if follows not in (bytes(other.digest), bytes(record.digest)):
            continue
        after_that = record_digest(follows, bytes(record.body))
        if after_that in (bytes(other.digest), bytes(record.digest)):
            text = f" was reordered: record {sequence_of(other.id)} belongs in its place"
            return about_record(Kind.REORDERED, record.id, text)
        text = f" was inserted: record {sequence_of(other.id)} belongs in its place"
        return about_record(Kind.INSERTED, record.id, text)
    text = " was changed, or one before it was removed: it does not follow from what is before it"
    return about_record(Kind.CHANGED, record.id, text)


def _missing(first: int, last: int) -> Finding:
    until = f" to {last} were" if last > first else " was"
    return about_chain(Kind.REMOVED, first, f"{until} removed, with all that was recorded there")


def _made_up(first: int, last: int) -> Iterator[Finding]:
    """Records outside of every chain, with ids from `first` up to `last`."""
    records = Record.objects.filter(id__gte=first, id__lte=last)
    found = records.order_by("id").values_list("id", flat=True).first()
    if found is not None:
        text = f" was inserted: there is no chain {chain_of(found)}"
        yield about_record(Kind.INSERTED, found, text)


def _closing(row: Chain) -> Iterator[Finding]:
    """A chain is closed by the checkpoint that says so, and by nothing else."""
    if row.closed is None:
        return
    checkpoint = Checkpoint.objects.filter(number=row.closed).first()
    try:
        if checkpoint and row.id in Statement.read(bytes(checkpoint.body)).closed:
            return
    except Malformed:
        pass
    text = f" was changed: it is marked as closed by checkpoint {row.closed}, which does not say so"
    yield about_chain(Kind.CHANGED, row.id, text)
