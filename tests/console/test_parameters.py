"""Parameters in the console: everything goes down the road, and no page tells a value unasked."""

import re

import orjson
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Record
from params.admin import tree
from params.models import Label, Parameter, ParameterTag
from tests.audit import making
from tests.console.browsing import HOME, PARAMETERS, Browser, text_of
from tests.params import many, sharing
from tests.params.using import Ssm, arn
from tests.support import people

pytestmark = pytest.mark.django_db
BOUNDS = ("BEGIN", "COMMIT")  # of transactions: a record each
VALUE = "correct-horse-battery"
ACTIONS = ("change", "reveal", "label", "tag", "delete")
# who may look at parameters, and neither read nor change one
LOOKS = ("ssm:DescribeParameters", "ssm:ListTagsForResource", "cloudtrail:LookupEvents")


@pytest.fixture
def ssm(admin) -> Ssm:
    return Ssm(admin.user)


def page(name: str, **more: str) -> dict[str, str]:
    return {"name": name, **more}


def at(action: str, name: str, **more: object) -> str:
    """The address of a page about a parameter."""
    query = "".join(f"&{key}={told}" for key, told in more.items())
    return f"{PARAMETERS}{action}/?name={name}{query}"


def recorded(name: str) -> list[dict[str, object]]:
    """Records of an operation, as they were written."""
    bodies = [orjson.loads(bytes(each.body)) for each in Record.objects.order_by("id")]
    return [body for body in bodies if body["eventName"] == name]


# -- the tree


def test_the_tree_is_walked_from_path_to_path(admin, ssm):
    for name in ("/shop/db/url", "/shop/db/user", "/shop/title", "/shop-2/title", "plain"):
        ssm.put(name)

    top = admin.get(PARAMETERS)
    told = [(each.path, each.count) for each in top.context["sub_paths"]]
    assert sorted(told) == [("/shop", 3), ("/shop-2", 1)]
    assert "plain" in text_of(top)
    assert "/shop/title" not in text_of(top)
    shop = admin.get(PARAMETERS, path="/shop")
    assert [each.path for each in shop.context["sub_paths"]] == ["/shop/db"]
    assert [each.name for each in shop.context["parameters"]] == ["/shop/title"]
    assert "All parameters shop" in text_of(shop)
    db = admin.get(PARAMETERS, path="/shop/db")
    assert [each.name for each in db.context["parameters"]] == ["/shop/db/url", "/shop/db/user"]


def test_a_tree_without_parameters_says_what_to_do_next(admin):
    assert "Create the first one" in admin.read(PARAMETERS)
    assert "Nothing is here." in admin.read(PARAMETERS, path="/nothing")


def test_a_path_that_can_be_none_is_told(admin):
    assert "ValidationException" in admin.read(PARAMETERS, 400, path="no path")


@pytest.mark.parametrize(
    "page", ["?below=/x%00/y", "find/?label=x&after=%00", "parameter/?name=%00"]
)
def test_an_address_that_no_database_takes_is_refused(admin, page):
    response = admin.client.get(f"{PARAMETERS}{page}")

    assert response.status_code == 400
    assert "An address has no character NUL." in text_of(response)


def test_the_tree_is_that_of_the_pages_region(admin, ssm):
    ssm.put("/here/a")

    assert "here/" not in admin.read("/console/eu-west-1/parameters/")


@pytest.mark.parametrize("paths", [1, 49, 50, 51, 120])
def test_pages_of_paths_tell_each_once_in_order(ssm, paths):
    many.make(paths, 2)
    found, place = tree.sub_paths(ssm.caller(), "/")
    while place:
        more, place = tree.sub_paths(ssm.caller(), "/", place)
        found += more

    assert [each.path for each in found] == [f"/p{number:04}" for number in range(paths)]
    assert {each.count for each in found} == {2}


def test_paths_whose_names_begin_alike_are_told_once(ssm):
    """`/a-b` sorts between `/a` and `/a/b`."""
    for name in ("/a/x", "/a-b/x", "/a/b/x", "/a.b/x/y", "/a-b/c/x", "/b-c/d/e", "/b/c/d", "/a"):
        ssm.put(name)

    found, place = tree.sub_paths(ssm.caller(), "/")
    assert sorted(each.path for each in found) == ["/a", "/a-b", "/a.b", "/b", "/b-c"]
    assert {each.path: each.count for each in found}["/a"] == 2
    assert place == ""


