"""The way to a parameter by what a person knows of it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.actions import UNPROCESSABLE
from console.pages import Page
from params import filters, listing, names
from params.models import MOST_NAME, Tier, Type
from params.operations.describe_parameters import DescribeParameters, ParameterMetadata
from params.operations.get_parameters_by_path import GetParametersByPath
from params.shapes import ParameterStringFilter
from service import wire
from service.arns import Arn
from service.regions import served_regions

ROWS = 50
_ANY = ("", "Any")
_PLAIN = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class FindForm(forms.Form):
    name = forms.CharField(
        label="Name begins with, or ARN", required=False, max_length=2 * MOST_NAME, widget=_PLAIN
    )
    type = forms.ChoiceField(
        choices=[_ANY, *((each, each) for each in Type.values)], required=False
    )
    tier = forms.ChoiceField(
        choices=[_ANY, *((each, each) for each in Tier.values)], required=False
    )
    key = forms.CharField(
        label="KMS key",
        required=False,
        max_length=256,
        widget=_PLAIN,
        help_text="As it was given: an alias, an id or an ARN.",
    )
    label = forms.CharField(required=False, max_length=100, widget=_PLAIN)
    tag = forms.CharField(
        required=False, max_length=385, widget=_PLAIN, help_text="name=value, or the name alone."
    )

    def filters(self) -> list[dict[str, Any]]:
        """What is asked for, as DescribeParameters takes it; of labels it knows nothing."""
        return list(self._filters())

    def _filters(self) -> Iterator[dict[str, Any]]:
        given = self.cleaned_data
        if given["name"]:
            yield {"Key": filters.NAME, "Option": filters.BEGINS, "Values": [given["name"]]}
        for key, told in (
            (filters.TYPE, given["type"]),
            (filters.TIER, given["tier"]),
            (filters.KEY, given["key"]),
        ):
            if told:
                yield {"Key": key, "Option": filters.EQUALS, "Values": [told]}
        if given["tag"]:
            name, _, told = given["tag"].partition("=")
            yield {
                "Key": filters.TAG + name.strip(),
                **({"Values": [told.strip()]} if told else {}),
            }


class Find(Page):
    """What is found alone is gone to, unless a page of more than one led there."""

    section, title = "parameters", "Find a parameter"
    template = "console/params/find.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        if where := _of_arn(request.GET.get("name", "").strip()):
            return redirect(where)
        form = FindForm(request.GET or None)
        if not form.is_bound:
            return self.show(form=form)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        found, place = self._found(form, request.GET.get("after", ""))
        if len(found) == 1 and not place and not request.GET.get("after"):
            return redirect(_address(region, found[0].name))
        return self.show(
            form=form,
            parameters=found,
            searched=True,
            after=place,
            first="after" not in request.GET,
            asked=self.asked,
        )

    def _found(self, form: FindForm, after: str) -> tuple[list[ParameterMetadata], str | None]:
        if label := form.cleaned_data["label"]:
            return self._labelled(form.filters(), label, after)
        asked: dict[str, Any] = {"ParameterFilters": form.filters(), "MaxResults": ROWS}
        page = self.ask(DescribeParameters, {**asked, "NextToken": after} if after else asked)
        return list(page.parameters), page.next_token

    def _labelled(
        self, wanted: list[dict[str, Any]], label: str, after: str
    ) -> tuple[list[ParameterMetadata], str | None]:
        """GetParametersByPath finds by labels: it decides and is recorded, and then more is read.

        It cannot combine them with names, tags and tiers. Of what is found, DescribeParameters
        tells.
        """
        of_label = {"Key": filters.LABEL, "Option": filters.EQUALS, "Values": [label]}
        self.ask(
            GetParametersByPath,
            {"Path": "/", "Recursive": True, "ParameterFilters": [of_label], "MaxResults": 1},
        )
        self.ask(DescribeParameters, {"ParameterFilters": wanted, "MaxResults": 1})
        known = (*filters.OF_DESCRIBE, filters.LABEL)
        read = filters.read(
            [wire.decode(ParameterStringFilter, each) for each in [*wanted, of_label]], known
        )
        scope = listing.Scope(self.caller.account, self.region)
        page = listing.page(scope, read, after, ROWS, self.caller.time)
        place = None if page.place is None else str(page.place)
        if not page.items:
            return [], place
        named = {"Key": filters.NAME, "Values": [row.path_name for row in page.items]}
        told = self.ask(DescribeParameters, {"ParameterFilters": [named], "MaxResults": ROWS})
        return list(told.parameters), place


def _of_arn(text: str) -> str:
    """The address of the parameter that an ARN names; empty if it is none."""
    try:
        arn = Arn.parse(text)
    except ValueError:
        return ""
    if arn.service != names.SERVICE or arn.region not in served_regions():
        return ""
    return _address(arn.region, f"/{arn.resource.removeprefix(names.RESOURCE)}")


def _address(region: str, name: str) -> str:
    return reverse("admin:parameter", args=[region], query={"name": name})
