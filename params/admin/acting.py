"""What pages that do something to one parameter have in common."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.actions import Action
from params.admin.parameter import OneParameter
from params.operations.describe_parameters import ParameterMetadata

MOST_DIGITS = 18


class ParameterAction(OneParameter, Action):
    template = "console/params/action.html"
    title = Action.title

    def back(self) -> str:
        return self.address()

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"Name": self.name}


def number(text: str) -> int | None:
    """A version's number out of a page's address; None if it is none."""
    sound = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if sound else None