def test_paths_are_read_out_of_an_index(ssm):
    caller = ssm.caller()
    [plan] = making.plans(lambda: tree.sub_paths(caller, "/", "/p0001/q"))

    assert "parameters_in_a_path" in plan
    assert "params_parameter" not in making.walked(plan)


def test_beyond_a_thousand_parameters_are_not_counted(admin):
    many.make(1, tree.MOST_COUNTED + 5)

    assert "more than 1,000 parameters" in admin.read(PARAMETERS)


def test_pages_of_parameters_go_on_where_the_last_ended(admin):
    many.make(1, 60)

    first = admin.get(PARAMETERS, path="/p0000/q")
    second = admin.get(PARAMETERS, path="/p0000/q", after=first.context["next_token"])
    names = [each.name for page in (first, second) for each in page.context["parameters"]]
    assert names == [f"/p0000/q/n{number:03}" for number in range(60)]
    assert second.context["next_token"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("paths", [2, 200])
def test_pages_ask_the_database_little_however_many_parameters(admin, ssm, paths):
    many.make(paths, 10)
    ssm.put("/p0000/q/own")
    for number in range(60):
        ssm.put("/p0000/q/own", f"value {number}", Overwrite=True)

    for address in (
        PARAMETERS,
        f"{PARAMETERS}?path=/p0000/q",
        f"{PARAMETERS}find/?name=/p0&type=SecureString&tier=Advanced",
        f"{PARAMETERS}find/?label=prod&tag=team=blue",
        at("parameter", "/p0000/q/own"),
        at("history", "/p0000/q/own"),
        at("compare", "/p0000/q/own", before=20, after=40),
        at("change", "/p0000/q/own"),
        f"{PARAMETERS}create/",
    ):
        with CaptureQueriesContext(connection) as asked:
            admin.get(address)
        statements = [query["sql"] for query in asked.captured_queries]
        assert len([each for each in statements if not each.startswith(BOUNDS)]) <= 30, address


# -- finding


@pytest.fixture
def shop(ssm) -> None:
    ssm.put("/shop/url")
    ssm.put("/shop/user", Type="StringList")
    ssm.put("/shop/password", VALUE, Type="SecureString", Tags=[{"Key": "team", "Value": "blue"}])
    ssm.put("/store/big", Tier="Advanced", Tags=[{"Key": "team", "Value": "red"}])
    ssm("LabelParameterVersion", Name="/shop/url", Labels=["prod"])
    ssm("LabelParameterVersion", Name="/store/big", Labels=["prod"])


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "/sho"}, ["/shop/password", "/shop/url", "/shop/user"]),
        ({"name": "sho", "type": "String"}, ["/shop/url"]),
        ({"tier": "Advanced"}, ["/store/big"]),
        ({"key": "alias/aws/ssm"}, ["/shop/password"]),
        ({"tag": "team"}, ["/shop/password", "/store/big"]),
        ({"tag": "team=red"}, ["/store/big"]),
        ({"label": "prod"}, ["/shop/url", "/store/big"]),
        ({"label": "prod", "name": "/shop"}, ["/shop/url"]),
        ({"label": "prod", "tag": "team=red", "tier": "Advanced"}, ["/store/big"]),
    ],
)
def test_parameters_are_found_by_what_is_known_of_them(admin, shop, asked, names):
    if len(names) == 1:
        assert admin.get(f"{PARAMETERS}find/", 302, **asked)["Location"].endswith(
            names[0].replace("/", "%2F")
        )
    else:
        found = admin.get(f"{PARAMETERS}find/", **asked).context["parameters"]
        assert [each.name for each in found] == names


def test_an_arn_is_gone_to_in_its_region(admin):
    where = admin.get(f"{PARAMETERS}find/", 302, name=arn("a/b", "eu-west-1"))["Location"]

    assert where.startswith("/console/eu-west-1/parameters/parameter/")


@pytest.mark.parametrize(
    "name", ["arn:aws:kms:us-east-1:1:key/x", "arn:aws:ssm:us-east-9:1:parameter/x", "/none"]
)
def test_what_is_not_found_is_told(admin, shop, name):
    assert "No parameter in us-east-1 matches." in admin.read(f"{PARAMETERS}find/", name=name)


