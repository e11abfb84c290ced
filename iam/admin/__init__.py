"""The console's pages of identities."""

from django.contrib import admin
from django.urls import URLPattern, path

from console.sections import Section
from iam.admin.pages import OneUser, Users
from iam.models import User


@admin.register(User)
class Identities(Section):
    slug, title, icon, order = "identities", "Identities", "group", 6

    def pages(self) -> list[URLPattern]:
        return [
            path("", Users.as_view(), name="identities"),
            path("<str:name>/", OneUser.as_view(), name="user"),
        ]
