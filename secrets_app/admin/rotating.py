"""What is done about a secret's rotation: begun now, tried again, turned off."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse

from secrets_app.admin import rotations
from secrets_app.admin.acting import SecretAction, current_of, holder_of
from secrets_app.lookup import PENDING
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.rotation import functions
from secrets_app.rotation.models import State
from secrets_app.rotation.operations.cancel_rotate_secret import CancelRotateSecret
from secrets_app.rotation.operations.rotate_secret import RotateSecret
from service.ids import uuid4


class TokenForm(forms.Form):
    """`token`: the id of the version to be, so that what is sent twice begins one rotation."""

    token = forms.CharField(min_length=32, max_length=64, widget=forms.HiddenInput)


class OfRotation(SecretAction):
    def back(self) -> str:
        return self.address("secret_rotation")


class RotateNow(OfRotation):
    """Also what tries again: a version that was begun is gone on with, and none is made anew."""

    operation = RotateSecret
    template = "console/secrets/rotate.html"
    verb = "Rotate now"
    done = "The rotation has begun. A worker goes on with it."

    def new_form(self, subject: DescribeSecretOutput) -> TokenForm:
        return TokenForm(initial={"token": left_behind(subject) or uuid4()})

    form_class = TokenForm

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            "The rotation function makes a new value, has the database or service take it, tries "
            "it, and makes it current. Programs that keep the old value for long have to read the "
            "secret again. If it fails, the current value stays as it is."
        )

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if not subject.rotation_lambda_arn:
            return "No rotation function is configured for this secret."
        last = rotations.last_of(subject)
        if last is not None and last.state == State.RUNNING:
            return "A rotation is running."
        return super().obstacle(subject)

    def asking(self, subject: DescribeSecretOutput, *given: Any, **more: Any) -> HttpResponse:
        begun = left_behind(subject)
        arn = subject.rotation_lambda_arn or ""
        more["function"] = functions.name_in(arn) or arn
        return super().asking(subject, *given, begun=begun, version=begun, **more)

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return {"SecretId": self.id, "ClientRequestToken": form.cleaned_data["token"]}


class CancelRotation(OfRotation):
    operation = CancelRotateSecret
    verb = "Cancel rotation"
    explanation = (
        "The secret is not rotated any more until rotation is configured again, and a rotation "
        "that goes on ends where it is. That can leave staging labels as nobody expects them: "
        "AWSPENDING on a version that was only begun, which you may have to remove; and if the "
        "database or service has taken the new value already, you have to make that version "
        "current, or have the database go back to the old one. The versions on the secret's page "
        "say which label is where."
    )
    done = "Rotation is off."
    dangerous = True

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        last = rotations.last_of(subject)
        if not subject.rotation_enabled and (last is None or last.finished is not None):
            return "Rotation is off already, and none goes on."
        return super().obstacle(subject)


def left_behind(subject: DescribeSecretOutput) -> str:
    """The id of a version that a rotation began and did not complete; empty if there is none."""
    pending = holder_of(subject, PENDING)
    return "" if pending == current_of(subject) else pending