def test_what_cannot_be_searched_for_is_told(admin, shop):
    assert "This cannot be searched for." in admin.read(f"{PARAMETERS}find/", 422, type="Number")
    assert "Find a parameter" in admin.read(f"{PARAMETERS}find/")
    assert "matches" in admin.read(f"{PARAMETERS}find/", label="nobody")


def test_pages_of_what_was_found_go_on(admin):
    many.make(10, 60)

    for asked in ({"name": "/p0"}, {"label": "prod", "name": "/p000"}):
        first = admin.get(f"{PARAMETERS}find/", **asked)
        second = admin.get(f"{PARAMETERS}find/", **asked, after=first.context["after"])
        told = [each.name for page in (first, second) for each in page.context["parameters"]]
        assert len(told) == len(set(told)) > 50


def test_finding_by_label_needs_what_tells_labels(admin, shop):
    some = Browser(people.user("some", *LOOKS))

    assert "ssm:GetParametersByPath" in some.read(f"{PARAMETERS}find/", 403, label="prod")


# -- a parameter


def test_a_parameters_page_tells_everything_but_the_value(admin, ssm):
    tags = [{"Key": "team", "Value": "shop"}]
    ssm.put(
        "/shop/password",
        VALUE,
        Type="SecureString",
        Description="Of the database",
        Tags=tags,
        Tier="Advanced",
        AllowedPattern=".+",
    )
    ssm("LabelParameterVersion", Name="/shop/password", Labels=["prod"])

    told = admin.read(f"{PARAMETERS}parameter/", name="/shop/password")
    for each in (
        *("SecureString", "Advanced", "alias/aws/ssm", "text", "Of the database", ".+", "team"),
        *("shop", "prod on version 1", arn("shop/password"), "UTC", "user/admin", "PutParameter"),
    ):
        assert each in told
    assert VALUE not in told


@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
def test_no_page_tells_a_value_unasked(admin, ssm, kind):
    ssm.put("/a/b", VALUE, Type=kind)
    ssm.put("/a/b", f"{VALUE}-2", Overwrite=True)

    for address in (
        *(HOME, PARAMETERS, f"{PARAMETERS}?path=/a", f"{PARAMETERS}find/?tier=Standard&name=/"),
        *(at(action, "/a/b") for action in ("parameter", "history", *ACTIONS)),
        at("compare", "/a/b", before=1, after=2),
        f"{HOME}audit/",
    ):
        assert VALUE not in admin.get(address, 302 if "find" in address else 200).content.decode()


def test_a_parameter_that_is_not_there_is_told(admin):
    assert "ParameterNotFound" in admin.read(f"{PARAMETERS}parameter/", 404, name="/none")
    admin.get(f"{PARAMETERS}parameter/", 404)
    admin.get(f"{PARAMETERS}untag/", 404, name="/none")
    admin.get(f"{PARAMETERS}unlabel/", 404, name="/none")


def test_names_that_browsers_would_take_for_steps_have_pages(admin, ssm):
    ssm.put("/a/../b")

    assert "/a/../b" in admin.read(f"{PARAMETERS}parameter/", name="/a/../b")


def test_the_trail_leads_to_a_parameter(admin, ssm):
    ssm.put("/shop/url")

    assert b'parameters/parameter/?name=%2Fshop%2Furl"' in admin.get(f"{HOME}audit/").content


def test_a_refused_part_of_the_page_leaves_the_rest(admin, ssm):
    ssm.put("/a", Tags=[{"Key": "team", "Value": "shop"}])

    told = Browser(people.user("some", "ssm:DescribeParameters")).read(
        f"{PARAMETERS}parameter/", name="/a"
    )
    for needed in ("ssm:ListTagsForResource", "ssm:GetParameterHistory", "cloudtrail:LookupEvents"):
        assert f"It needs {needed}" in told
    assert "Standard" in told


def test_the_page_says_with_whom_a_parameter_is_shared(admin, ssm):
    sharing.shared(ssm)
    ssm.put("/alone", Tier="Advanced")
    ssm.put("/plain")
    where = f"{PARAMETERS}parameter/"

    assert people.OTHER_ACCOUNT in admin.read(where, name="/shared")
    assert "It is not shared." in admin.read(where, name="/alone")
    assert "Only one in the Advanced tier can be." in admin.read(where, name="/plain")


