"""The console's pages of the trail."""

from django.contrib import admin
from django.urls import URLPattern, path

from audit.admin.pages import Events, OneEvent
from audit.models import Event
from console.sections import Section


@admin.register(Event)
class Trail(Section):
    slug, title, icon, order = "audit", "Audit trail", "receipt_long", 4

    def pages(self) -> list[URLPattern]:
        return [
            path("", Events.as_view(), name="audit"),
            path("<uuid:event_id>/", OneEvent.as_view(), name="event"),
        ]
