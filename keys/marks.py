"""Marks: how a few of very many grants are found by the encryption context of a request.

A grant has one mark: of the whole context that its constraint wants to be equal, of one pair of
the context that it wants to be in the request's; "" where it has no such constraint. So whatever
grant can hold for a request has a mark among `marks_in` its context. Two contexts may share a
mark, for it is short: what was found so is still held against the request.
"""

import hashlib
from collections.abc import Mapping

from crypto.ciphertext import canonical
from keys.shapes import GrantConstraints

NO_MARK = ""
_DIGITS = 16


def mark_of(constraints: GrantConstraints) -> str:
    if constraints.encryption_context_equals:
        return _whole(constraints.encryption_context_equals)
    pairs = (constraints.encryption_context_subset or {}).items()
    # the longest value, for it is likelier to tell one grant from another
    return max((len(text), _pair(key, text)) for key, text in pairs)[1] if pairs else NO_MARK


def marks_in(context: Mapping[str, str]) -> set[str]:
    """The marks of all grants that a request with the context can rest on."""
    if not context:
        return {NO_MARK}
    return {NO_MARK, _whole(context), *(_pair(key, text) for key, text in context.items())}


def _whole(context: Mapping[str, str]) -> str:
    return _digest(b"whole", context)


def _pair(key: str, text: str) -> str:
    return _digest(b"pair", {key: text})


def _digest(kind: bytes, context: Mapping[str, str]) -> str:
    return hashlib.sha256(kind + canonical(context)).hexdigest()[:_DIGITS]
