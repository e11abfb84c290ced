"""Documents: what is a policy, and why something is none."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iam.errors import MalformedPolicyDocument
from iam.policy import principals
from iam.policy.document import Policy, PolicyKind
from tests.iam.policy.asking import (
    ACCOUNT,
    ALICE,
    ALL,
    KEY,
    allow,
    allows,
    decided,
    policy,
    question,
)

PRINCIPAL = {"Principal": "*"}


def why(text, kind=PolicyKind.IDENTITY):
    with pytest.raises(MalformedPolicyDocument) as refused:
        Policy.parse(text if isinstance(text, str) else json.dumps(text), kind)
    return refused.value.message


def why_statement(statement, kind=PolicyKind.IDENTITY):
    return why({"Version": "2012-10-17", "Statement": [statement]}, kind)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ('{"Id": "\\ud800"}', "not valid JSON"),
        ("[" * 5000, "not valid JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "must have a Statement"),
        ('{"Statement": []}', "must have a Statement"),
        ('{"Statement": "x"}', "must have a Statement"),
        ('{"Statement": [1]}', "Statement 1 must be an object"),
        ('{"Version": "2020-01-01", "Statement": []}', "Version must be one of"),
        ('{"Version": 1, "Statement": []}', "Version must be one of"),
        ('{"Id": 1, "Statement": []}', "Id must be text"),
        ('{"Statements": []}', "must not have the element Statements"),
        ('{"Statement": [], "Statement": []}', "two members of one name"),
    ],
)
def test_a_text_that_is_no_policy_says_why(text, says):
    assert says in why(text)


def test_a_document_has_at_most_131072_letters():
    text = json.dumps({"Statement": ALL})

    Policy.parse(text.ljust(131_072), PolicyKind.IDENTITY)
    assert why(text.ljust(131_073)) == "The policy is longer than 131072 letters."


@pytest.mark.parametrize(
    "statements",
    [
        [ALL] * 2000,
        [{**ALL, "Action": [f"a{number}:*" for number in range(8000)]}],
        [{**ALL, "Resource": [f"arn:{number}*" for number in range(8000)]}],
        [{**ALL, "Resource": "arn:aws:kms:us-east-1:111122223333:" + "x" * 130_000 + "*"}],
        [{**ALL, "Condition": {"StringLike": {"k": [f"?{number}*" for number in range(8000)]}}}],
        [{**ALL, "Condition": {"StringLike": {"k": "*a?" * 40_000}}}],
        [{**ALL, "Condition": {"StringLike": {"k": "${a}" * 30_000}}}],
    ],
)
def test_the_greatest_documents_are_read_in_no_time(statements):
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    began = time.process_time()

    Policy.parse(text, PolicyKind.IDENTITY)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ({**ALL, "Effect": "allow"}, "the Effect Allow or Deny"),
        ({"Action": "*", "Resource": "*"}, "the Effect Allow or Deny"),
        ({**ALL, "Sid": 1}, "text as its Sid"),
        ({**ALL, "Sid": "Mine", "Effect": ""}, "Statement Mine must"),
        ({"Effect": "Allow", "Resource": "*"}, "either Action or NotAction"),
        ({**ALL, "NotAction": "*"}, "either Action or NotAction"),
        ({**ALL, "Action": []}, "as its Action"),
        ({**ALL, "Action": [1]}, "as its Action"),
        ({**ALL, "Action": "Encrypt"}, "has Encrypt as its Action"),
        ({**ALL, "Action": "kms:En crypt"}, "as its Action"),
        ({"Effect": "Allow", "Action": "*"}, "either Resource or NotResource"),
        ({**ALL, "Resource": "key/1"}, "a Resource that cannot be: key/1 is not an ARN"),
        ({**ALL, "Resource": "arn:aws:kms:*:key/1"}, "is not an ARN"),
        ({**ALL, "Resource": "arn:aws:secretsmanager:*:secret:x"}, "there is no account"),
        ({**ALL, "Sid": "Not here"}, "only letters and digits in its Sid"),
        ({**ALL, "Resource": "arn:aws:kms:${"}, "a variable is not closed"),
        ({**ALL, "Principal": "*"}, "must not have the element Principal"),
        ({**ALL, "Actoin": "*"}, "must not have the element Actoin"),
    ],
)
def test_a_statement_that_is_none_says_why(statement, says):
    assert says in why_statement(statement)


@pytest.mark.parametrize(
    ("principal", "says"),
    [
        (None, "either Principal or NotPrincipal"),
        ("alice", 'must be "*" or an object'),
        ({}, 'must be "*" or an object'),
        ({"AWS": "alice"}, "names alice, which can be no principal"),
        ({"AWS": "arn:aws:iam::1234:root"}, "can be no principal"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, "can be no principal"),
        ({"AWS": [1]}, "must have texts under AWS"),
        ({"Service": "*"}, "names *, which can be no service"),
        ({"Service": ""}, "which can be no service"),
        ({"Service": 1}, "must have texts under Service"),
        ({"Federated": {}}, "must have texts under Federated"),
        ({"Person": "x"}, "has the unknown kind Person"),
    ],
)
def test_a_principal_that_cannot_be_says_why(principal, says):
    statement = {**ALL, "Principal": principal} if principal is not None else ALL

    assert says in why_statement(statement, PolicyKind.RESOURCE)


def test_a_statement_that_allows_says_whom():
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": ALICE}}

    assert "must not allow with NotPrincipal" in why_statement(statement, PolicyKind.RESOURCE)


def test_a_message_does_not_quote_the_whole_policy():
    assert len(why_statement({**ALL, "Resource": "x" * 9000})) == 500


def test_statement_ids_are_unique():
    twice = {"Statement": [{**ALL, "Sid": "a"}, {**ALL, "Sid": "a"}]}

    assert "must be unique" in why(twice)


def test_one_statement_needs_no_list():
    assert len(Policy.parse(json.dumps({"Statement": ALL}), PolicyKind.IDENTITY).statements) == 1


def test_a_trust_policy_has_principals_and_no_resources():
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **PRINCIPAL}

    assert (
        policy(statement, kind=PolicyKind.TRUST)
        .statements[0]
        .applies("sts:assumerole", "arn:any", None, None)
    )
    assert "element Resource" in why_statement({**statement, "Resource": "*"}, PolicyKind.TRUST)


def test_principals_of_every_kind_are_read():
    policy(
        {
            **ALL,
            "Principal": {
                "AWS": [ALICE, ACCOUNT, "*", "AIDAALICE0000000000XX"],
                "Service": "kms.amazonaws.com",
                "Federated": ["accounts.google.com"],
                "CanonicalUser": "79a5",
            },
        },
        kind=PolicyKind.RESOURCE,
    )


@pytest.mark.parametrize(
    ("statement", "action", "expected"),
    [
        (allow("kms:Encrypt"), "kms:Encrypt", True),
        (allow("KMS:eNcrypt"), "kms:Encrypt", True),
        (allow("kms:Enc*"), "kms:Encrypt", True),
        (allow("kms:*crypt"), "kms:Decrypt", True),
        (allow("kms:?ecrypt"), "kms:Decrypt", True),
        (allow("*"), "kms:Encrypt", True),
        (allow(["ssm:*", "kms:Decrypt"]), "kms:Encrypt", False),
        ({"Effect": "Allow", "NotAction": "kms:Decrypt", "Resource": "*"}, "kms:Encrypt", True),
        ({"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}, "kms:Encrypt", False),
    ],
)
def test_actions(statement, action, expected):
    assert allows(statement, action=action) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", True),
        (KEY, True),
        (KEY.upper().replace("ARN", "arn"), False),
        (f"arn:aws:kms:*:{ACCOUNT}:key/*", True),
        ("arn:aws:kms:eu-*:*:key/*", False),
        ([f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12?4", "arn:aws:s3:::x"], True),
        ("arn:aws:kms:*", True),
        ("arn:aws:kms:us-*:*", True),
        ("arn:*", True),
        ("arn:aws:ssm:*", False),
        (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/${{team}}", True),
        (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/${{nobody}}", False),
    ],
)
def test_resources(resource, expected):
    assert allows(allow(resource=resource), keys={"team": "1234"}) is expected


def test_no_wildcard_leaves_its_part_of_an_arn():
    named_like_another = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/a-1:444455556666:key/1"
    statement = allow(resource="arn:aws:kms:us-*-1:444455556666:key/1")

    assert not allows(statement, resource=named_like_another)


def test_an_action_without_a_resource_needs_every_resource():
    assert allows(allow(), resource="*", owner="")
    assert not allows(allow(resource="arn:*"), resource="*", owner="")
    assert not allows(allow(resource=KEY), resource="*", owner="")


def test_not_resource_with_an_unfilled_variable_allows_nothing_and_lifts_no_deny():
    own = {"Action": "*", "NotResource": "arn:aws:kms:*:*:alias/${aws:nobody}"}

    assert not allows({**own, "Effect": "Allow"})
    assert decided(question(), ALL, {**own, "Effect": "Deny"}).is_explicit_deny


def test_not_resource():
    statement = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}

    assert allows(statement)
    assert not allows({**statement, "NotResource": KEY})


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Principal",
                    "AWS",
                    "Condition",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def is_a_policy_or_malformed(text, kind):
    try:
        return bool(Policy.parse(text, kind).statements)
    except MalformedPolicyDocument as error:
        return bool(error.message)


@given(JSONS.map(json.dumps) | st.text(), st.sampled_from(PolicyKind))
def test_whatever_is_given_is_a_policy_or_malformed(text, kind):
    assert is_a_policy_or_malformed(text, kind)


@given(
    st.dictionaries(st.sampled_from(["Sid", "Effect", "Action", "Resource", "Condition"]), JSONS)
)
def test_whatever_is_in_a_statement_is_one_or_malformed(statement):
    document = {"Statement": {**ALL, **statement}}

    assert is_a_policy_or_malformed(json.dumps(document), PolicyKind.IDENTITY)


def test_a_statement_is_told_by_its_id_or_its_place():
    first, second = policy({**ALL, "Sid": "Mine"}, ALL).statements

    assert (first.name, second.name) == ("Mine", "statement 2")


def test_principals_tell_the_accounts_that_they_name():
    named = principals.parse(
        {
            "AWS": [
                "111122223333",
                "arn:aws:iam::210987654321:root",
                "arn:aws:iam::123456789012:role/a",
                "AIDAABCDEFGHIJKLMNOP",
                "*",
            ]
        },
        others=False,
    )

    assert named.named_accounts == {"111122223333", "210987654321", "123456789012"}
    assert named.unique_ids == {"AIDAABCDEFGHIJKLMNOP"}
