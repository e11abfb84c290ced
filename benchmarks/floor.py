"""The floor: an empty Django view, on the same server with the same workers and threads."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/x-amz-json-1.1")


settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="the floor keeps no secret",
)
urlpatterns = [path("", empty)]
application = get_wsgi_application()
