"""Something of everything that is kept, and what the server answered about it.

`fill` ran on the code of a landing; what it returns has to be answered ever after.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.params.policies import ends
from tests.support.server import Strongroom

Answers = list[dict[str, Any]]

CONTEXT = {"App": "billing"}
PLAINTEXT = b"kept since the last landing"
ELSEWHERE = "eu-west-1"
FAR = datetime(2099, 1, 1, tzinfo=UTC)
SIGNERS = {
    "RSA_2048": "RSASSA_PSS_SHA_256",
    "ECC_NIST_P256": "ECDSA_SHA_256",
    "ECC_NIST_EDWARDS25519": "ED25519_PH_SHA_512",
    "ML_DSA_44": "ML_DSA_SHAKE_256",
}
ASSUMED_BY_THE_ACCOUNT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
MAY_READ = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ssm:Get*", "Resource": "*"}],
    }
)
_MOVING = {"ResponseMetadata", "LastAccessedDate", "NextToken"}  # no part of what is kept


class Filling:
    """Calls a server; `tell` also writes down what it answers."""

    def __init__(self, server: Strongroom) -> None:
        self._server = server
        self.told: Answers = []

    def client(self, service: str, region: str = "us-east-1", who: Any = ()) -> Any:
        return _client(self._server, service, region, who)

    def tell(
        self, service: str, operation: str, region: str = "us-east-1", who: Any = (), **params: Any
    ) -> None:
        answer = getattr(self.client(service, region, who), operation)(**params)
        self.told.append(
            {
                "service": service,
                "operation": operation,
                "region": region,
                "who": list(who),
                "params": params,
                "answer": _still(answer),
            }
        )


def fill(server: Strongroom) -> Answers:
    filling = Filling(server)
    for part in (_keys, _other_keys, _grants, _parameters, _secrets, _identities):
        part(filling)
    filling.tell("kms", "list_aliases")
    filling.tell("kms", "list_keys")
    return filling.told


def require(server: Strongroom, told: Answers) -> None:
    """Everything is answered as it was; there may be more in an answer."""
    for call in told:
        client = _client(server, call["service"], call["region"], call["who"])
        answer = getattr(client, call["operation"])(**call["params"])
        assert _within(call["answer"], answer), (call, answer)


def _client(server: Strongroom, service: str, region: str, who: Any) -> Any:
    """Of the administrator, unless `who` is an access key's id and secret."""
    names = ("aws_access_key_id", "aws_secret_access_key")
    return server.client(service, region_name=region, **dict(zip(names, who, strict=False)))


def _keys(filling: Filling) -> None:
    """Symmetric ones: rotated, in two regions, disabled, brought, about to be deleted."""
    for region in ("us-east-1", ELSEWHERE):
        kms = filling.client("kms", region)
        key = _created(kms, Tags=[{"TagKey": "team", "TagValue": "größer"}], Description=region)
        kms.create_alias(AliasName=f"alias/{region}", TargetKeyId=key)
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=400)
        for _ in range(2):
            blob = kms.encrypt(KeyId=key, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)
            blob = blob["CiphertextBlob"]
            asked = {"CiphertextBlob": blob, "EncryptionContext": CONTEXT}
            filling.tell("kms", "decrypt", region, **asked)
            kms.rotate_key_on_demand(KeyId=key)
        filling.tell("kms", "get_key_rotation_status", region, KeyId=key)
        filling.tell("kms", "list_key_rotations", region, KeyId=key)
        filling.tell("kms", "list_resource_tags", region, KeyId=key)
        filling.tell("kms", "get_key_policy", region, KeyId=key)
        filling.tell("kms", "describe_key", region, KeyId=f"alias/{region}")
    kms = filling.client("kms")
    for change in (kms.disable_key, kms.schedule_key_deletion):
        key = _created(kms)
        change(KeyId=key)
        filling.tell("kms", "describe_key", KeyId=key)
    _brought(filling, kms)
    _in_two_regions(filling, kms)


