"""Schedules: days, rates, AWS's cron, and the windows that they open."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secrets_app.errors import InvalidParameter
from secrets_app.rotation import schedule

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)  # a Wednesday


def windows(expression, duration="", count=3, since=NOW - timedelta(days=1)):
    rule = schedule.parse(None, expression, duration)
    return [
        f"{each.start:%a %Y-%m-%d %H}-{each.end:%d %H}"
        for each in islice(rule.windows(since, NOW), count)
    ]


# AWS's own examples, and what else the page tells
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
@pytest.mark.parametrize(
    ("expression", "duration", "expected"),
    [
        ("rate(10 days)", "", ["Fri 2026-12-04 00-05 00", "Mon 2026-12-14 00-15 00"]),
        ("rate(1 day)", "3h", ["Thu 2026-11-26 00-26 03", "Fri 2026-11-27 00-27 03"]),
        ("rate(12 hours)", "", ["Wed 2026-11-25 12-25 13", "Thu 2026-11-26 00-26 01"]),
        ("rate(4 hours)", "4h", ["Wed 2026-11-25 08-25 12", "Wed 2026-11-25 12-25 16"]),
        ("cron(0 8 * * ? *)", "", ["Wed 2026-11-25 08-26 00", "Thu 2026-11-26 08-27 00"]),
        ("cron(0 /8 * * ? *)", "", ["Wed 2026-11-25 16-25 17", "Thu 2026-11-26 00-26 01"]),
        ("cron(0 8/8 * * ? *)", "2h", ["Wed 2026-11-25 16-25 18", "Thu 2026-11-26 08-26 10"]),
        ("cron(0 16 ? * SUN *)", "", ["Sun 2026-11-29 16-30 00", "Sun 2026-12-06 16-07 00"]),
        ("cron(0 16 ? * 1 *)", "2h", ["Sun 2026-11-29 16-29 18", "Sun 2026-12-06 16-06 18"]),
        ("cron(0 0 1 * ? *)", "", ["Tue 2026-12-01 00-02 00", "Fri 2027-01-01 00-02 00"]),
        ("cron(0 1 ? 1/3 2#1 *)", "", ["Mon 2027-01-04 01-05 00", "Mon 2027-04-05 01-06 00"]),
        ("cron(0 16 L * ? *)", "", ["Mon 2026-11-30 16-01 00", "Thu 2026-12-31 16-01 00"]),
        ("cron(0 16 ? * 6L *)", "", ["Fri 2026-11-27 16-28 00", "Fri 2026-12-25 16-26 00"]),
        ("cron(0 9 15W * ? *)", "", ["Tue 2026-12-15 09-16 00", "Fri 2027-01-15 09-16 00"]),
        ("cron(0 0 ? * MON-WED *)", "", ["Wed 2026-11-25 00-26 00", "Mon 2026-11-30 00-01 00"]),
        ("cron(0 0 ? * 2-4 *)", "", ["Wed 2026-11-25 00-26 00", "Mon 2026-11-30 00-01 00"]),
        ("cron(0 0 ? * L *)", "", ["Sat 2026-11-28 00-29 00", "Sat 2026-12-05 00-06 00"]),
        ("cron(0 0 29 2 ? *)", "", ["Tue 2028-02-29 00-01 00", "Sun 2032-02-29 00-01 00"]),
    ],
)
def test_windows(expression, duration, expected):
    assert windows(expression, duration, len(expected)) == expected


def test_days_are_counted_from_the_last_rotation():
    rule = schedule.parse(30, "", "4h")
    since = datetime(2026, 11, 1, 23, 59, tzinfo=UTC)

    first, second = islice(rule.windows(since, NOW), 2)

    assert (first.start, first.end) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2026, 12, 1, 4, tzinfo=UTC),
    )
    assert second.start - first.start == timedelta(days=30)


@pytest.mark.parametrize(
    ("days", "expression", "duration", "says"),
    [
        (None, "", "", "must specify either"),
        (3, "rate(3 days)", "", "must specify either"),
        (None, "rate(3 hours)", "", "every four hours"),
        (None, "rate(0 days)", "", "cron"),
        (None, "rate(1001 days)", "", "1000 days"),
        (None, "rate(5 weeks)", "", "cron"),
        (None, "daily", "", "cron"),
        (None, "cron(0 0 * * ?)", "", "six fields"),
        (None, "cron(1 0 * * ? *)", "", "minutes"),
        (None, "cron(0 0 * * ? 2027)", "", "year"),
        (None, "cron(0 0 1 * 1 *)", "", "has to be ?"),
        (None, "cron(0 0 ? * ? *)", "", "has to be ?"),
        (None, "cron(0 0 31 2 ? *)", "", "no such time"),
        (None, "cron(0 24 * * ? *)", "", "no such time"),
        (None, "cron(0 x * * ? *)", "", "no such time"),
        (None, "cron(0 0,3 * * ? *)", "", "every four hours"),
        (None, "cron(0 */2 * * ? *)", "", "every four hours"),
        (None, "cron(0 23 * * ? *)", "2h", "next UTC day"),
        (None, "cron(0 0,6 * * ? *)", "7h", "next rotation window"),
        (None, "rate(4 hours)", "5h", "next rotation window"),
        (3, "", "25h", "Duration"),
        (3, "", "0h", "Duration"),
        (3, "", "h", "Duration"),
    ],
)
def test_what_is_not_sound(days, expression, duration, says):
    with pytest.raises(InvalidParameter, match=says.replace("?", "[?]")):
        schedule.parse(days, expression, duration)


FIELD = st.from_regex(r"[0-9A-Za-z#?*\-/,]{1,6}", fullmatch=True)
times = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.integers(1, 1000).map(lambda n: f"rate({n} days)"),
        st.integers(4, 300).map(lambda n: f"rate({n} hours)"),
        st.builds(
            "cron(0 {} {} {} ? *)".format,
            st.one_of(st.integers(0, 23).map(str), st.just("/6"), st.just("1/8")),
            st.sampled_from(["*", "L", "1", "31", "15W", "1-7", "*/2"]),
            st.sampled_from(["*", "2", "1/3", "JAN-MAR"]),
        ),
    ),
    times,
    st.timedeltas(timedelta(0), timedelta(days=900)),
)
def test_windows_come_in_order_within_a_day_and_after_the_rotation(expression, since, later):
    try:
        rule = schedule.parse(None, expression, "")
    except InvalidParameter:  # there is no 31 February
        return
    after = since + later
    found = list(islice(rule.windows(since, after), 5))

    assert found
    for each in found:
        assert each.start < each.end <= schedule.midnight(each.start) + timedelta(days=1)
        assert each.start > since
        assert each.end > after
        assert each.start <= each.moment() <= each.end
    for one, other in pairwise(found):
        assert one.end <= other.start


@settings(max_examples=100, deadline=None)
@given(st.lists(FIELD, min_size=6, max_size=6))
def test_any_text_is_taken_or_refused(fields):
    try:
        rule = schedule.parse(None, f"cron(0 {' '.join(fields[1:5])} *)", "")
    except InvalidParameter:
        return
    assert len(list(islice(rule.windows(NOW, NOW), 2))) <= 2
