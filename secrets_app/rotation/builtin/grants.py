"""The rights of one MySQL or MariaDB account as statements that give them to another.

SHOW GRANTS tells statements that end in the account, and what comes with the right, or in
MariaDB with the account. Names in them are quoted, each quotation mark in a name is doubled: so
the account's whole name, quoted, is found nowhere else after its keyword.

https://dev.mysql.com/doc/refman/8.4/en/show-grants.html
"""

import re

from secrets_app.rotation.event import StepFailed

_QUOTES = "`'\""
_KEYWORDS = " TO ", " FROM ", " FOR "  # of GRANT, of REVOKE (partial), of SET DEFAULT ROLE
_TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_OPTIONS = "GRANT OPTION", "ADMIN OPTION"


def parts(shown: str, name: str, host: str) -> tuple[str, str]:
    """What comes before the account in a line of SHOW GRANTS, and what is to follow another.

    What belongs to the account itself is left out: how it logs in, and what it is limited to.
    Raises StepFailed for a line that cannot be read: what it says is not known.
    """
    for mark in _QUOTES:
        account = "@".join(mark + part.replace(mark, 2 * mark) + mark for part in (name, host))
        for keyword in _KEYWORDS:
            head, found, tail = shown.partition(keyword + account)
            if found:
                return head + keyword, _option(tail)
    raise StepFailed("The database shows a right in a way that is not known.")


def _option(tail: str) -> str:
    plain = _TEXT.sub("", tail)
    return next((f" WITH {option}" for option in _OPTIONS if option in plain), "")
