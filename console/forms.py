"""Forms of the console's own pages."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from console.models import Operator
from console.sign_in import SignInFailed, sign_in
from service.errors import ServiceError


class SignInForm(forms.Form):
    """What Django's LoginView asks of its form: `request`, and `get_user` once it is valid."""

    username = forms.CharField(
        max_length=150,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._operator: Operator | None = None

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if {"username", "password"} <= given.keys():
            try:
                self._operator = sign_in(self._request, given["username"], given["password"])
            except SignInFailed:
                raise forms.ValidationError("The username or the password is wrong.") from None
            except ServiceError as error:
                raise forms.ValidationError(error.message) from None
        return given

    def get_user(self) -> AbstractBaseUser | None:
        return self._operator
