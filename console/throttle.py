"""Guessing a password gets slower: after some failures each further one costs a wait.

A subject is an account name at an address. Attempts are counted before the password is
looked at, so that many at once gain nothing; a success forgets the count.
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from console.models import SignInFailures

FREE = 5  # failures without a wait
MOST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
AT_ONCE = timedelta(seconds=1)  # the wait of one who tries while another attempt is counted


def subject(username: str, address: str) -> str:
    """A keyed digest of an account name and an address; neither can be read from it."""
    return salted_hmac("console.throttle", f"{username}\0{address}", algorithm="sha256").hexdigest()


def admit(subject: str, now: datetime) -> timedelta:
    """Count an attempt of `subject`; how long it has to wait, zero if it may go on now."""
    seen, _ = SignInFailures.objects.get_or_create(subject=subject, defaults={"blocked_until": now})
    if seen.blocked_until > now:
        return seen.blocked_until - now
    forgotten = seen.blocked_until < now - FORGOTTEN_AFTER
    count = 1 if forgotten else seen.count + 1
    counted = SignInFailures.objects.filter(subject=subject, count=seen.count).update(
        count=count, blocked_until=now + wait_after(count)
    )
    return timedelta(0) if counted else AT_ONCE


def forget(subject: str) -> None:
    """`subject` has signed in."""
    SignInFailures.objects.filter(subject=subject).delete()


def clear(now: datetime) -> None:
    """Drop the counts that no longer matter."""
    SignInFailures.objects.filter(blocked_until__lt=now - FORGOTTEN_AFTER).delete()


def wait_after(failures: int) -> timedelta:
    """1, 2, 4, … seconds after the free failures, up to the most."""
    if failures < FREE:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE, 20)), MOST_WAIT)
