"""What is done to one key: a page each, which says what will happen and asks first."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.refusals import Refusal
from keys.admin.key import OneKey
from keys.operations.disable_key import DisableKey
from keys.operations.enable_key import EnableKey
from keys.shapes import KeyMetadata
from service.operation import Operation


class Action(OneKey):
    """`verb` is on the button, `done` is said afterwards; `explanation` says what it does."""

    http_method_names = ["get", "head", "post"]
    template = "console/keys/action.html"
    form_class: ClassVar[type[forms.Form]] = forms.Form
    operation: ClassVar[type[Operation[Any, Any]]]
    verb: ClassVar[str]
    explanation: ClassVar[str]
    done: ClassVar[str]
    dangerous: ClassVar[bool] = False

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.verb

    def get(self, request: HttpRequest, region: str, key_id: str) -> HttpResponse:
        return self.asking(self.describe(), self.form_class())

    def post(self, request: HttpRequest, region: str, key_id: str) -> HttpResponse:
        key = self.describe()
        form = self.form(key)
        if not form.is_valid():
            return self.asking(key, form, status=422)
        answer = self.try_to_ask(self.operation, {"KeyId": key_id, **self.params(form)})
        if answer.refusal is not None:
            return self.asking(key, form, refusal=answer.refusal, status=answer.refusal.status)
        messages.success(request, self.done)
        return redirect("admin:key", region=region, key_id=key_id)

    def form(self, key: KeyMetadata) -> forms.Form:
        return self.form_class(self.request.POST)

    def params(self, form: forms.Form) -> Mapping[str, Any]:
        """What the operation is asked beside the key."""
        return {}

    def asking(
        self,
        key: KeyMetadata,
        form: forms.Form,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            key=key,
            form=form,
            refusal=refusal,
            status=status,
            verb=self.verb,
            explanation=self.explanation,
            dangerous=self.dangerous,
        )


class Enable(Action):
    operation = EnableKey
    verb = "Enable key"
    explanation = "The key can be used again, by everybody whom its policy and theirs allow to."
    done = "The key is enabled."


class Disable(Action):
    operation = DisableKey
    verb = "Disable key"
    explanation = (
        "Nobody can encrypt or decrypt with the key until it is enabled again. "
        "What depends on it fails at once."
    )
    done = "The key is disabled."
    dangerous = True
