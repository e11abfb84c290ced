"""The difference between two values, as people read it."""

import pytest

from console.difference import difference

TEN = "\n".join(f"line {number}" for number in range(10))


def told(before: str, after: str) -> list[tuple[str, str]]:
    lines = difference(before.split("\n"), after.split("\n"))
    return [(line.mark.value, line.text) for line in lines]


def test_lines_that_are_far_from_a_change_are_counted():
    assert told(TEN, TEN.replace("line 4", "other")) == [
        ("skipped", "1"),
        *(("same", f"line {number}") for number in (1, 2, 3)),
        ("removed", "line 4"),
        ("added", "other"),
        *(("same", f"line {number}") for number in (5, 6, 7)),
        ("skipped", "2"),
    ]


def test_between_two_changes_lines_are_counted_too():
    long = "\n".join(f"line {number}" for number in range(30))
    found = told(long, "new\n" + long.replace("line 20", "other"))

    assert [text for mark, text in found if mark == "skipped"] == ["14", "6"]
    assert [text for mark, text in found if mark == "added"] == ["new", "other"]


@pytest.mark.parametrize("after", ["one\n", "one ", "\none", "onë"])
def test_what_can_hardly_be_seen_is_a_difference(after):
    assert {mark for mark, _ in told("one", after)} & {"added", "removed"}


def test_equal_values_have_none():
    assert told(TEN, TEN) == []
