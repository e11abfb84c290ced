"""What is done to one thing: a page each, which says what will happen and asks first."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.pages import Answer, Page
from service.operation import Operation

UNPROCESSABLE = 422


class Action(Page):
    """`verb` is on the button, `done` is said afterwards; `explanation` says what it does.

    `refused_field` is the form's field at which to say why the operation did not succeed.
    """

    http_method_names = ["get", "head", "post"]
    template = "console/action.html"
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

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        subject = self.describe()
        return self.asking(subject, self.new_form(subject))

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        subject = self.describe()
        form = self.form(subject)
        if not form.is_valid():
            return self.asking(subject, form, status=UNPROCESSABLE)
        answer = self.try_to_ask(self.operation, self.params(subject, form))
        if answer.refusal is None:
            return self.succeeded(subject, form, answer.output)
        return self.asking(subject, form, status=answer.refusal.status, **self.told(form, answer))

    def describe(self) -> Any:
        """What it is done to. Raises Refused."""
        raise NotImplementedError

    def back(self) -> str:
        """The address of the page of what it is done to."""
        raise NotImplementedError

    def new_form(self, subject: Any) -> forms.Form:
        return self.form_class()

    def form(self, subject: Any) -> forms.Form:
        return self.form_class(self.request.POST)

    def params(self, subject: Any, form: forms.Form) -> Mapping[str, Any]:
        """What the operation is asked."""
        raise NotImplementedError

    def succeeded(self, subject: Any, form: forms.Form, output: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect(self.back())

    def told(self, form: forms.Form, answer: Answer) -> dict[str, Any]:
        """Why it did not succeed: at the field, unless that is a matter of policies."""
        refusal = answer.refusal
        if refusal is None or refusal.denied or not self.refused_field:
            return {"refusal": refusal}
        form.add_error(self.refused_field, refusal.message)
        return {}

    def asking(
        self, subject: Any, form: forms.Form, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        return self.show(
            subject=subject,
            form=form,
            status=status,
            verb=self.verb,
            explanation=self.explanation,
            dangerous=self.dangerous,
            obstacle=self.obstacle(subject),
            back=self.back(),
            **more,
        )

    def obstacle(self, subject: Any) -> str:
        """Why this cannot be done to it as it stands; empty if it can."""
        return ""
