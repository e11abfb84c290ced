"""Changing what a secret is like: its description, its key, its tags."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse

from console.tagging import RemoveTag, SetTag, TagForm
from keys.admin.choosing import aliases
from secrets_app.admin.acting import SecretAction
from secrets_app.admin.create import key_field
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.tag_resource import TagResource
from secrets_app.operations.untag_resource import UntagResource
from secrets_app.operations.update_secret import UpdateSecret
from secrets_app.sealing import DEFAULT_KEY
from service.ids import uuid4


class EditForm(forms.Form):
    description = forms.CharField(required=False, max_length=2048)
    key_id = key_field()


class Edit(SecretAction):
    operation = UpdateSecret
    template = "console/secrets/edit.html"
    verb = "Edit secret"
    explanation = (
        "Under another key, all versions that have labels are encrypted anew. Who reads the "
        "secret needs permission to decrypt with the key."
    )
    done = "The secret is changed."
    refused_field = "key_id"

    def new_form(self, subject: DescribeSecretOutput) -> EditForm:
        told = {"description": subject.description, "key_id": subject.kms_key_id}
        return EditForm(initial=told)

    form_class = EditForm

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        """The key only if it is another, so that nothing is encrypted anew without need."""
        given = form.cleaned_data
        asked = {"ClientRequestToken": uuid4(), "Description": given["description"]}
        if given["key_id"] != (subject.kms_key_id or ""):
            asked["KmsKeyId"] = given["key_id"] or DEFAULT_KEY
        return {"SecretId": self.id, **asked}

    def asking(self, *given: Any, **more: Any) -> HttpResponse:
        return super().asking(*given, aliases=aliases(self), **more)


class Tag(SetTag, SecretAction):
    operation = TagResource
    thing = "secret"

    def params(self, subject: DescribeSecretOutput, form: TagForm) -> Mapping[str, Any]:  # type: ignore[override]
        return {"SecretId": self.id, "Tags": [form.told]}


class Untag(RemoveTag, SecretAction):
    operation = UntagResource
    thing = "secret"

    def params(self, subject: DescribeSecretOutput, form: Any) -> Mapping[str, Any]:
        return {"SecretId": self.id, "TagKeys": [self.tag]}
