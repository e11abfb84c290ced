"""System checks: the settings of HSMs."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from keys.stores import clusters


@register(Tags.security)
def hsm_clusters_are_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """keys.E001; docs/key-stores.md explains the setting. No HSM is asked here."""
    return [Error(problem, id="keys.E001") for problem in clusters.problems()]
