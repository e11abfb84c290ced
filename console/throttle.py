"""Guessing a password gets slower: after some failures each further one costs a wait.

A subject is an account name at an address, or an address whatever the names. Attempts are
counted before the password is looked at, so that many at once gain nothing; a success takes
its own back.
"""

import ipaddress
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.crypto import salted_hmac

from console.models import SignInFailures
from service.value import value

FORGOTTEN_AFTER = timedelta(days=1)
AT_ONCE = timedelta(seconds=1)  # the wait of one who tries while another attempt is counted
_NETWORK = 64  # bits of an IPv6 address that say whose it is; the rest anyone picks at will


@value
class Limit:
    """How many failures cost no wait, how long one gets at most, and when all is forgotten."""

    free: int
    most_wait: timedelta
    forgotten_after: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """1, 2, 4, … seconds after the free failures, up to the most."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.most_wait)


BY_NAME = Limit(5, timedelta(minutes=15), FORGOTTEN_AFTER)
# an address may be that of a whole office
BY_ADDRESS = Limit(30, timedelta(minutes=1), timedelta(hours=1))


def subject(username: str, address: str) -> str:
    """A keyed digest of an account name and an address; neither can be read from it."""
    return _digest(f"{username}\0{_origin(address)}")


def origin(address: str) -> str:
    """A keyed digest of an address alone, which no account name at any address has."""
    return _digest(_origin(address))


def admit(subject: str, now: datetime, limit: Limit = BY_NAME) -> timedelta:
    """Count an attempt of `subject`; how long it has to wait, zero if it may go on now."""
    seen, _ = SignInFailures.objects.get_or_create(subject=subject, defaults={"blocked_until": now})
    if seen.blocked_until > now:
        return seen.blocked_until - now
    forgotten = seen.blocked_until < now - limit.forgotten_after
    count = 1 if forgotten else seen.count + 1
    counted = SignInFailures.objects.filter(subject=subject, count=seen.count).update(
        count=count, blocked_until=now + limit.wait_after(count)
    )
    return timedelta(0) if counted else AT_ONCE


def forget(subject: str) -> None:
    """`subject` has signed in."""
    SignInFailures.objects.filter(subject=subject).delete()


def take_back(subject: str, now: datetime) -> None:
    """The attempt that was counted last was no failure; those before it were."""
    SignInFailures.objects.filter(subject=subject, count__gt=0).update(
        count=F("count") - 1, blocked_until=now
    )


def clear(now: datetime) -> None:
    """Drop the counts that no longer matter."""
    SignInFailures.objects.filter(blocked_until__lt=now - FORGOTTEN_AFTER).delete()


def _digest(text: str) -> str:
    return salted_hmac("console.throttle", text, algorithm="sha256").hexdigest()


def _origin(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4 or parsed.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((int(parsed), _NETWORK), strict=False))
