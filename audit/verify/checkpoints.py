"""Every checkpoint is signed, follows from the one before it, and holds for the chains."""

from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit import chain as chains
from audit import signing
from audit.digests import checkpoint_digest
from audit.models import Chain, Checkpoint, Record
from audit.places import record_id
from audit.statement import Statement
from audit.verify.report import Finding, Kind, Report, about_chain, about_record
from audit.verify.walking import in_order


def check(report: Report, key: Ed25519PublicKey, since: int) -> Iterator[Finding]:
    """What is wrong with the checkpoints from number `since` on."""
    expected, before = since, None
    for checkpoint in in_order(Checkpoint.objects.filter(number__gte=since)):
        if checkpoint.number != expected:
            yield _missing(expected, checkpoint.number - 1)
            before = None
        report.checkpoints += 1
        expected = checkpoint.number + 1
        if not is_signed(checkpoint, key):
            text = f"checkpoint {checkpoint.number} was changed: its signature is not valid"
            yield Finding(Kind.CHANGED, text)
            before = None
            continue
        yield from _follows(checkpoint, before)
        yield from _holds(report, Statement.read(bytes(checkpoint.body)))
        before = checkpoint


def is_signed(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether the body is signed and is that of this number."""
    body = bytes(checkpoint.body)
    try:
        signing.verify(key, body, bytes(checkpoint.signature))
    except InvalidSignature:
        return False
    return Statement.read(body).number == checkpoint.number


def _missing(first: int, last: int) -> Finding:
    name = f"checkpoint {first} was" if first == last else f"checkpoints {first} to {last} were"
    return Finding(Kind.REMOVED, f"{name} removed")


def _follows(checkpoint: Checkpoint, before: Checkpoint | None) -> Iterator[Finding]:
    if before is None:
        return
    named = Statement.read(bytes(checkpoint.body)).previous
    if named != checkpoint_digest(bytes(before.body)).hex():
        yield Finding(
            Kind.CHANGED,
            f"checkpoint {before.number} was changed: checkpoint {checkpoint.number}"
            " was made after another one",
        )


def _holds(report: Report, said: Statement) -> Iterator[Finding]:
    """What the chains have lost or changed of what a checkpoint says they were."""
    gone = chains.last_number() + 1
    if gone <= said.chains and not report.names_chain(gone):
        yield about_chain(Kind.REMOVED, gone, f" was removed: checkpoint {said.number} knows it")
    for chain, place, digest in said.heads:
        if not report.names_chain(chain):
            yield from _head_holds(said.number, chain, place, digest)
    for chain in said.closed:
        if not report.names_chain(chain):
            yield from _is_closed(said, chain)


def _head_holds(number: int, chain: int, place: int, digest: str) -> Iterator[Finding]:
    row = Chain.objects.only("first").filter(id=chain).first()
    if row is None:  # that a chain is missing has been told
        return
    record = record_id(chain, place)
    stored = Record.objects.filter(id=record).values_list("digest", flat=True).first()
    stored = row.first if place == 0 else stored
    if stored is None:
        yield _cut_off(row, number, place)
    elif bytes(stored).hex() != digest:
        yield about_record(
            Kind.CHANGED,
            record,
            f" or one before it was changed, and those after it to match: it is not the one"
            f" that checkpoint {number} knows",
        )


def _cut_off(row: Chain, number: int, place: int) -> Finding:
    first = record_id(row.id, chains.head_of(row).sequence + 1)
    text = f" and what followed were removed: checkpoint {number} knows {place} records"
    return about_record(Kind.REMOVED, first, text)


def _is_closed(said: Statement, chain: int) -> Iterator[Finding]:
    end = next(place for each, place, _ in said.heads if each == chain)
    later = Record.objects.filter(id__gt=record_id(chain, end), id__lt=record_id(chain + 1, 0))
    first = later.order_by("id").values_list("id", flat=True).first()
    if first is not None:
        text = f" was inserted: checkpoint {said.number} had closed the chain before"
        yield about_record(Kind.INSERTED, first, text)
    elif not Chain.objects.filter(id=chain, closed=said.number).exists():
        text = f" was changed: checkpoint {said.number} closed it, and it is marked otherwise"
        yield about_chain(Kind.CHANGED, chain, text)
