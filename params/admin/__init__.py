"""The console's pages of parameters.

A parameter's name is in the query, not in the path: browsers take `/../` out of paths, and
`..` may be a part of a name.
"""

from django.contrib import admin
from django.urls import URLPattern, path

from console.sections import Section
from params.admin import browse, create, deletion, find, history, labels, parameter, reveal, tags
from params.models import Parameter


@admin.register(Parameter)
class Parameters(Section):
    slug, title, icon, order = "parameters", "Parameters", "tune", 2

    def pages(self) -> list[URLPattern]:
        return [
            path("", browse.PathPage.as_view(), name="parameters"),
            path("find/", find.Find.as_view(), name="find_parameter"),
            path("create/", create.Create.as_view(), name="create_parameter"),
            path("parameter/", parameter.ParameterPage.as_view(), name="parameter"),
            path("change/", create.Change.as_view(), name="change_parameter"),
            path("reveal/", reveal.Reveal.as_view(), name="reveal_parameter"),
            path("history/", history.History.as_view(), name="parameter_history"),
            path("compare/", history.Compare.as_view(), name="compare_versions"),
            path("label/", labels.Label.as_view(), name="label_version"),
            path("unlabel/", labels.Unlabel.as_view(), name="unlabel_version"),
            path("tag/", tags.Tag.as_view(), name="tag_parameter"),
            path("untag/", tags.Untag.as_view(), name="untag_parameter"),
            path("delete/", deletion.Delete.as_view(), name="delete_parameter"),
        ]
