"""The doors: the AWS API at `/`, REST, the console, and the health pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from gateway import views
from kms_project import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.aws),
    path("api/", include("rest.urls")),
    path("console/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
