"""NextToken: the place of the last thing on a page, for the same question only."""

from params.errors import InvalidNextToken
from service import tokens
from service.tokens import Page

__all__ = ["Asked", "Page"]


class Asked(tokens.Asked):
    salt = "params"
    bad = InvalidNextToken
