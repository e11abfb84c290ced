"""Tagging a parameter, and taking a tag off it."""

from collections.abc import Mapping
from typing import Any

from console.tagging import RemoveTag, SetTag, TagForm
from params.admin.acting import ParameterAction
from params.on_tags import PARAMETER
from params.operations.add_tags_to_resource import AddTagsToResource
from params.operations.describe_parameters import ParameterMetadata
from params.operations.remove_tags_from_resource import RemoveTagsFromResource


class Tag(SetTag, ParameterAction):
    operation = AddTagsToResource
    thing = "parameter"

    def params(self, subject: ParameterMetadata, form: TagForm) -> Mapping[str, Any]:  # type: ignore[override]
        return {"ResourceType": PARAMETER, "ResourceId": self.name, "Tags": [form.told]}


class Untag(RemoveTag, ParameterAction):
    operation = RemoveTagsFromResource
    thing = "parameter"

    def params(self, subject: ParameterMetadata, form: Any) -> Mapping[str, Any]:
        return {"ResourceType": PARAMETER, "ResourceId": self.name, "TagKeys": [self.tag]}
