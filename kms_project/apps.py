from django.apps import AppConfig


class KmsProjectConfig(AppConfig):
    """The project as an app: the operator's commands and the system checks."""

    name = "kms_project"

    def ready(self) -> None:
        from kms_project import checks  # noqa: F401 - importing it registers them
