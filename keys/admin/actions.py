"""What is done to one key."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from console.actions import Action
from keys import states
from keys.admin.key import OneKey
from keys.models import KeyManager, KeyState
from keys.operations.disable_key import DisableKey
from keys.operations.enable_key import EnableKey
from keys.shapes import KeyMetadata


class KeyAction(OneKey, Action):
    template = "console/keys/action.html"
    title = Action.title

    def back(self) -> str:
        return reverse("admin:key", args=[self.region, self.key_id])

    def params(self, subject: KeyMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"KeyId": self.key_id}

    def obstacle(self, subject: KeyMetadata) -> str:
        if subject.key_manager == KeyManager.AWS:
            return "The key serves one service only: AWS manages it, and nobody else changes it."
        arn = subject.arn or ""
        error = states.refusal(self.operation.name, arn, KeyState(subject.key_state or ""))
        return error.message.replace(arn, "The key") if error else ""


class Enable(KeyAction):
    operation = EnableKey
    verb = "Enable key"
    explanation = "The key can be used again, by everybody whom its policy and theirs allow to."
    done = "The key is enabled."


class Disable(KeyAction):
    operation = DisableKey
    verb = "Disable key"
    explanation = (
        "Nobody can use the key until it is enabled again. What depends on it fails at once."
    )
    done = "The key is disabled."
    dangerous = True
