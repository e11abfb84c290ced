"""Moving staging labels from version to version, and taking them off."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from console.fields import PLAIN
from secrets_app.admin.acting import SecretAction, holder_of
from secrets_app.lookup import CURRENT, PREVIOUS
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage


class OfVersion(SecretAction):
    """Something that is done with a label and the version that the address names."""

    operation = UpdateSecretVersionStage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.version = request.GET.get("version", "")
        if not self.version:
            raise Http404

    def asking(self, *given: Any, **more: Any) -> Any:
        return super().asking(*given, version=self.version, **more)

    def _moved(self, subject: DescribeSecretOutput, label: str) -> Mapping[str, Any]:
        """What puts the label on the version, whatever version has it now."""
        holder = holder_of(subject, label)
        given = {"VersionStage": label, "MoveToVersionId": self.version, "SecretId": self.id}
        return given | ({"RemoveFromVersionId": holder} if holder else {})


class LabelForm(forms.Form):
    label = forms.CharField(
        max_length=256,
        help_text="A word of your own, by which programs can ask for this version. "
        "If another version has it, it moves.",
        widget=forms.TextInput(attrs=PLAIN),
    )

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if label == CURRENT:
            raise forms.ValidationError(
                f"{CURRENT} decides what applications read: choose “Make current” instead."
            )
        return label


class Label(OfVersion):
    form_class = LabelForm
    verb = "Add label"
    explanation = "Whoever reads the secret by this label gets this version from now on."
    done = "The version has the label."
    refused_field = "label"

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return self._moved(subject, form.cleaned_data["label"])


class MakeCurrent(OfVersion):
    verb = "Make current"
    done = "The version is current."
    dangerous = True

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            "All that read the secret without saying which version, as applications do, read "
            f"version {self.version} from now on. The version that is current now gets the label "
            f"{PREVIOUS}. The database or service whose password this is does not change: be "
            "sure that it takes the value of this version."
        )

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if holder_of(subject, CURRENT) == self.version:
            return "This version is current already."
        return super().obstacle(subject)

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return self._moved(subject, CURRENT)


class Unlabel(OfVersion):
    verb = "Remove label"
    done = "The label is removed."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.label = request.GET.get("label", "")
        if not self.label:
            raise Http404

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"Whoever reads the secret by the label {self.label} finds nothing from now on. "
            "A version without labels is kept while it is among the newest 100, or younger than "
            "a day."
        )

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        removed = {"VersionStage": self.label, "RemoveFromVersionId": self.version}
        return {"SecretId": self.id, **removed}
