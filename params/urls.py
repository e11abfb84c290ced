"""REST's paths of parameters.

What is done to a parameter stands before its name, for a name may end in any word:
`parameter-history/a/b` is the history of `/a/b`.
"""

from django.urls import path, register_converter
from django.urls.converters import PathConverter

from params import api


class ParameterConverter(PathConverter):
    """`a/b` is `/a/b`; `p`, which is the same as `/p`, and ARNs stay as they are."""

    def to_python(self, value: str) -> str:
        return f"/{value}" if "/" in value and not value.startswith("arn:") else value


register_converter(ParameterConverter, "parameter")

urlpatterns = [
    path("parameters", api.Parameters.as_view()),
    path("parameters/<parameter:name>", api.Parameter.as_view()),
    path("parameter-search", api.Search.as_view()),
    path("parameter-values", api.Values.as_view()),
    path("parameters-by-path", api.ByPath.as_view()),
    path("parameter-history/<parameter:name>", api.History.as_view()),
    path("parameter-labels/<parameter:name>", api.Labels.as_view()),
    path("parameter-tags/<parameter:resource_id>", api.Tags.as_view()),
    path("service-settings/<parameter:setting_id>", api.ServiceSetting.as_view()),
]
