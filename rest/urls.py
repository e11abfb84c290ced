"""Everything under /api/."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from rest import api, docs
from rest.views import Nowhere

resources: list[URLPattern | URLResolver] = [
    path("", include("iam.urls")),
    path("", include("keys.urls")),
    path("", include("params.urls")),
    path("", include("secrets_app.urls")),
    path("", include("audit.urls")),
    path("tokens", api.Tokens.as_view()),
    path("tokens/<str:service_specific_credential_id>", api.Token.as_view()),
]

urlpatterns = [
    path("v1/", include(resources)),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.docs, name="docs"),
    re_path("", Nowhere.as_view()),
]
