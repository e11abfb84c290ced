"""A secret's resource policy: checked, looked at, and then put."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.difference import difference
from console.fields import PLAIN, replace_sent
from secrets_app.admin.acting import SecretAction
from secrets_app.admin.secret import written
from secrets_app.operations.delete_resource_policy import DeleteResourcePolicy
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.get_resource_policy import GetResourcePolicy
from secrets_app.operations.put_resource_policy import PutResourcePolicy
from secrets_app.operations.validate_resource_policy import ValidateResourcePolicy

MOST_LETTERS = 20_480


class PolicyForm(forms.Form):
    """`checked` says which text was checked: another has to be checked again."""

    policy = forms.CharField(
        label="Resource policy",
        max_length=MOST_LETTERS,
        help_text='JSON. Each statement names its principals; Resource is "*", this secret.',
        widget=forms.Textarea(attrs={"rows": 16, **PLAIN, "class": "code"}),
    )
    block = forms.BooleanField(
        label="Refuse a policy that lets everybody in", required=False, initial=True
    )
    checked = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_checked(self) -> bool:
        found = self.cleaned_data
        return hmac.compare_digest(found["checked"], _digest(found["policy"]))

    def check_off(self) -> None:
        replace_sent(self, "checked", _digest(self.cleaned_data["policy"]))


class Policy(SecretAction):
    """What is sent first is checked, and its findings are shown; what was checked is put."""

    operation = PutResourcePolicy
    template = "console/secrets/policy.html"
    form_class = PolicyForm
    verb = "Put policy"
    explanation = "The policy decides from now on, beside the policies of the principals."
    done = "The policy is in force."
    refused_field = "policy"

    def new_form(self, subject: DescribeSecretOutput) -> PolicyForm:
        return PolicyForm(initial={"policy": self._in_force() or _start(self.caller.account)})

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        subject = self.describe()
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.asking(subject, form, status=UNPROCESSABLE)
        return super().post(request, **path) if form.is_checked else self._check(subject, form)

    def _check(self, subject: DescribeSecretOutput, form: PolicyForm) -> HttpResponse:
        text = form.cleaned_data["policy"]
        asked = {"SecretId": self.id, "ResourcePolicy": text}
        answer = self.try_to_ask(ValidateResourcePolicy, asked)
        if answer.refusal is not None:
            told = self.told(form, answer)
            return self.asking(subject, form, status=answer.refusal.status, **told)
        form.check_off()
        before = self._in_force()
        after = text.replace("\r\n", "\n").split("\n")
        lines = difference(before.split("\n") if before else [], after)
        return self.asking(
            subject, form, checked=True, findings=answer.output.validation_errors, lines=lines
        )

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        given = form.cleaned_data
        told = {"ResourcePolicy": given["policy"], "BlockPublicPolicy": given["block"]}
        return {"SecretId": self.id, **told}

    def _in_force(self) -> str:
        """The policy that the secret has, one line for each thing it says; empty if it has none."""
        output = self.try_to_ask(GetResourcePolicy, {"SecretId": self.id}).output
        return written(output.resource_policy) if output else ""


class DeletePolicy(SecretAction):
    operation = DeleteResourcePolicy
    verb = "Delete policy"
    explanation = (
        "Who may use the secret by this policy alone, such as principals of other accounts, may "
        "no more; and what it refused is not refused by it any more."
    )
    done = "The policy is deleted."
    dangerous = True


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _start(account: str) -> str:
    """A policy to begin with: the account may read the secret, as its own policies say."""
    statement = {
        "Sid": "Readers",
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
