"""The admin site at /console/: its sign-in, its sections, and nothing of the admin's own."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

from console.forms import SignInForm
from console.regions import RegionConverter
from console.sections import Section
from service.regions import default_region, served_regions

register_converter(RegionConverter, "region")


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    site_title = site_header = "Strongroom"
    login_form = SignInForm
    login_template = "console/sign_in.html"
    logout_template = "console/signed_out.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is signed in; what they may do, policies say."""
        return request.user.is_authenticated and request.user.is_active

    def sections(self) -> list[Section]:
        found = [each for each in self._registry.values() if isinstance(each, Section)]
        return sorted(found, key=lambda section: section.order)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "site_title": self.site_title,
            "has_permission": self.has_permission(request),
            "sections": self.sections(),
            "regions": list(served_regions()),
        }

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from console.home import Home
        from console.password import ChangePasswordPage

        pages: list[URLPattern | URLResolver] = [
            path("", self.admin_view(Home.as_view()), name="home")
        ]
        for section in self.sections():
            below = [self._guarded(page) for page in section.pages()]
            pages.append(path(f"{section.slug}/", include(below)))
        return [
            path("", self.admin_view(self.index), name="index"),
            path("login/", self.login, name="login"),
            path("logout/", self.logout, name="logout"),
            path(
                "password/",
                self.admin_view(ChangePasswordPage.as_view()),
                {"region": default_region()},
                name="password",
            ),
            path("<region:region>/", include(pages)),
        ]

    @method_decorator(transaction.atomic)
    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Durable before it is answered: a session that has ended does not come back."""
        ended: HttpResponse = super().logout(request, extra_context)
        return ended

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:home", region=default_region())

    def _guarded(self, page: URLPattern) -> URLPattern:
        guarded: URLPattern = path(
            str(page.pattern), self.admin_view(page.callback), name=page.name
        )
        return guarded
