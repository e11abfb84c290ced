"""Showing a parameter's value, to who may read it, for as long as the page is open.

The value is in one answer to one POST, which no cache keeps: neither in an address, nor in
the session, nor in what is there when one comes back to the page.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from params.admin.acting import ParameterAction, number
from params.operations.describe_parameters import ParameterMetadata
from params.operations.get_parameter import GetParameter


class Reveal(ParameterAction):
    operation = GetParameter
    verb = "Reveal value"
    explanation = (
        "The value is shown on the next page, until you leave it. "
        "The audit trail will say that you have read it."
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.version = number(request.GET.get("version", ""))

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        version = self.version or subject.version
        return {"Name": f"{self.name}:{version}", "WithDecryption": True}

    def asking(self, *given: Any, **more: Any) -> HttpResponse:
        return super().asking(*given, version=self.version, **more)

    def succeeded(self, subject: ParameterMetadata, form: forms.Form, output: Any) -> HttpResponse:
        return self.show(
            template="console/params/value.html",
            subject=subject,
            shown=output.parameter,
            back=self.back(),
        )
