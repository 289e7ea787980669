"""Who gets into a cluster: the EKS token down to its signature, access entries, RBAC, impersonation."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from playground.fleet import Cluster, Fleet
from playground.principals import Credential
from tests.playground.eks_client import Raw, encoded, recorded, token


@pytest.fixture
def web(fleet: Fleet) -> Cluster:
    return fleet.cluster("prod-web")


@pytest.fixture
def bot(fleet: Fleet) -> Credential:
    return fleet.users["web-bot"]


def reason(cluster: Cluster, bearer: str) -> str:
    """Why the server, in its log, did not take a token for which it answered 401 as recorded; "" if it took it."""
    status, body = Raw(cluster, bearer).get("/api/v1/namespaces")
    last = list(cluster.log)[-1]
    assert last.status == status
    if status == 200:
        return ""
    real = recorded("401")
    assert (status, body) == (real["status"], real["body"])
    return last.note


def test_a_fresh_token_of_a_mapped_user_opens(web: Cluster, bot: Credential) -> None:
    assert reason(web, token(bot, "prod-web", "us-east-1")) == ""
    assert list(web.log)[-1].identity == "arn:aws:iam::444455556666:user/web-bot"


@pytest.mark.parametrize("minutes", [14.5, -14.5])
def test_a_token_opens_for_fifteen_minutes(web: Cluster, bot: Credential, minutes: float) -> None:
    assert reason(web, token(bot, "prod-web", "us-east-1", age=timedelta(minutes=minutes))) == ""


@pytest.mark.parametrize("minutes", [15.5, -15.5])
def test_and_no_longer(web: Cluster, bot: Credential, minutes: float) -> None:
    assert "15 minutes" in reason(web, token(bot, "prod-web", "us-east-1", age=timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("cluster", "region", "changes", "why"),
    [
        ("prod-payments", "us-east-1", {}, "signature"),
        ("prod-web", "eu-west-1", {}, "signed for sts.eu-west-1.amazonaws.com"),
        ("prod-web", "eu-west-1", {"host": "sts.us-east-1.amazonaws.com"}, "signed for the scope"),
        ("prod-web", "us-east-1", {"host": "sts.amazonaws.com"}, "signed for sts.amazonaws.com"),
        ("prod-web", "us-east-1", {"host": "evil.example.com"}, "signed for evil.example.com"),
        ("prod-web", "us-east-1", {"host": "127.0.0.1:4566"}, "signed for 127.0.0.1:4566"),
        ("prod-web", "us-east-1", {"scheme": "http"}, "https"),
        ("prod-web", "us-east-1", {"signed_with": "not the secret"}, "signature"),
        ("prod-web", "us-east-1", {"Action": "GetSessionToken"}, "action"),
        ("prod-web", "us-east-1", {"Version": None}, "version"),
        ("prod-web", "us-east-1", {"X_Amz_Expires": "901"}, "Expires"),
        ("prod-web", "us-east-1", {"X_Amz_Expires": "0"}, "Expires"),
        ("prod-web", "us-east-1", {"X_Amz_Expires": "soon"}, "Expires"),
        ("prod-web", "us-east-1", {"X_Amz_Expires": "9" * 4_400}, "Expires"),
        ("prod-web", "us-east-1", {"X_Amz_Date": "yesterday"}, "date is malformed"),
        ("prod-web", "us-east-1", {"X_Amz_SignedHeaders": "host"}, "signedheaders"),
        ("prod-web", "us-east-1", {"X_Amz_Credential": "AKIA/x"}, "scope is malformed"),
        ("prod-web", "us-east-1", {"X_Amz_Security_Token": "stray"}, "session token"),
        ("prod-web", "us-east-1", {"RoleArn": "arn:aws:iam::1:role/x"}, "rolearn"),
    ],
)
def test_a_token_with_one_thing_wrong_does_not_open(
    web: Cluster, bot: Credential, cluster: str, region: str, changes: dict[str, Any], why: str
) -> None:
    assert why in reason(web, token(bot, cluster, region, **changes))


def test_a_token_for_the_whole_lifetime_opens(web: Cluster, bot: Credential) -> None:
    assert reason(web, token(bot, "prod-web", "us-east-1", X_Amz_Expires="900")) == ""


@pytest.mark.parametrize(
    ("bearer", "why"),
    [
        ("hunter2", "does not begin"),
        ("k8s-aws-v1.", "not the https address"),
        ("k8s-aws-v1.!!!", "base64url"),
        ("k8s-aws-v1.aGVsbG8=", "padded"),
        (encoded("https://sts.us-east-1.amazonaws.com/"), "action is missing"),
        (encoded("https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Action=x"), "twice"),
    ],
)
def test_what_is_no_token_does_not_open(web: Cluster, bearer: str, why: str) -> None:
    assert why in reason(web, bearer)


def test_a_token_with_one_letter_changed_does_not_open(web: Cluster, bot: Credential) -> None:
    good = token(bot, "prod-web", "us-east-1")
    # Within the signature, and not the last letter: of that one base64 may not read every bit.
    assert reason(web, good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]) != ""


def test_an_unknown_access_key_does_not_open(web: Cluster, bot: Credential) -> None:
    stranger = Credential("AKIAIOSFODNN7EXAMPLE", bot.secret_access_key, bot.principal)
    assert "no such access key" in reason(web, token(stranger, "prod-web", "us-east-1"))


def test_a_session_opens_until_it_ends_and_only_with_its_token(
    fleet: Fleet, web: Cluster, bot: Credential
) -> None:
    session = fleet.keyring.issue_session(bot.principal, 900)
    assert reason(web, token(session, "prod-web", "us-east-1")) == ""
    assert "session token" in reason(web, token(session, "prod-web", "us-east-1", X_Amz_Security_Token=None))
    over = fleet.keyring.issue_session(bot.principal, -1)
    assert "is over" in reason(web, token(over, "prod-web", "us-east-1"))


def test_a_session_of_a_role_enters_by_the_entry_of_the_role(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    role = fleet.roles["arn:aws:iam::111122223333:role/eks-readonly"]
    session = fleet.keyring.issue_session(role.session("U024BE7LH"), 900)
    assert reason(cluster, token(session, "prod-payments", "eu-west-1")) == ""
    name = "arn:aws:sts::111122223333:assumed-role/eks-readonly/U024BE7LH"
    assert list(cluster.log)[-1].identity == name


def test_good_keys_without_an_access_entry_do_not_open(fleet: Fleet) -> None:
    for cluster in fleet.clusters:
        if cluster.has_server:
            contractor = fleet.users["contractor"]
            assert "no access entry" in reason(cluster, token(contractor, cluster.name, cluster.region))


def test_an_entry_can_come_and_go(fleet: Fleet, web: Cluster) -> None:
    guest = fleet.users["guest"]
    bearer = token(guest, "prod-web", "us-east-1")
    web.access.map(guest.principal.arn, "viewers")
    assert reason(web, bearer) == ""
    web.access.unmap(guest.principal.arn)
    assert "no access entry" in reason(web, bearer)


def test_nobody_may_see_the_version_and_nothing_else(web: Cluster) -> None:
    nobody = Raw(web)
    assert nobody.get("/version")[0] == 200
    assert nobody.request("/healthz").data == b"ok"
    real = recorded("401-anonymous-forbidden")
    assert nobody.get("/api/v1/pods") == (real["status"], real["body"])
    for path in ("/api", "/apis/apps/v1", "/nope"):
        status, body = nobody.get(path)
        assert (status, body["message"]) == (
            403,
            f'forbidden: User "system:anonymous" cannot get path "{path}"',
        )


def test_another_scheme_than_bearer_is_nobody(web: Cluster) -> None:
    answer = Raw(web).request("/api/v1/pods", headers={"Authorization": "Basic YTpi"})
    assert answer.status == 403


def test_the_locked_cluster_lets_in_and_shows_nothing(fleet: Fleet, bot: Credential) -> None:
    raw = Raw(fleet.cluster("locked"), token(bot, "locked", "us-east-1"))
    assert raw.get("/api")[0] == 200
    for resource in ("namespaces", "pods", "nodes", "services", "secrets"):
        status, body = raw.get(f"/api/v1/{resource}")
        assert (status, body["reason"]) == (403, "Forbidden")


def as_recorded(body: Any, user: str, namespace: str) -> Any:
    text = json.dumps(body).replace("slack:U123", user).replace("odd-a", namespace)
    return json.loads(text)


def test_refusals_have_the_recorded_shape(fleet: Fleet, bot: Credential) -> None:
    raw = Raw(fleet.cluster("locked"), token(bot, "locked", "us-east-1"))
    user = bot.principal.arn
    for path, name in (("/api/v1/pods", "403"), ("/api/v1/namespaces/ledger/pods", "403-namespaced")):
        real = recorded(name)
        assert raw.get(path) == (real["status"], as_recorded(real["body"], user, "ledger"))
    _, body = raw.get("/apis/apps/v1/namespaces/ledger/deployments/ledger-api")
    assert body["message"] == (
        f'deployments.apps "ledger-api" is forbidden: User "{user}" cannot get resource "deployments" '
        'in API group "apps" in the namespace "ledger"'
    )
    assert body["details"] == {"name": "ledger-api", "group": "apps", "kind": "deployments"}


def test_an_auditor_sees_two_namespaces_only(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    role = fleet.roles["arn:aws:iam::111122223333:role/eks-auditor"]
    session = fleet.keyring.issue_session(role.session("audit"), 900)
    raw = Raw(cluster, token(session, cluster.name, cluster.region))
    assert raw.get("/api/v1/namespaces")[0] == 200
    assert raw.get("/api/v1/namespaces/ledger/pods", limit="1")[0] == 200
    assert raw.get("/api/v1/namespaces/fraud/pods")[0] == 403
    assert raw.get("/api/v1/pods")[0] == 403
    assert raw.get("/api/v1/nodes")[0] == 403


def test_a_denial_is_stronger_than_masters(fleet: Fleet, web: Cluster, bot: Credential) -> None:
    raw = Raw(web, token(bot, "prod-web", "us-east-1"))
    web.access.deny("system:masters", "list", "namespaces")
    web.access.deny(bot.principal.arn, "*", "pods", "default")
    assert raw.get("/api/v1/namespaces")[0] == 403
    assert raw.get("/api/v1/namespaces/default")[0] == 200
    assert raw.get("/api/v1/namespaces/default/pods")[0] == 403
    assert raw.get("/api/v1/namespaces/kube-system/pods", limit="1")[0] == 200
    web.access.forget_denials()
    assert raw.get("/api/v1/namespaces")[0] == 200


def test_impersonation_needs_a_permission_and_takes_the_other_rights(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    admin = Raw(cluster, token(fleet.users["payments-bot"], cluster.name, cluster.region))
    viewer = Raw(cluster, token(fleet.users["guest"], cluster.name, cluster.region))
    as_ada = urllib3.HTTPHeaderDict({"Impersonate-User": "slack:ADA"})
    refused = viewer.request("/api/v1/namespaces", headers=as_ada)
    assert refused.status == 403
    assert json.loads(refused.data)["message"] == (
        f'users "slack:ADA" is forbidden: User "{fleet.users["guest"].principal.arn}" cannot impersonate '
        'resource "users" in API group "" at the cluster scope'
    )
    assert admin.request("/api/v1/pods", headers=as_ada).status == 403
    as_ada.add("Impersonate-Group", "strangers")
    as_ada.add("Impersonate-Group", "viewers")
    assert admin.request("/api/v1/pods", headers=as_ada, query={"limit": "1"}).status == 200
    assert list(cluster.log)[-1].identity == "slack:ADA"
    alone = admin.request("/api/v1/pods", headers={"Impersonate-Group": "viewers"})
    assert alone.status == 500


def test_one_may_ask_who_and_what_one_is(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    guest = fleet.users["guest"]
    raw = Raw(cluster, token(guest, cluster.name, cluster.region))
    who = raw.request("/apis/authentication.k8s.io/v1/selfsubjectreviews", "POST", body={})
    assert who.status == 201
    assert json.loads(who.data)["status"]["userInfo"] == {
        "username": guest.principal.arn,
        "groups": ["viewers", "system:authenticated"],
    }

    def allowed(**attributes: str) -> bool:
        body = {"spec": {"resourceAttributes": attributes}}
        answer = raw.request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "POST", body=body)
        assert answer.status == 201
        return bool(json.loads(answer.data)["status"]["allowed"])

    assert allowed(verb="list", resource="pods", namespace="ledger")
    assert not allowed(verb="delete", resource="pods", namespace="ledger")
    assert allowed(verb="get", resource="pods", subresource="log")
    assert not allowed(verb="get", resource="pods", subresource="exec")
    assert not allowed(verb="list", resource="secrets")


@pytest.mark.parametrize("body", [[], {}, {"spec": None}, {"spec": {"resourceAttributes": {"verb": "get"}}}])
def test_a_review_of_nothing_is_refused(web: Cluster, bot: Credential, body: Any) -> None:
    raw = Raw(web, token(bot, "prod-web", "us-east-1"))
    answer = raw.request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "POST", body=body)
    assert answer.status == 400


def test_a_review_in_protobuf_is_refused_as_unsupported(web: Cluster, bot: Credential) -> None:
    raw = Raw(web, token(bot, "prod-web", "us-east-1"))
    answer = raw.request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "POST")
    assert (answer.status, json.loads(answer.data)["reason"]) == (415, "UnsupportedMediaType")


@given(
    path=st.text(max_size=30), query=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=3)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(path="api/v1/namespaces//pods", query={})
@example(path="apis//v1/pods", query={"limit": "-1"})
def test_nothing_one_may_ask_breaks_the_server(
    web: Cluster, bot: Credential, path: str, query: dict[str, str]
) -> None:
    raw = Raw(web, token(bot, "prod-web", "us-east-1"))
    assert raw.request("/" + quote(path), query=query).status < 500
