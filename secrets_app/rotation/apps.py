from django.apps import AppConfig


class RotationConfig(AppConfig):
    name = "secrets_app.rotation"
    label = "rotation"