def test_a_parameter_that_is_not_there_leads_back_to_those_that_are(admin):
    page = admin.get(f"{PARAMETERS}parameter/", 404, name="/none")

    assert f'href="{PARAMETERS}">Back to parameters</a>' in page.content.decode()


def test_a_section_that_is_refused_does_not_lead_to_itself(db):
    told = Browser(people.user("nobody")).read(PARAMETERS, 403)

    assert "It needs ssm:DescribeParameters" in told
    assert "Back to" not in told


# -- revealing


def test_a_value_is_revealed_by_an_action_of_its_own(admin, ssm):
    ssm.put("/a", VALUE, Type="SecureString")

    assert "audit trail will say" in admin.read(f"{PARAMETERS}reveal/", name="/a")
    assert recorded("GetParameter") == []
    shown = admin.send(at("reveal", "/a"), 200)
    assert VALUE in text_of(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    [read] = recorded("GetParameter")
    assert read["requestParameters"] == {"name": "/a:1", "withDecryption": True}
    assert read["additionalEventData"]["door"] == "console"
    assert [each["eventSource"] for each in recorded("Decrypt")] == ["kms.amazonaws.com"]
    assert "GetParameter ssm Success admin" in admin.read(f"{PARAMETERS}parameter/", name="/a")


def test_an_earlier_version_is_revealed_by_its_number(admin, ssm):
    ssm.put("/a", VALUE)
    ssm.put("/a", "another", Overwrite=True)

    shown = text_of(admin.send(at("reveal", "/a", version=1), 200))
    assert VALUE in shown
    assert "another" not in shown
    assert "ParameterVersionNotFound" in text_of(admin.send(at("reveal", "/a", version=9), 400))
    assert "another" in text_of(admin.send(at("reveal", "/a", version="x"), 200))


def test_a_revealed_value_stays_nowhere(admin, ssm):
    ssm.put("/a", VALUE, Type="SecureString")
    shown = admin.send(at("reveal", "/a"), 200)

    assert VALUE not in str(shown.cookies) + str(shown.headers)
    assert all(VALUE not in str(each.get_decoded()) for each in Session.objects.all())
    assert all(VALUE.encode() not in bytes(each.body) for each in Record.objects.all())
    assert VALUE not in admin.read(f"{PARAMETERS}parameter/", name="/a")


def test_what_was_written_by_others_is_escaped(admin, ssm):
    ssm.put("/a", "<script>alert(1)</script>", Description="<script>alert(2)</script>")
    ssm.put("/a", "<script>alert(3)</script>", Overwrite=True)

    for response in (
        admin.send(at("reveal", "/a"), 200),
        admin.send(at("compare", "/a", before=1, after=2), 200),
        admin.get(at("parameter", "/a")),
    ):
        assert b"<script>alert" not in response.content


def test_who_may_not_read_the_parameter_reveals_nothing(admin, ssm):
    ssm.put("/a", VALUE)

    told = text_of(Browser(people.user("ben", *LOOKS)).send(at("reveal", "/a"), 403))
    assert "It needs ssm:GetParameter" in told
    assert "No statement of any policy allows it." in told
    assert VALUE not in told


def test_who_may_not_use_the_key_is_told_what_kms_refused(admin, ssm):
    ssm.put("/a", VALUE, Type="SecureString")
    ben = people.user("ben", *LOOKS, "ssm:*")
    deny = people.statement("Deny", "kms:Decrypt") | {"Sid": "NoSecrets"}
    people.attach(ben, deny, name="limits")

    told = text_of(Browser(ben).send(at("reveal", "/a"), 403))
    assert "It needs kms:Decrypt" in told
    assert f"It was refused by NoSecrets of {ben.arn}/limits" in told
    assert VALUE not in told


# -- versions


@pytest.fixture
def versions(ssm) -> None:
    ssm.put("/a", "one\ntwo\nthree", Description="First")
    ssm.put("/a", "one\n2\nthree", Overwrite=True, Description="Second")
    ssm("LabelParameterVersion", Name="/a", ParameterVersion=1, Labels=["prod"])


def test_the_history_tells_who_made_which_version_when(admin, versions):
    told = admin.get(f"{PARAMETERS}history/", name="/a")

    assert [each.version for each in told.context["versions"]] == [2, 1]
    for each in ("prod", "UTC", "user/admin", "Standard", "Compare"):
        assert each in text_of(told)


def test_versions_are_compared_and_values_only_by_an_action(admin, versions):
    address = at("compare", "/a", before=1, after=2)

    known = admin.read(address)
    assert "First" in known
    assert "Second" in known
    assert "three" not in known
    assert recorded("GetParameter") == []
    revealed = admin.send(address, 200)
    told = [(each.mark, each.text) for each in revealed.context["lines"]]
    assert told == [("same", "one"), ("removed", "two"), ("added", "2"), ("same", "three")]
    names = [each["requestParameters"]["name"] for each in recorded("GetParameter")]
    assert names == ["/a:1", "/a:2"]


def test_lists_are_compared_item_by_item(admin, ssm):
    ssm.put("/l", "a,b,c", Type="StringList")
    ssm.put("/l", "a,c", Overwrite=True)

    lines = admin.send(at("compare", "/l", before=1, after=2), 200).context["lines"]
    assert [(each.mark, each.text) for each in lines] == [
        ("same", "a"),
        ("removed", "b"),
        ("same", "c"),
    ]


def test_comparing_values_needs_the_permission_to_read_them(admin, versions):
    ben = Browser(people.user("ben", *LOOKS, "ssm:GetParameterHistory"))

    told = text_of(ben.send(at("compare", "/a", before=1, after=2), 403))
    assert "It needs ssm:GetParameter" in told
    assert "three" not in told


def test_comparing_secrets_needs_the_permission_to_decrypt_them(admin, ssm):
    ssm.put("/s", VALUE, Type="SecureString")
    ssm.put("/s", "another", Overwrite=True)
    ben = Browser(people.user("ben", *LOOKS, "ssm:*"))
    people.attach(ben.user, people.statement("Deny", "kms:*"), name="limits")

    assert "kms:Decrypt" in text_of(ben.send(at("compare", "/s", before=1, after=2), 403))
    told = text_of(admin.send(at("compare", "/s", before=1, after=2), 200))
    assert f"Removed {VALUE}" in told


def test_what_does_not_differ_is_told(admin, versions, ssm):
    same = at("compare", "/a", before=1, after=1)

    assert "Nothing differs." in admin.read(same)
    assert "Both values are the same." in text_of(admin.send(same, 200))


@pytest.mark.parametrize("more", [{}, {"before": 1}, {"before": 1, "after": 9}])
def test_versions_that_are_not_there_are_not_compared(admin, versions, more):
    admin.get(at("compare", "/a", **more), 422)


def test_a_history_that_is_refused_says_so(admin, versions):
    ben = Browser(people.user("ben", *LOOKS))

    for action in ("history", "compare"):
        assert "ssm:GetParameterHistory" in ben.read(at(action, "/a"), 403)


# -- making and changing


def test_a_parameter_is_made_with_tags(admin, ssm):
    where = admin.send(
        f"{PARAMETERS}create/",
        name="/shop/url",
        type="String",
        value="https://shop",
        tags="a=b\nc=",
        description="Where it is",
        tier="Standard",
    )["Location"]

    told = admin.read(where)
    assert "The parameter is made." in told
    for each in ("/shop/url", "Where it is", "Standard"):
        assert each in told
    assert ssm.get("/shop/url").value == "https://shop"
    assert dict(ParameterTag.objects.values_list("name", "value")) == {"a": "b", "c": ""}


def test_a_secret_is_made_under_the_key_that_was_chosen(admin, ssm):
    admin.create_key(alias="shop")
    assert '<option value="alias/shop">' in admin.get(f"{PARAMETERS}create/").content.decode()

    given = {"name": "s", "type": "SecureString", "value": VALUE, "key_id": "alias/shop"}
    admin.send(f"{PARAMETERS}create/", **given)
    assert Parameter.objects.get().key_id == "alias/shop"
    assert ssm.get("s", WithDecryption=True).value == VALUE


def test_line_breaks_are_kept_as_they_were_typed(admin, ssm):
    admin.send(f"{PARAMETERS}create/", name="a", type="String", value=" one\r\ntwo\r\n")

    assert ssm.get("a").value == " one\ntwo\n"


def test_a_form_comes_with_the_path_it_was_asked_from(admin):
    assert 'value="/shop/"' in admin.get(f"{PARAMETERS}create/", path="/shop/").content.decode()


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"name": ""}, 422, "name"),
        ({"value": ""}, 422, "value"),
        ({"tags": "nothing"}, 422, "tags"),
        ({"name": "/taken"}, 400, "name"),
        ({"name": "/a" * 16}, 400, "name"),
        ({"allowed_pattern": "[0-9]+"}, 400, "value"),
        ({"allowed_pattern": "["}, 400, "allowed_pattern"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(admin, ssm, given, status, field):
    ssm.put("/taken")
    known = {"name": "/new", "type": "String", "value": "typed"}

    response = admin.send(f"{PARAMETERS}create/", status, **{**known, **given})
    assert response.context["form"].errors.keys() == {field}
    assert Parameter.objects.count() == 1
    if given.get("value") != "":
        assert "typed</textarea>" in response.content.decode()


def test_what_the_service_refuses_is_told(admin):
    given = {"name": "/aws/mine", "type": "String", "value": "x"}

    assert "reserved parameter name" in text_of(admin.send(f"{PARAMETERS}create/", 403, **given))


@pytest.mark.parametrize("kind", ["SecureString", "nonsense"])
def test_a_secret_that_was_typed_is_not_sent_back(admin, ssm, kind):
    ssm.put("/taken", VALUE, Type="SecureString")

    given = {"name": "/taken", "type": kind, "value": "typed-secret"}
    status = 400 if kind == "SecureString" else 422
    response = admin.send(f"{PARAMETERS}create/", status, **given)
    assert b"typed-secret" not in response.content
    assert "A secret is not sent back" in text_of(response)
    wrong = {"value": "typed-secret", "version": "1", "key_id": "alias/none"}
    response = admin.send(at("change", "/taken"), 400, **wrong)
    assert b"typed-secret" not in response.content
    assert response.context["form"].errors.keys() == {"value", "key_id"}


def test_a_new_version_keeps_what_the_form_says(admin, ssm):
    admin.create_key(alias="shop")
    ssm.put("/s", VALUE, Type="SecureString", KeyId="alias/shop", Description="Old")

    form = admin.get(at("change", "/s")).context["form"]
    assert form["key_id"].value() == "alias/shop"
    assert form["description"].value() == "Old"
    given = {"value": "new", "version": "1", "key_id": "alias/shop", "description": ""}
    admin.send(at("change", "/s"), **given)
    assert ssm.get("/s", WithDecryption=True).value == "new"
    row = Parameter.objects.get()
    assert (row.version, row.key_id, row.description) == (2, "alias/shop", "")


EXPIRES = (
    '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2090-01-01T00:00:00.000Z"}}]'
)


def test_policies_are_written_kept_and_taken_away(admin, ssm):
    given = {"name": "/a", "type": "String", "value": "one", "tier": "Advanced"}
    wrong = admin.send(f"{PARAMETERS}create/", 400, policies="[{}]", **given)
    assert wrong.context["form"].errors.keys() == {"policies"}
    admin.send(f"{PARAMETERS}create/", policies=EXPIRES, **given)
    page = admin.read(f"{PARAMETERS}parameter/", name="/a")
    assert re.search(r"It expires and is deleted : \d{4}-[\d-]+ [\d:]+ UTC Pending", page)
    assert admin.get(at("change", "/a")).context["form"]["policies"].value() == EXPIRES

    given = {"value": "two", "version": "1", "tier": "Advanced"}
    admin.send(at("change", "/a"), policies=EXPIRES, **given)
    assert "policies" not in recorded("PutParameter")[-1]["requestParameters"]
    assert Parameter.objects.get().policies
    admin.send(at("change", "/a"), policies="", **{**given, "version": "2"})
    assert Parameter.objects.get().policies == ""


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(admin, ssm):
    ssm.put("/a", "one")
    ssm.put("/a", "two", Overwrite=True)

    told = admin.send(at("change", "/a"), 422, value="three", version="1")
    assert "Somebody else made version 2 meanwhile" in text_of(told)
    assert ssm.get("/a").value == "two"
    admin.send(
        at("change", "/a"), value="three", version=str(told.context["form"]["version"].value())
    )
    assert ssm.get("/a").value == "three"


def test_a_text_has_no_key_to_choose(admin, ssm):
    ssm.put("/a")

    assert "key_id" not in admin.get(at("change", "/a")).context["form"].fields
    admin.send(at("change", "/a"), 422, version="1")


# -- labels and tags


def test_labels_are_put_on_and_taken_off(admin, ssm, versions):
    assert b'value="1"' in admin.get(at("label", "/a", version=1)).content
    admin.send(at("label", "/a"), labels="beta, prod", version="2")

    found = Label.objects.values_list("label", "version")
    assert sorted(found) == [("beta", 2), ("prod", 2)]
    assert "The version has the labels." in admin.read(at("history", "/a"))
    assert "label prod finds nothing" in admin.read(at("unlabel", "/a", version=2, label="prod"))
    admin.send(at("unlabel", "/a", version=2, label="prod"))
    assert Label.objects.get().label == "beta"
    gone = admin.send(at("unlabel", "/a", version=2, label="prod"), 422)
    assert "has no label prod" in text_of(gone)


def test_what_can_be_no_label_is_told(admin, versions):
    told = text_of(admin.send(at("label", "/a"), 422, labels="beta 1st", version="2"))

    assert "These can be no labels: 1st." in told
    assert "These are on the version: beta. Others are not." in told
    admin.send(at("label", "/a"), 422, labels="1st", version="2")
    admin.send(at("label", "/a"), 422, labels=" ".join("abcdefghijk"), version="2")
    admin.send(at("label", "/a"), 400, labels="beta", version="9")


def test_tags_are_set_and_removed(admin, ssm):
    ssm.put("/a", Tags=[{"Key": "team", "Value": "blue"}])

    form = admin.get(at("tag", "/a", tag="team", value="blue")).context["form"]
    assert (form["tag"].value(), form["value"].value()) == ("team", "blue")
    admin.send(at("tag", "/a"), tag="team", value="red")
    assert ParameterTag.objects.get().value == "red"
    assert "reserved" in text_of(admin.send(at("tag", "/a"), 400, tag="aws:x", value=""))
    assert "tag team no more" in admin.read(at("untag", "/a", tag="team"))
    admin.send(at("untag", "/a", tag="team"))
    assert not ParameterTag.objects.exists()


# -- deletion


def test_a_parameter_is_deleted_by_who_types_its_name(admin, ssm):
    ssm.put("/shop/url")

    assert "Dangerous." in admin.read(at("delete", "/shop/url"))
    for wrong in ("", "/shop", "shop/url"):
        admin.send(at("delete", "/shop/url"), 422, name=wrong)
    where = admin.send(at("delete", "/shop/url"), name="/shop/url")["Location"]
    assert not Parameter.objects.exists()
    assert "The parameter is deleted." in admin.read(where)


# -- of every action


@pytest.mark.parametrize("action", ACTIONS)
def test_looking_at_an_action_does_nothing(admin, ssm, action):
    ssm.put("/a")

    admin.get(at(action, "/a"))
    assert Parameter.objects.get().version == 1
    assert recorded("GetParameter") == []


GIVEN = {"name": "/a", "value": "x", "version": "1", "labels": "x", "tag": "x"}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_the_pages_token(admin, ssm, action):
    ssm.put("/a")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.client.cookies

    assert strict.post(at(action, "/a"), GIVEN).status_code == 403


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        ("change", "PutParameter"),
        ("reveal", "GetParameter"),
        ("label", "LabelParameterVersion"),
        ("tag", "AddTagsToResource"),
        ("delete", "DeleteParameter"),
    ],
)
def test_what_policies_do_not_allow_is_not_done(admin, ssm, action, operation):
    ssm.put("/a")
    ben = people.user("ben", "*")
    deny = people.statement("Deny", f"ssm:{operation}") | {"Sid": "NotBen"}
    people.attach(ben, deny, name="limits")

    told = text_of(Browser(ben).send(at(action, "/a"), 403, **GIVEN))
    assert f"It needs ssm:{operation}" in told
    assert f"It was refused by NotBen of {ben.arn}/limits" in told
    assert Parameter.objects.get().version == 1
