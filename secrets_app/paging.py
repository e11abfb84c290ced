"""NextToken: the place of the last thing on a page, for the same question only."""

from secrets_app.errors import InvalidNextToken
from service import tokens


class Asked(tokens.Asked):
    salt = "secrets"
    bad = InvalidNextToken
