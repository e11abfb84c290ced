"""The logs' form: one line for each event, and nothing of what an exception says.

An exception's message, and the values around it, may be secret. Its type and the line of
this project that it came from are enough to look further.
"""

import logging
from typing import Any

from audit.events import where

_CONTROLS = {number: f"\\x{number:02x}" for number in (*range(0x20), *range(0x7F, 0xA0))}
_BREAKS = {0x2028: "\\u2028", 0x2029: "\\u2029"}
_ESCAPES = {**_CONTROLS, **_BREAKS}


class Line(logging.Formatter):
    """`TIME LEVEL LOGGER MESSAGE [(TYPE at PLACE)]`, with control characters escaped."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = " ".join(
            (self.formatTime(record), record.levelname, record.name, record.getMessage())
        )
        if record.exc_info and record.exc_info[1]:
            line += f" ({where(record.exc_info[1])})"
        return line.translate(_ESCAPES)
