"""The first account with its administrator, made once at first start."""

from django.db import transaction

from iam import access_keys, revision
from iam.access_keys import Credential
from iam.aws_managed import administrator_access
from iam.models import AccessKey, Account, User

ADMINISTRATOR = "administrator"


def first_account(account_id: str, key_id: str = "", secret: str = "") -> Credential:
    """The administrator's access key in the account; both are made where there are none.

    Called again, it returns the key that is there, so that a start that was killed
    before it wrote the credentials down can be repeated.
    """
    with transaction.atomic():
        account, _ = Account.objects.get_or_create(id=account_id)
        user, made = User.objects.get_or_create(account=account, name=ADMINISTRATOR)
        if made:
            user.policies.add(administrator_access())
        key = AccessKey.objects.filter(user=user, active=True).order_by("created").first()
        credential = access_keys.opened(key.id) if key else None
        if credential is None:
            credential = access_keys.create(account, user, key_id=key_id, secret=secret)
            revision.move_on()
    return credential
