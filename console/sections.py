"""A section: an app's pages in the console, registered with the admin for its main model."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import URLPattern
from unfold.admin import ModelAdmin


class Section(ModelAdmin):  # type: ignore[misc]
    """Pages at /console/REGION/SLUG/.

    The admin's own list, add, change and delete pages are not served: a page asks
    operations and shows what they answer, so that policies decide, and nothing else.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    order: ClassVar[int]

    def pages(self) -> list[URLPattern]:
        """Paths below the section's; the one that is empty is named "SLUG"."""
        raise NotImplementedError

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
