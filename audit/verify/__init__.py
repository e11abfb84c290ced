"""Verifying the trail: is every record still there, unchanged and in its place?"""

from collections.abc import Generator, Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from audit import signing
from audit.checkpoints import kept_outside
from audit.events import where
from audit.models import Checkpoint
from audit.places import Head
from audit.statement import Statement
from audit.verify import chains, checkpoints, copies
from audit.verify.report import Finding, Kind, Report
from audit.verify.searches import Searches
from service.errors import Unavailable

__all__ = ["Finding", "Kind", "Report", "UnknownCheckpoint", "verify"]


class UnknownCheckpoint(Exception):
    """The checkpoint to begin at is not there, or is not signed by this service."""


def verify(*, since: int | None = None, against: bytes | None = None) -> Report:
    """Verify the trail while it is being written, in memory that does not grow with it.

    `since` is the number of a checkpoint: what it vouches for is taken as verified.
    `against` is a checkpoint's document that was kept elsewhere. Raises UnknownCheckpoint, and
    Unavailable where the root key cannot be used.
    """
    report = Report()
    for finding in _findings(report, since, against):
        report.findings.append(finding)
        if report.is_full:
            report.notes.append("There may be more: looking for it ended here.")
            break
    return report


def _findings(report: Report, since: int | None, against: bytes | None) -> Iterator[Finding]:
    key = yield from _key(against)
    start, searches = _start(since, key) if since is not None else chains.BEGINNING, Searches()
    yield from chains.check(report, start, searches)
    if key is not None:
        yield from checkpoints.check(report, key, since or 1)
        yield from copies.check_key(report, key)
        yield from copies.check_kept_checkpoint(report, key)
        if against is not None:
            yield from copies.check_checkpoint(against, key, "the copy given")
    yield from copies.check_heads(report)
    yield from searches.findings()


def _key(against: bytes | None) -> Generator[Finding, None, Ed25519PublicKey | None]:
    """The key that checkpoints are verified with: the sealed one, or else the copy outside."""
    copy, kept = signing.exported(), kept_outside()
    if not (Checkpoint.objects.exists() or copy.exists() or kept.exists() or against):
        return None  # nothing has ever been signed
    try:
        return signing.public_key()
    except Unavailable:  # which is no sign of tampering
        raise
    except Exception as error:
        text = f"the key that signs checkpoints was removed or changed ({where(error)})"
        yield Finding(Kind.REMOVED, text)
    if not copy.exists():
        return None
    try:
        found = load_pem_public_key(copy.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if isinstance(found, Ed25519PublicKey):
        return found
    yield Finding(Kind.CHANGED, f"the public key's copy, {copy}, was changed: it is not such a key")
    return None


def _start(since: int, key: Ed25519PublicKey | None) -> chains.Start:
    checkpoint = Checkpoint.objects.filter(number=since).first()
    if key is None or checkpoint is None or not checkpoints.is_signed(checkpoint, key):
        raise UnknownCheckpoint
    said = Statement.read(bytes(checkpoint.body))
    heads = {chain: Head(place, bytes.fromhex(digest)) for chain, place, digest in said.heads}
    return chains.Start(heads, said.chains)
