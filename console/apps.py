from django.apps import AppConfig
from django.contrib.admin import apps as admin


class ConsoleConfig(AppConfig):
    name = "console"
    default = True


class ConsoleAdminConfig(admin.AdminConfig):
    """The admin, with our site as the one that every `admin.py` registers with."""

    default = False
    default_site = "console.site.ConsoleSite"
