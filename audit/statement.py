"""What a checkpoint says, and the document in which it leaves the database."""

from datetime import datetime
from typing import Self

import orjson

from audit.models import Checkpoint
from service.value import value


class Malformed(ValueError):
    """A text is not a checkpoint of this service."""


@value
class Statement:
    """How far the chains had come at `time`.

    previous  the digest (hex) of the checkpoint before, empty for the first
    heads     chain, place and digest (hex) of the last record of every chain that is open,
              and of those that this checkpoint closes
    closed    the chains that never grow again after this
    chains    the highest number of a chain so far; they count from 1 without gaps
    """

    number: int
    time: datetime
    previous: str
    heads: tuple[tuple[int, int, str], ...]
    closed: tuple[int, ...]
    chains: int

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises Malformed."""
        try:
            found = orjson.loads(body)
            return cls(
                int(found["number"]),
                datetime.fromisoformat(found["time"]),
                str(found["previous"]),
                tuple(
                    (int(chain), int(place), str(digest)) for chain, place, digest in found["heads"]
                ),
                tuple(int(chain) for chain in found["closed"]),
                int(found["chains"]),
            )
        except (ValueError, TypeError, KeyError) as error:
            raise Malformed("not a checkpoint") from error

    def body(self) -> bytes:
        """The JSON that is signed."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def to_document(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as it is kept outside the database: JSON with `body` and `signature` (hex)."""
    return orjson.dumps(
        {"body": bytes(checkpoint.body).decode(), "signature": bytes(checkpoint.signature).hex()}
    )


def from_document(document: bytes) -> Checkpoint:
    """A document's checkpoint, not saved and not verified. Raises Malformed."""
    try:
        found = orjson.loads(document)
        body, signature = found["body"].encode(), bytes.fromhex(found["signature"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("not a checkpoint's document") from error
    return Checkpoint(number=Statement.read(body).number, body=body, signature=signature)
