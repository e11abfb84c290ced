"""System checks: the settings of what is behind custom key stores."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from keys.stores import clusters, endpoints


@register(Tags.security)
def hsm_clusters_are_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """keys.E001; docs/key-stores.md explains the setting. No HSM is asked here."""
    return [Error(problem, id="keys.E001") for problem in clusters.problems()]


@register(Tags.security)
def xks_endpoints_are_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """keys.E002; docs/external-key-stores.md explains the settings. No proxy is asked here."""
    return [Error(problem, id="keys.E002") for problem in endpoints.problems()]
