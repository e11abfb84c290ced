"""Users, and what one has: access keys and policies. To look at only."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from console.pages import Page
from iam.operations.list_access_keys import ListAccessKeys
from iam.operations.list_attached_policies import ListAttachedUserPolicies
from iam.operations.list_entities import ListUsers
from iam.operations.list_inline_policies import ListUserPolicies

ROWS = 50


class Users(Page):
    section, title = "identities", "Identities"
    template = "console/iam/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        params: dict[str, Any] = {"MaxItems": ROWS}
        if marker := request.GET.get("after"):
            params["Marker"] = marker
        page = self.ask(ListUsers, params)
        return self.show(users=page.users, after=page.marker, first=not marker)


class OneUser(Page):
    section, title = "identities", "User"
    template = "console/iam/user.html"

    def get(self, request: HttpRequest, region: str, name: str) -> HttpResponse:
        named = {"UserName": name}
        return self.show(
            name=name,
            keys=self.ask(ListAccessKeys, named).access_key_metadata,
            attached=self.try_to_ask(ListAttachedUserPolicies, named),
            inline=self.try_to_ask(ListUserPolicies, named),
        )
