from django.apps import AppConfig


class RotationConfig(AppConfig):
    name = "secrets_app.rotation"
    label = "rotation"

    def ready(self) -> None:
        from secrets_app.rotation import checks  # noqa: F401 - importing it registers them