def _brought(filling: Filling, kms: Any) -> None:
    key = _created(kms, Origin="EXTERNAL")
    got = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    public: Any = load_der_public_key(got["PublicKey"])
    kms.import_key_material(
        KeyId=key,
        ImportToken=got["ImportToken"],
        EncryptedKeyMaterial=public.encrypt(bytes(32), OAEP(MGF1(SHA256()), SHA256(), None)),
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    blob = kms.encrypt(KeyId=key, Plaintext=PLAINTEXT)["CiphertextBlob"]
    filling.tell("kms", "decrypt", CiphertextBlob=blob)
    filling.tell("kms", "describe_key", KeyId=key)


def _in_two_regions(filling: Filling, kms: Any) -> None:
    key = _created(kms, MultiRegion=True)
    kms.replicate_key(KeyId=key, ReplicaRegion=ELSEWHERE)
    blob = kms.encrypt(KeyId=key, Plaintext=PLAINTEXT)["CiphertextBlob"]
    filling.tell("kms", "decrypt", ELSEWHERE, CiphertextBlob=blob, KeyId=key)


def _other_keys(filling: Filling) -> None:
    kms = filling.client("kms")
    for spec, algorithm in SIGNERS.items():
        key = _created(kms, KeySpec=spec, KeyUsage="SIGN_VERIFY")
        asked: dict[str, Any] = {"KeyId": key, "SigningAlgorithm": algorithm, "Message": PLAINTEXT}
        if algorithm == "ED25519_PH_SHA_512":
            asked |= {"Message": bytes(64), "MessageType": "DIGEST"}
        signature = kms.sign(**asked)["Signature"]
        filling.tell("kms", "verify", **asked, Signature=signature)
        filling.tell("kms", "get_public_key", KeyId=key)
    key = _created(kms, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    filling.tell("kms", "generate_mac", KeyId=key, MacAlgorithm="HMAC_SHA_256", Message=PLAINTEXT)


def _grants(filling: Filling) -> None:
    """A user who may use a key by a grant, and nothing else."""
    iam, kms = filling.client("iam"), filling.client("kms")
    user = iam.create_user(UserName="grantee")["User"]
    made = iam.create_access_key(UserName="grantee")["AccessKey"]
    key = _created(kms)
    kms.create_grant(
        KeyId=key,
        GranteePrincipal=user["Arn"],
        Operations=["Decrypt"],
        Name="before",
        Constraints={"EncryptionContextSubset": CONTEXT},
    )
    blob = kms.encrypt(KeyId=key, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)["CiphertextBlob"]
    who = made["AccessKeyId"], made["SecretAccessKey"]
    asked = {"CiphertextBlob": blob, "EncryptionContext": CONTEXT}
    filling.tell("kms", "decrypt", who=who, **asked)
    filling.tell("kms", "list_grants", KeyId=key)


def _parameters(filling: Filling) -> None:
    ssm = filling.client("ssm")
    for kind, value in (("String", "ünïcode"), ("SecureString", "hidden"), ("StringList", "a,b")):
        name = f"/app/{kind}"
        for version in (1, 2):
            ssm.put_parameter(Name=name, Value=f"{value}{version}", Type=kind, Overwrite=True)
        ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["first"])
        filling.tell("ssm", "get_parameter", Name=f"{name}:first", WithDecryption=True)
        filling.tell("ssm", "get_parameter_history", Name=name, WithDecryption=True)
    ssm.put_parameter(
        Name="/app/more",
        Value="x" * 5000,
        Type="String",
        Tier="Advanced",
        Policies=json.dumps([ends(FAR)]),
        Tags=[{"Key": "team", "Value": "größer"}],
    )
    filling.tell("ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId="/app/more")
    filling.tell("ssm", "get_parameters_by_path", Path="/app", WithDecryption=True)
    filling.tell("ssm", "describe_parameters")


def _secrets(filling: Filling) -> None:
    manager = filling.client("secretsmanager")
    made = manager.create_secret(
        Name="db/password",
        SecretString="first",
        Tags=[{"Key": "team", "Value": "größer"}],
        AddReplicaRegions=[{"Region": ELSEWHERE}],
    )
    manager.put_secret_value(SecretId="db/password", SecretBinary=PLAINTEXT)
    manager.put_resource_policy(
        SecretId="db/password",
        ResourcePolicy=MAY_READ.replace("ssm:Get*", "secretsmanager:DescribeSecret").replace(
            '"Effect"', '"Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Effect"'
        ),
    )
    manager.create_secret(Name="going", SecretString="x")
    manager.delete_secret(SecretId="going")
    for region in ("us-east-1", ELSEWHERE):
        filling.tell("secretsmanager", "get_secret_value", region, SecretId="db/password")
    asked = {"SecretId": made["ARN"], "VersionStage": "AWSPREVIOUS"}
    filling.tell("secretsmanager", "get_secret_value", **asked)
    for name in ("db/password", "going"):
        filling.tell("secretsmanager", "describe_secret", SecretId=name)
    filling.tell("secretsmanager", "list_secret_version_ids", SecretId="db/password")
    filling.tell("secretsmanager", "get_resource_policy", SecretId="db/password")


def _identities(filling: Filling) -> None:
    """A reader by the policy of a group, and a role."""
    iam = filling.client("iam")
    iam.create_user(UserName="reader")
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=MAY_READ)
    iam.add_user_to_group(UserName="reader", GroupName="readers")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=ASSUMED_BY_THE_ACCOUNT)
    policy = iam.create_policy(PolicyName="own", PolicyDocument=MAY_READ)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=policy)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    who = made["AccessKeyId"], made["SecretAccessKey"]
    filling.tell("ssm", "get_parameter", who=who, Name="/app/String")
    filling.tell("iam", "list_groups_for_user", UserName="reader")
    filling.tell("iam", "list_attached_role_policies", RoleName="app")
    filling.tell("iam", "get_role", RoleName="app")


def _created(kms: Any, **params: Any) -> str:
    made: str = kms.create_key(**params)["KeyMetadata"]["KeyId"]
    return made


def _still(answer: Any) -> Any:
    """The answer without what moves."""
    if isinstance(answer, dict):
        return {name: _still(each) for name, each in answer.items() if name not in _MOVING}
    return [_still(each) for each in answer] if isinstance(answer, list) else answer


def _within(old: Any, new: Any) -> bool:
    """Whether all that is in the old answer is in the new one."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(_within(old[name], new.get(name)) for name in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_within, old, new))
    return bool(old == new)


# -- as JSON, which knows neither bytes nor times


def written(told: Answers) -> str:
    return json.dumps(told, default=_named, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> Answers:
    found: Answers = json.loads(text, object_hook=_unnamed)
    return found


def _named(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    return {"$bytes": base64.b64encode(value).decode()}


def _unnamed(value: dict[str, Any]) -> Any:
    if "$time" in value:
        return datetime.fromisoformat(value["$time"])
    return base64.b64decode(value["$bytes"]) if "$bytes" in value else value
