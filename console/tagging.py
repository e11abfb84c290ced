"""Setting a tag of a thing, and removing one: pages that sections have in common."""

from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest

from console.actions import Action


class TagForm(forms.Form):
    tag = forms.CharField(label="Name", max_length=128)
    value = forms.CharField(required=False, max_length=256)

    @property
    def told(self) -> dict[str, str]:
        """The tag as AWS has it."""
        return {"Key": self.cleaned_data["tag"], "Value": self.cleaned_data["value"]}


class SetTag(Action):
    """`thing`: what people call what has the tag."""

    thing: ClassVar[str]
    form_class = TagForm
    verb = "Set tag"
    done = "The tag is set."
    refused_field = "tag"

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"The {self.thing} gets the tag, or the tag that it has gets the new value. Policies "
            f"may allow or refuse by tags: who may use the {self.thing} may change."
        )

    def new_form(self, subject: Any) -> TagForm:
        return TagForm(initial={name: self.request.GET.get(name, "") for name in ("tag", "value")})


class RemoveTag(Action):
    """The same; `tag` is the name that the address has."""

    thing: ClassVar[str]
    verb = "Remove tag"
    done = "The tag is removed."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.tag = request.GET.get("tag", "")
        if not self.tag:
            raise Http404

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"The {self.thing} has the tag {self.tag} no more. Policies may allow or refuse by "
            f"tags: who may use the {self.thing} may change."
        )
