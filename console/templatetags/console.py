"""What the console's templates need."""

import re
from datetime import UTC, datetime

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from service.arns import Arn
from service.regions import served_regions

register = template.Library()

STATES = {
    "Enabled": "good",
    "PendingDeletion": "bad",
    "PendingReplicaDeletion": "bad",
    "Unavailable": "bad",
}
_WORD = re.compile(r"(?<!^)([A-Z])")


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
def day(time: datetime) -> SafeString:
    """A day, as what is only known to the day is told."""
    on = f"{time.astimezone(UTC):%Y-%m-%d}"
    return format_html('<time datetime="{}">{}</time>', on, on)


@register.simple_tag
def resource(arn: str, region: str, account: str) -> SafeString:
    """What an ARN names, without what is said anyway; a link where the console has its page."""
    try:
        named = Arn.parse(arn)
    except ValueError:
        return format_html('<code class="arn">{}</code>', arn)
    shown = named.resource if named.region in ("", region) else arn
    address = _address(named, region) if named.account == account else ""
    if not address:
        return format_html('<code class="arn" title="{}">{}</code>', arn, shown)
    return format_html(
        '<a class="arn" href="{}" title="{}"><code>{}</code></a>', address, arn, shown
    )


def _address(named: Arn, region: str) -> str:
    """The page of what is named; empty where there is none."""
    kind, _, name = named.resource.partition("/")
    if (named.service, kind) == ("iam", "user"):
        return reverse("admin:user", args=[region, name.rpartition("/")[2]])
    if (named.service, kind) == ("ssm", "parameter") and named.region in served_regions():
        return reverse("admin:parameter", args=[named.region], query={"name": f"/{name}"})
    if named.service == "secretsmanager" and named.region in served_regions():
        return reverse("admin:secret", args=[named.region], query={"id": str(named)})
    if named.service != "kms" or named.region not in served_regions():
        return ""
    if kind == "key":
        return reverse("admin:key", args=[named.region, name])
    return reverse("admin:find_key", args=[named.region], query={"name": named.resource})


@register.filter
def state_name(value: str) -> str:
    """A key's state in words: PendingDeletion is "Pending deletion"."""
    return _WORD.sub(lambda found: f" {found[1].lower()}", value)


@register.filter
def state(value: str) -> SafeString:
    """A key's state as a word; the colour only repeats it."""
    return format_html(
        '<span class="badge {}">{}</span>', STATES.get(value, "idle"), state_name(value)
    )
