"""System checks: the settings of rotation."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from secrets_app.rotation.builtin import authorities


@register(Tags.security)
def databases_authorities_are_there(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """rotation.E001; docs/secret-rotation.md explains the setting."""
    return [Error(problem, id="rotation.E001") for problem in authorities.problems()]
