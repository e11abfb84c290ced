"""Making a parameter, and its next version."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.actions import UNPROCESSABLE
from console.fields import TagsField, replace_sent
from console.pages import Answer, Page
from keys.admin.choosing import aliases
from params.admin.acting import ParameterAction
from params.data_types import KNOWN, TEXT
from params.models import MOST_NAME, Tier, Type
from params.operations.describe_parameters import ParameterMetadata
from params.operations.put_parameter import PutParameter
from params.secure import DEFAULT_KEY
from params.tiers import INTELLIGENT, MOST_ADVANCED, MOST_STANDARD

TYPES = [
    (Type.STRING, "String: a text"),
    (Type.STRING_LIST, "StringList: several texts, with commas between"),
    (Type.SECURE_STRING, "SecureString: a secret, encrypted under a KMS key"),
]
TIERS = [
    (Tier.STANDARD, f"Standard: up to {MOST_STANDARD:,} bytes"),
    (Tier.ADVANCED, f"Advanced: up to {MOST_ADVANCED:,} bytes; there is no way back"),
    (INTELLIGENT, "Intelligent-Tiering: Advanced where the parameter needs it"),
]
DATA_TYPES = [(each, each) for each in KNOWN]
# where in the form to say why PutParameter did not succeed
_FIELDS = {
    "ParameterAlreadyExists": "name",
    "HierarchyLevelLimitExceededException": "name",
    "InvalidKeyId": "key_id",
    "InvalidAllowedPatternException": "allowed_pattern",
    "ParameterPatternMismatchException": "value",
    **dict.fromkeys(
        (
            "InvalidPolicyAttributeException",
            "InvalidPolicyTypeException",
            "IncompatiblePolicyException",
            "PoliciesLimitExceededException",
        ),
        "policies",
    ),
}
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _text(**more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={**_PLAIN, **more.pop("attrs", {})})
    return forms.CharField(required=more.pop("required", False), widget=widget, **more)


class VersionForm(forms.Form):
    """What is said of every version. A secret that was typed is never sent back."""

    value = forms.CharField(
        strip=False,
        help_text="Kept as it is typed, line breaks as one character each.",
        widget=forms.Textarea(attrs={"rows": 6, **_PLAIN}),
    )
    key_id = _text(
        label="KMS key",
        max_length=256,
        help_text=f"Of a SecureString: an id, an ARN or an alias. {DEFAULT_KEY} if it is empty.",
        attrs={"list": "kms-keys"},
    )
    tier = forms.ChoiceField(choices=TIERS, required=False)
    description = forms.CharField(required=False, max_length=1024)
    allowed_pattern = _text(
        max_length=1024,
        help_text="A regular expression that each value has to match. It may be empty.",
    )
    policies = forms.CharField(
        required=False,
        max_length=4096,
        help_text="When it expires, and when webhooks are told of that or that nothing changed. "
        'A JSON list as AWS has it: [{"Type": "Expiration", "Version": "1.0", "Attributes": '
        '{"Timestamp": "2030-12-31T00:00:00Z"}}]. It takes the Advanced tier.',
        widget=forms.Textarea(attrs={"rows": 3, **_PLAIN}),
    )

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"]
        return value.replace("\r\n", "\n")  # as browsers send what was typed as "\n"

    def told(self, answer: Answer) -> dict[str, Any]:
        """Why it did not succeed: at its field if there is one for that."""
        refusal = answer.refusal
        field = _FIELDS.get(refusal.code, "") if refusal else ""
        if refusal is None or field not in self.fields:
            return {"refusal": refusal}
        self.add_error(field, refusal.message)
        return {}

    def forget(self) -> None:
        """Drop the value that was typed, before the form is shown again."""
        if self.data.get("value") and self.errors is not None:
            replace_sent(self, "value", "")
            self.add_error("value", "A secret is not sent back to you. Please type it again.")

    def params(self) -> dict[str, Any]:
        """What PutParameter is asked."""
        given = self.cleaned_data
        asked = {
            "Value": given["value"],
            "Description": given["description"],
            "AllowedPattern": given["allowed_pattern"],
        }
        more = {
            "Tier": given["tier"],
            "KeyId": given.get("key_id"),
            "Policies": given["policies"],
        }
        return asked | {name: told for name, told in more.items() if told}


class ParameterForm(VersionForm):
    field_order = ("name", "type", "value")
    name = _text(
        required=True,
        max_length=MOST_NAME,
        help_text="Letters, digits and . - _; with slashes, a place in a hierarchy: /shop/url.",
    )
    type = forms.ChoiceField(choices=TYPES, initial=Type.STRING)
    data_type = forms.ChoiceField(
        choices=DATA_TYPES,
        initial=TEXT,
        required=False,
        help_text="What each value is checked to be.",
    )
    tags = TagsField()

    def params(self) -> dict[str, Any]:
        given = self.cleaned_data
        tags = [{"Key": name, "Value": told} for name, told in given["tags"]]
        return {
            **super().params(),
            "Name": given["name"],
            "Type": given["type"],
            "DataType": given["data_type"] or TEXT,
            **({"Tags": tags} if tags else {}),
        }


class ChangeForm(VersionForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, subject: ParameterMetadata, **more: Any) -> None:
        super().__init__(*args, **more)
        self._subject = subject
        if subject.type != Type.SECURE_STRING:
            del self.fields["key_id"]

    def clean_policies(self) -> str:
        """Nothing if they stay, so that what was done of them stays done; "[]" for none."""
        given: str = self.cleaned_data["policies"].replace("\r\n", "\n")
        if given == policies_of(self._subject):
            return ""
        return given or "[]"

    def clean(self) -> dict[str, Any]:
        found, now = self.cleaned_data, self._subject.version
        if found.get("version") not in (None, now):
            replace_sent(self, "version", str(now))
            raise forms.ValidationError(
                f"Somebody else made version {now} meanwhile. Look at it, then send this again."
            )
        return found


class Create(Page):
    http_method_names = ["get", "head", "post"]
    section, title = "parameters", "Create parameter"
    template = "console/params/create.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self._asking(ParameterForm(initial={"name": request.GET.get("path", "")}))

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = ParameterForm(request.POST)
        if not form.is_valid():
            return self._asking(form, status=UNPROCESSABLE)
        answer = self.try_to_ask(PutParameter, form.params())
        if answer.refusal is not None:
            return self._asking(form, status=answer.refusal.status, **form.told(answer))
        messages.success(request, "The parameter is made.")
        name = form.cleaned_data["name"].strip(" ")
        return redirect(reverse("admin:parameter", args=[region], query={"name": name}))

    def _asking(self, form: ParameterForm, **more: Any) -> HttpResponse:
        if self.request.POST.get("type") not in (Type.STRING, Type.STRING_LIST):
            form.forget()
        return self.show(form=form, aliases=aliases(self), **more)


class Change(ParameterAction):
    operation = PutParameter
    template = "console/params/change.html"
    verb = "Put new version"
    explanation = (
        "Whoever reads the parameter gets the new value from now on. Earlier versions stay in "
        "its history; beyond 100, the oldest goes."
    )
    done = "The new version is made."

    def new_form(self, subject: ParameterMetadata) -> ChangeForm:
        told = ("version", "key_id", "tier", "description", "allowed_pattern")
        initial = {name: getattr(subject, name) for name in told}
        return ChangeForm(subject=subject, initial={**initial, "policies": policies_of(subject)})

    def form(self, subject: ParameterMetadata) -> ChangeForm:
        return ChangeForm(self.request.POST, subject=subject)

    def params(self, subject: ParameterMetadata, form: Any) -> Mapping[str, Any]:
        return {**super().params(subject, form), **form.params(), "Overwrite": True}

    def told(self, form: Any, answer: Answer) -> dict[str, Any]:
        found: dict[str, Any] = form.told(answer)
        return found

    def asking(
        self, subject: ParameterMetadata, form: Any, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        secret = subject.type == Type.SECURE_STRING
        if secret:
            form.forget()
        names = aliases(self) if secret else []
        return super().asking(subject, form, status=status, aliases=names, **more)


def policies_of(subject: ParameterMetadata) -> str:
    """As they can be written into the form, one a line; empty if there are none."""
    texts = ",\n".join(each.policy_text for each in subject.policies)
    return f"[{texts}]" if texts else ""
