import gc

from django.apps import AppConfig


class KmsProjectConfig(AppConfig):
    """The project as an app: the operator's commands and the system checks."""

    name = "kms_project"

    def ready(self) -> None:
        from kms_project import checks  # noqa: F401 - importing it registers them

        # What is loaded stays. To look through it again and again would take a fifth of the start.
        gc.freeze()
        gc.enable()
