"""LookupEvents' NextToken: where a page ended, and what was asked for."""

from datetime import UTC, datetime

from audit.errors import InvalidNextToken
from audit.search import Place, Query
from service import tokens

_SALT = "audit.lookup-events"


def seal(place: Place, query: Query) -> str:
    """A token that goes on after `place`, for `query` in its account and region only."""
    return tokens.seal(_SALT, [int(place.time.timestamp()), place.record], query)


def opened(token: str, query: Query) -> Place:
    """Where the page before ended. Raises InvalidNextToken."""
    try:
        time, record = tokens.opened(_SALT, token, query)
    except tokens.BadToken:
        raise InvalidNextToken from None
    return Place(datetime.fromtimestamp(time, UTC), record)
