"""Making a key."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.fields import TagsField
from console.pages import Page
from console.refusals import Refusal, refusal_of
from iam.authorize import authorize
from keys import aliases
from keys.admin.naming import AliasField
from keys.operations.create_alias import CreateAlias
from keys.operations.create_key import CreateKey
from keys.shapes import ALGORITHM_MEMBERS
from keys.specs import (
    AWS_KMS,
    ENCAPSULATE_DECAPSULATE,
    ENCRYPT_DECRYPT,
    EXTERNAL,
    GENERATE_VERIFY_MAC,
    KEY_AGREEMENT,
    SIGN_VERIFY,
    SPECS,
    SYMMETRIC_DEFAULT,
)
from service.call import refuse
from service.errors import ServiceError
from service.operation import Call

DEFAULT = f"{SYMMETRIC_DEFAULT} {ENCRYPT_DECRYPT}"
USAGES: Mapping[str, str] = {
    ENCRYPT_DECRYPT: "Encrypt and decrypt",
    SIGN_VERIFY: "Sign and verify",
    GENERATE_VERIFY_MAC: "Make and verify MACs",
    KEY_AGREEMENT: "Agree on a secret with another key",
    ENCAPSULATE_DECAPSULATE: "Encapsulate secrets",
}
ORIGINS = [
    (AWS_KMS, "AWS_KMS: made here"),
    (EXTERNAL, "EXTERNAL: brought along, after the key is made"),
]


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each KeyUsage with the KeySpecs that can have it; a choice is "SPEC USAGE"."""
    return [
        (
            f"{USAGES[usage]} ({usage})",
            [(f"{name} {usage}", name) for name, spec in SPECS.items() if usage in spec.algorithms],
        )
        for usage in ALGORITHM_MEMBERS
        if any(usage in spec.algorithms for spec in SPECS.values())
    ]


class KeyForm(forms.Form):
    alias = AliasField(required=False)
    description = forms.CharField(required=False, max_length=8192)
    kind = forms.ChoiceField(label="Spec and usage", choices=kinds, required=False, initial=DEFAULT)
    origin = forms.ChoiceField(
        label="Origin of the material", choices=ORIGINS, required=False, initial=AWS_KMS
    )
    multi_region = forms.BooleanField(
        label="Multi-Region key",
        required=False,
        help_text="It can be replicated to other regions. This cannot be changed later.",
    )
    tags = TagsField()

    def params(self) -> dict[str, Any]:
        """What CreateKey is asked."""
        given = self.cleaned_data
        spec, _, usage = (given["kind"] or DEFAULT).partition(" ")
        return {
            "Description": given["description"],
            "KeySpec": spec,
            "KeyUsage": usage,
            "Origin": given["origin"] or AWS_KMS,
            "MultiRegion": given["multi_region"],
            "Tags": [{"TagKey": name, "TagValue": told} for name, told in given["tags"]],
        }


class Create(Page):
    http_method_names = ["get", "head", "post"]
    section, title = "keys", "Create key"
    template = "console/keys/create.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self.show(form=KeyForm())

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        alias = form.cleaned_data["alias"]
        if alias and (refusal := self._refusal_of(alias)):
            if not refusal.denied:
                form.add_error("alias", refusal.message)
            return self.show(
                form=form, refusal=refusal if refusal.denied else None, status=refusal.status
            )
        made = self.try_to_ask(CreateKey, form.params())
        if made.refusal is not None:
            return self.show(form=form, refusal=made.refusal, status=made.refusal.status)
        key_id = made.output.key_metadata.key_id
        self._name(key_id, alias)
        return redirect("admin:key", region=region, key_id=key_id)

    def _refusal_of(self, alias: str) -> Refusal | None:
        """Why CreateAlias would refuse the alias, whatever its key is.

        It is asked before there is a key, so that no key is made that has not got the name
        that was wanted. This is no call of CreateAlias; a refusal is recorded as one.
        """
        caller = self.caller
        check = aliases.check(Call(caller), CreateAlias.name, alias)
        try:
            aliases.require_sound(alias)
            authorize(caller, check)
            aliases.require_free(caller, alias)
        except ServiceError as error:
            refuse(caller, CreateAlias.name, error)
            return refusal_of(error)
        return None

    def _name(self, key_id: str, alias: str) -> None:
        """A call of its own, as on AWS: somebody else may have taken the alias meanwhile."""
        refusal: Refusal | None = None
        if alias:
            params: dict[str, Any] = {"AliasName": alias, "TargetKeyId": key_id}
            refusal = self.try_to_ask(CreateAlias, params).refusal
        if refusal is None:
            messages.success(self.request, "The key is made.")
        else:
            messages.warning(
                self.request,
                f"The key is made, but it has not got the alias {alias}: "
                f"{refusal.message or refusal.code} You can add another alias below.",
            )
