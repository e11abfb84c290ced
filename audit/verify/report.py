"""What a verification found, in words for the people who have to act on it."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from audit import places
from audit.models import Record
from service.value import value

MOST_FINDINGS = 100


class Kind(StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    MISINDEXED = "misindexed"


@value
class Finding:
    """One thing that is not as it was recorded; `chain` and `sequence` name a record.

    MISINDEXED is of the search index; the records themselves are as they were.
    """

    kind: Kind
    text: str
    chain: int | None = None
    sequence: int | None = None
    event_id: str = ""


@dataclass(slots=True)
class Report:
    """`notes` are worth knowing and no evidence of tampering."""

    chains: int = 0
    records: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.findings

    @property
    def is_full(self) -> bool:
        """Enough is found; the rest would only repeat it."""
        return len(self.findings) >= MOST_FINDINGS

    def names_chain(self, chain: int) -> bool:
        return any(finding.chain == chain for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        return {"clean": self.is_clean, **asdict(self)}


def about_record(kind: Kind, record: int, text: str) -> Finding:
    """A finding about the record with this id; `text` goes on after its name."""
    return Finding(
        kind,
        f"{places.name(record)}{text}",
        places.chain_of(record),
        places.sequence_of(record),
        _event_id(record),
    )


def about_chain(kind: Kind, chain: int, text: str) -> Finding:
    return Finding(kind, f"chain {chain}{text}", chain)


def _event_id(record: int) -> str:
    """The event's id if the record is there and can be read."""
    body = Record.objects.filter(id=record).values_list("body", flat=True).first()
    try:
        return str(orjson.loads(bytes(body or b""))["eventID"])
    except (ValueError, TypeError, KeyError):
        return ""
