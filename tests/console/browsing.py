"""An operator at a browser: Django's test client, signed in as an IAM user."""

import html
import re
from typing import Any

from django.test import Client

from console.models import Operator
from iam.models import User
from tests.support import people

PASSWORD = "correct horse battery staple"
HOME = f"/console/{people.REGION}/"
KEYS = f"{HOME}keys/"
PARAMETERS = f"{HOME}parameters/"
SECRETS = f"{HOME}secrets/"
TRAIL = f"{HOME}audit/"
SIGN_IN = "/console/login/"


def operator(user: User, password: str = PASSWORD) -> Operator:
    made = Operator(username=user.name, user=user)
    made.set_password(password)
    made.save()
    return made


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(bare).split())


class Browser:
    """`user` signed in, without the form."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(operator(user))

    def get(self, page: str, /, status: int = 200, **asked: str) -> Any:
        response = self.client.get(page, asked)
        assert response.status_code == status, text_of(response)
        return response

    def read(self, page: str, /, status: int = 200, **asked: str) -> str:
        return text_of(self.get(page, status, **asked))

    def send(self, path: str, status: int = 302, **given: Any) -> Any:
        response = self.client.post(path, given)
        assert response.status_code == status, text_of(response)
        return response

    def create_key(self, **given: Any) -> str:
        """Through the form; the key's id."""
        where: str = self.send(f"{KEYS}create/", **given)["Location"]
        return where.rstrip("/").rpartition("/")[2]
