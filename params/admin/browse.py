"""The hierarchy as a tree: a path's page, with what lies in it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from console.pages import Page
from params import filters, names
from params.admin import tree
from params.operations.describe_parameters import DescribeParameters
from service.value import value

ROWS = 50


@value
class Crumb:
    """A path on the way to where one is."""

    name: str
    path: str


class PathPage(Page):
    """Who may describe parameters is told all names, so that also sub-paths are no secret."""

    section, title = "parameters", "Parameters"
    template = "console/params/path.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        asked, below = request.GET.get("path") or "/", request.GET.get("below", "")
        found = self.ask(DescribeParameters, _within(asked, request.GET.get("after")))
        path = names.path(asked)
        sub_paths, place = tree.sub_paths(self.caller, path, below)
        return self.show(
            path=path,
            prefix=path if path == "/" else f"{path}/",
            crumbs=crumbs(path),
            sub_paths=sub_paths,
            below=below,
            next_below=place,
            parameters=found.parameters,
            token=request.GET.get("after", ""),
            next_token=found.next_token,
        )


def crumbs(path: str) -> list[Crumb]:
    """The paths that lead to `path`, from the root on; that itself is the last."""
    parts = [part for part in path.split("/") if part]
    places = ["/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [Crumb("All parameters", "/"), *map(Crumb, parts, places)]


def _within(path: str, token: str | None) -> dict[str, Any]:
    within = {"Key": filters.PATH, "Option": filters.ONE_LEVEL, "Values": [path]}
    asked: dict[str, Any] = {"ParameterFilters": [within], "MaxResults": ROWS}
    return {**asked, "NextToken": token} if token else asked
