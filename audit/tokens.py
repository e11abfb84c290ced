"""NextToken: where a page ended, signed together with what was asked for."""

import hashlib
from datetime import UTC, datetime

from django.core import signing

from audit.errors import InvalidNextToken
from audit.search import Place, Query

_SALT = "audit.lookup-events"


def seal(place: Place, query: Query) -> str:
    """A token that goes on after `place`, for `query` in its account and region only."""
    return signing.dumps([int(place.time.timestamp()), place.record, _asked(query)], salt=_SALT)


def opened(token: str, query: Query) -> Place:
    """Where the page before ended. Raises InvalidNextToken."""
    try:
        time, record, asked = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, UnicodeEncodeError):
        raise InvalidNextToken from None
    if asked != _asked(query):
        raise InvalidNextToken
    return Place(datetime.fromtimestamp(time, UTC), record)


def _asked(query: Query) -> str:
    return hashlib.sha256(repr(query).encode("utf-8", "surrogatepass")).hexdigest()
