"""Showing a secret's value, to who may read it, for as long as the page is open.

The value is in one answer to one POST, which no cache keeps: neither in an address, nor in
the session, nor in what is there when one comes back to the page.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from secrets_app.admin.acting import SecretAction, current_of
from secrets_app.admin.create import fields_of
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.shapes import SecretValue


class Reveal(SecretAction):
    operation = GetSecretValue
    verb = "Reveal value"
    explanation = (
        "The value is shown on the next page, until you leave it. "
        "The audit trail will say that you have read it."
    )
    of_replica = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.version = request.GET.get("version", "")

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if not self.version and not current_of(subject):
            return "The secret has no value yet."
        return super().obstacle(subject)

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return {"SecretId": self.id, "VersionId": self.version or current_of(subject)}

    def asking(self, subject: DescribeSecretOutput, *given: Any, **more: Any) -> HttpResponse:
        return super().asking(subject, *given, version=self.version, **more)

    def succeeded(
        self, subject: DescribeSecretOutput, form: forms.Form, output: SecretValue
    ) -> HttpResponse:
        return self.show(
            template="console/secrets/value.html",
            subject=subject,
            shown=output,
            fields=_fields(output),
            text=text_of(output),
            back=self.back(),
        )


def text_of(shown: SecretValue) -> str:
    """The value; of a binary one, base64."""
    if shown.secret_binary is not None:
        return base64.b64encode(shown.secret_binary).decode()
    return shown.secret_string or ""


def _fields(shown: SecretValue) -> list[tuple[str, str]]:
    """Of a JSON object, each field and its value; what is no text as JSON."""
    found = fields_of(shown.secret_string) or {}
    return [
        (key, told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))
        for key, told in found.items()
    ]
