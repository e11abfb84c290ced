"""Where a record stands: one number holds its chain and its place in it.

The number is the record's primary key, so that the key alone keeps a chain free of gaps
and doubles, and reading by key is reading in order.
"""

from service.value import value

SPAN = 1 << 40  # more records than a process writes in centuries
MOST_CHAINS = (1 << 63) // SPAN  # whose records a database can number


@value
class Head:
    """The last record of a chain: its place (0: none yet) and its digest (32 bytes)."""

    sequence: int
    digest: bytes


def record_id(chain: int, sequence: int) -> int:
    """The primary key of a chain's record; records count from 1."""
    return chain * SPAN + sequence


def chain_of(record: int) -> int:
    return record // SPAN


def sequence_of(record: int) -> int:
    return record % SPAN


def name(record: int) -> str:
    """How people are told of a record."""
    return f"chain {chain_of(record)}, record {sequence_of(record)}"
