"""The doors: the AWS API at `/`, REST, the console, XKS proxies, and the health pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from gateway import views
from kms_project import health
from xks_proxy.views import proxy

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.aws),
    # before all others, for a prefix may be any word
    re_path("^(?:(?P<prefix>.*)/)?kms/xks/v1(?:/(?P<path>.*))?$", proxy),
    path("api/", include("rest.urls")),
    path("console/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    re_path("^(?!console/)", views.elsewhere),
]
