"""What is done to one key: a page each, which says what will happen and asks first."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.pages import Answer
from keys import states
from keys.admin.key import OneKey
from keys.models import KeyManager, KeyState
from keys.operations.disable_key import DisableKey
from keys.operations.enable_key import EnableKey
from keys.shapes import KeyMetadata
from service.operation import Operation

UNPROCESSABLE = 422


class Action(OneKey):
    """`verb` is on the button, `done` is said afterwards; `explanation` says what it does.

    `refused_field` is the form's field at which to say why the operation did not succeed.
    """

    http_method_names = ["get", "head", "post"]
    template = "console/keys/action.html"
    form_class: ClassVar[type[forms.Form]] = forms.Form
    operation: ClassVar[type[Operation[Any, Any]]]
    verb: ClassVar[str]
    explanation: ClassVar[str]
    done: ClassVar[str]
    dangerous: ClassVar[bool] = False
    refused_field: ClassVar[str] = ""

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.verb

    def get(self, request: HttpRequest, region: str, key_id: str, **path: str) -> HttpResponse:
        return self.asking(self.describe(), self.form_class())

    def post(self, request: HttpRequest, region: str, key_id: str, **path: str) -> HttpResponse:
        key = self.describe()
        form = self.form()
        if not form.is_valid():
            return self.asking(key, form, status=UNPROCESSABLE)
        answer = self.try_to_ask(self.operation, self.params(form))
        if answer.refusal is None:
            messages.success(request, self.done)
            return redirect("admin:key", region=region, key_id=key_id)
        return self.asking(key, form, status=answer.refusal.status, **self.told(form, answer))

    def form(self) -> forms.Form:
        return self.form_class(self.request.POST)

    def params(self, form: forms.Form) -> Mapping[str, Any]:
        """What the operation is asked."""
        return {"KeyId": self.key_id}

    def told(self, form: forms.Form, answer: Answer) -> dict[str, Any]:
        """Why it did not succeed: at the field, unless that is a matter of policies."""
        refusal = answer.refusal
        if refusal is None or refusal.denied or not self.refused_field:
            return {"refusal": refusal}
        form.add_error(self.refused_field, refusal.message)
        return {}

    def asking(
        self, key: KeyMetadata, form: forms.Form, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        return self.show(
            key=key,
            form=form,
            status=status,
            verb=self.verb,
            explanation=self.explanation,
            dangerous=self.dangerous,
            obstacle=self.obstacle(key),
            **more,
        )

    def obstacle(self, key: KeyMetadata) -> str:
        """Why this cannot be done to the key as it stands; empty if it can."""
        if key.key_manager == KeyManager.AWS:
            return "The key serves one service only: AWS manages it, and nobody else changes it."
        arn = key.arn or ""
        error = states.refusal(self.operation.name, arn, KeyState(key.key_state or ""))
        return error.message.replace(arn, "The key") if error else ""


class Enable(Action):
    operation = EnableKey
    verb = "Enable key"
    explanation = "The key can be used again, by everybody whom its policy and theirs allow to."
    done = "The key is enabled."


class Disable(Action):
    operation = DisableKey
    verb = "Disable key"
    explanation = (
        "Nobody can use the key until it is enabled again. What depends on it fails at once."
    )
    done = "The key is disabled."
    dangerous = True
