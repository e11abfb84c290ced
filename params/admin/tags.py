"""Tagging a parameter, and taking a tag off it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from params.admin.acting import ParameterAction
from params.on_tags import PARAMETER
from params.operations.add_tags_to_resource import AddTagsToResource
from params.operations.describe_parameters import ParameterMetadata
from params.operations.remove_tags_from_resource import RemoveTagsFromResource


class TagForm(forms.Form):
    tag = forms.CharField(label="Name", max_length=128)
    value = forms.CharField(required=False, max_length=256)


class Tag(ParameterAction):
    operation = AddTagsToResource
    form_class = TagForm
    verb = "Set tag"
    explanation = (
        "The parameter gets the tag, or the tag that it has gets the new value. Policies may "
        "allow or refuse by tags: who may use the parameter may change."
    )
    done = "The parameter has the tag."
    refused_field = "tag"

    def new_form(self, subject: ParameterMetadata) -> TagForm:
        return TagForm(initial={name: self.request.GET.get(name, "") for name in ("tag", "value")})

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        tag = {"Key": form.cleaned_data["tag"], "Value": form.cleaned_data["value"]}
        return {"ResourceType": PARAMETER, "ResourceId": self.name, "Tags": [tag]}


class Untag(ParameterAction):
    operation = RemoveTagsFromResource
    verb = "Remove tag"
    done = "The tag is removed."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.tag = request.GET.get("tag", "")
        if not self.tag:
            raise Http404

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"The parameter has the tag {self.tag} no more. Policies may allow or refuse by tags: "
            "who may use the parameter may change."
        )

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"ResourceType": PARAMETER, "ResourceId": self.name, "TagKeys": [self.tag]}
