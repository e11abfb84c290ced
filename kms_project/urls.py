"""The doors: the AWS API at `/`, REST, the console, and the health pages."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
