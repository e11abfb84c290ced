"""Who calls, as operations see it."""

import pytest

from tests.service.callers import caller


def test_a_principal_goes_by_the_name_of_the_regions_partition():
    assert caller("cn-north-1").principal.arn == "arn:aws-cn:iam::111111111111:user/u"
    assert caller("us-east-1").principal.arn == "arn:aws:iam::111111111111:user/u"


@pytest.mark.parametrize(
    ("role", "named"),
    [("", ""), ("arn:aws:iam::111111111111:role/r", "arn:aws-cn:iam::111111111111:role/r")],
)
def test_so_does_its_role_if_there_is_one(role, named):
    assert caller("cn-north-1", role_arn=role).principal.role_arn == named
