"""System checks: the settings of webhooks."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from notices import configured


@register(Tags.security)
def webhooks_are_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """notices.E001; docs/webhooks.md explains the settings. Nobody is posted to here."""
    return [Error(problem, id="notices.E001") for problem in configured.problems()]
