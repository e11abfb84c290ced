"""What is kept outside the database still fits what is in it."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import chain as chains
from audit import checkpoints, heads, signing
from audit.models import Chain, Checkpoint, Record
from audit.places import Head, record_id
from audit.statement import Malformed, from_document
from audit.verify.checkpoints import is_signed
from audit.verify.report import Finding, Kind, Report, about_chain, about_record


def check_heads(report: Report) -> Iterator[Finding]:
    """The chains that have the file of their head here."""
    for chain in sorted(heads.chains()):
        if not report.names_chain(chain):
            yield from _check_head(report, chain)


def check_checkpoint(document: bytes, key: Ed25519PublicKey, name: str) -> Iterator[Finding]:
    """A checkpoint's copy; `name` says whose."""
    try:
        copy = from_document(document)
    except Malformed:
        yield Finding(Kind.CHANGED, f"{name} was changed: it is not a checkpoint")
        return
    if not is_signed(copy, key):
        yield Finding(Kind.CHANGED, f"{name} was changed: its signature is not valid")
    elif not Checkpoint.objects.filter(number=copy.number, body=copy.body).exists():
        yield Finding(
            Kind.REMOVED,
            f"checkpoint {copy.number}, which {name} holds, was removed: the database may have"
            " been replaced by an older copy",
        )


def check_kept_checkpoint(report: Report, key: Ed25519PublicKey) -> Iterator[Finding]:
    path = checkpoints.kept_outside()
    if path.exists():
        yield from check_checkpoint(path.read_bytes(), key, str(path))
    else:
        report.notes.append("No checkpoint has been kept outside the database here.")


def check_key(report: Report, key: Ed25519PublicKey) -> Iterator[Finding]:
    path = signing.exported()
    if not path.exists():
        report.notes.append("The public key has not been kept outside the database here.")
    elif path.read_bytes() != key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo):
        yield Finding(Kind.CHANGED, f"the signing key was changed: {path} holds another")


def _check_head(report: Report, chain: int) -> Iterator[Finding]:
    """The chain may be written meanwhile: what the file said before and after frames its head."""
    try:
        before = heads.read(chain)
        row = Chain.objects.only("first").filter(id=chain).first()
        head = chains.head_of(row) if row else None
        after = heads.read(chain)
    except heads.Unreadable:
        yield about_chain(Kind.CHANGED, chain, ": the file of its head was changed")
        return
    if before is None or after is None:  # closed by a checkpoint, just now
        return
    if row is None or head is None:
        yield about_chain(Kind.REMOVED, chain, " was removed: the file of its head is here")
        return
    exact = before == after and after.exact
    bounds = heads.Bounds(before.least, after.most, after.boot, exact)
    yield from _compared(report, row, head, bounds)


def _compared(report: Report, row: Chain, head: Head, bounds: heads.Bounds) -> Iterator[Finding]:
    first_missing, next_one = record_id(row.id, head.sequence + 1), bounds.most.sequence + 1
    if head.sequence < bounds.least.sequence:
        text = f" and what followed were removed: {bounds.least.sequence} had been written"
        yield about_record(Kind.REMOVED, first_missing, text)
    elif not (
        _has(row, bounds.least) and (_has(row, bounds.most) or head.sequence < bounds.most.sequence)
    ):
        text = " or one before it was changed, and those after it to match"
        yield about_record(Kind.CHANGED, record_id(row.id, bounds.least.sequence), text)
    elif not bounds.allow(head) and head.sequence > bounds.most.sequence:
        text = " was inserted: the chain's process did not write it"
        yield about_record(Kind.INSERTED, record_id(row.id, next_one), text)
    elif not bounds.allow(head):
        text = (
            f" and what followed were removed, or those before it, from"
            f" {bounds.least.sequence + 1} on, were inserted: they were written together"
        )
        yield about_record(Kind.CHANGED, first_missing, text)
    elif head.sequence > bounds.most.sequence:
        report.notes.append(
            f"Chain {row.id} goes on after record {bounds.most.sequence}, where the file of its"
            " head ends. That is so after a loss of power."
        )


def _has(row: Chain, head: Head) -> bool:
    """Whether the chain went through `head`."""
    if head.sequence == 0:
        return bytes(row.first) == head.digest
    record = record_id(row.id, head.sequence)
    return Record.objects.filter(id=record, digest=head.digest).exists()
