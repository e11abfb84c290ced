"""A log is one line for an event, and holds nothing that an exception says."""

import logging

from kms_project.logs import Line


def logged(message, *args, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    return Line().format(
        logging.LogRecord("strongroom.x", logging.ERROR, "f", 1, message, args, exc_info)
    )


def test_a_line_says_when_how_bad_and_what():
    line = logged("%s failed", "a duty")

    assert line.endswith(" ERROR strongroom.x a duty failed")
    assert line[:4].isdigit()


def test_nobody_can_write_a_line_of_his_own_into_the_log():
    line = logged("Not Found: %s", "/x\r\n2026-01-01 CRITICAL forged\x1b[31m\u2028\x85")

    assert line.splitlines() == [line]
    assert "\x1b" not in line
    assert r"/x\x0d\x0a2026" in line


def test_an_exceptions_words_are_left_out():
    try:
        raise ValueError("the secret is hunter2")
    except ValueError as error:
        line = logged("it failed", error=error)

    assert "hunter2" not in line
    assert "ValueError at tests/kms_project/test_logs.py:" in line
