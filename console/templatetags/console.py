"""What the console's templates need."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

STATES = {
    "Enabled": "good",
    "Disabled": "idle",
    "PendingDeletion": "bad",
}
STATE_NAMES = {"PendingDeletion": "Pending deletion"}


@register.filter
def utc(time: datetime | None) -> SafeString | str:
    """A time with its zone, for people and for machines; a dash where there is none."""
    if time is None:
        return "\N{EN DASH}"
    at = time.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%d %H:%M:%S} UTC"
    )


@register.filter
def resource_part(arn: str) -> str:
    """What an ARN names, without partition, service, region and account."""
    return arn.split(":", 5)[-1]


@register.filter
def state(value: str) -> SafeString:
    """A key's state as a word; the colour only repeats it."""
    return format_html(
        '<span class="badge {}">{}</span>',
        STATES.get(value, "idle"),
        STATE_NAMES.get(value, value),
    )
