import base64
import json
import ssl

import pytest
import trustme

from connector.aws import Role
from connector.connector import EKSConnector
from connector.errors import ConnectionNotFound, ServerError
from connector.kubeconfig import configuration, kubeconfig
from tests.connector.api_server import ApiServer
from tests.connector.aws_front import AwsFront
from tests.connector.conftest import KEYS, REGION, MakeCluster

ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
ROLE = "arn:aws:iam::111122223333:role/reader"


def made(
    ca_data: str, endpoint: str = "https://ABC.gr7.eu-west-1.eks.amazonaws.com", **more: str | None
) -> dict[str, object]:
    parts: dict[str, str | None] = {"profile": None, "role": None, **more}
    return kubeconfig(
        arn=ARN,
        endpoint=endpoint,
        ca_data=ca_data,
        cluster="prod",
        region="eu-west-1",
        profile=parts["profile"],
        role=parts["role"],
    )


def test_it_is_what_aws_eks_update_kubeconfig_writes() -> None:
    assert made("Q0E=", profile="ops", role="arn:aws:iam::111122223333:role/reader") == {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": [
            {
                "name": ARN,
                "cluster": {
                    "server": "https://ABC.gr7.eu-west-1.eks.amazonaws.com",
                    "certificate-authority-data": "Q0E=",
                },
            }
        ],
        "users": [
            {
                "name": ARN,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": [
                            *("--region", "eu-west-1", "eks", "get-token", "--cluster-name", "prod"),
                            *("--output", "json", "--role-arn", "arn:aws:iam::111122223333:role/reader"),
                        ],
                        "env": [{"name": "AWS_PROFILE", "value": "ops"}],
                    }
                },
            }
        ],
        "contexts": [{"name": ARN, "context": {"cluster": ARN, "user": ARN}}],
        "current-context": ARN,
    }


def test_without_profile_and_role_it_names_none() -> None:
    text = json.dumps(made("Q0E="))
    assert "env" not in text
    assert "--role-arn" not in text


def test_the_client_is_configured_from_memory_with_a_fresh_token_each_time(ca: trustme.CA) -> None:
    pem = ca.cert_pem.bytes()
    tokens = iter(["one", "two"])
    config = configuration(made(base64.b64encode(pem).decode()), lambda: next(tokens), connections=4)
    assert config.host == "https://ABC.gr7.eu-west-1.eks.amazonaws.com"
    assert config.ca_cert_data == pem.decode()
    assert (config.ssl_ca_cert, config.cert_file, config.key_file) == (None, None, None)
    assert config.verify_ssl is True
    assert config.auth_settings()["BearerToken"]["value"] == "Bearer one"
    assert config.auth_settings()["BearerToken"]["value"] == "Bearer two"


@pytest.mark.parametrize(
    "ca_data", ["", "no base64!", "bm8gY2VydGlmaWNhdGU=", base64.b64encode(b"\xff\xfe").decode()]
)
def test_a_ca_that_is_no_certificate_is_refused(ca_data: str) -> None:
    with pytest.raises(ServerError, match="EKS gives no usable CA for `prod`"):
        configuration(made(ca_data), lambda: "", connections=1)


def test_two_cas_may_stand_in_one_pem(ca: trustme.CA) -> None:
    pem = ca.cert_pem.bytes() + trustme.CA().cert_pem.bytes()
    config = configuration(made(base64.b64encode(pem).decode()), lambda: "", connections=1)
    context = ssl.create_default_context(cadata=config.ca_cert_data)
    assert len([one for one in context.get_ca_certs() if "trustme" in str(one)]) == 2


@pytest.mark.parametrize("endpoint", ["http://10.0.0.1", "ftp://x", "10.0.0.1:443", ""])
def test_a_token_is_never_sent_in_the_clear(ca: trustme.CA, endpoint: str) -> None:
    ca_data = base64.b64encode(ca.cert_pem.bytes()).decode()
    with pytest.raises(ServerError, match="no safe address"):
        configuration(made(ca_data, endpoint), lambda: "", connections=1)


def test_the_one_for_anybodys_terminal_names_the_role_and_no_profile(
    aws: AwsFront, connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    made = make_cluster("prod", api, account="111122223333")
    connector.connect_with_aws_profile("prod", REGION, "ops", role=Role(ROLE), connected_by="U1")
    config = connector.kubeconfig(f"{REGION}_prod")
    assert config == kubeconfig(
        arn=made.arn,
        endpoint=api.url,
        ca_data=api.ca,
        cluster="prod",
        region=REGION,
        profile=None,
        role=ROLE,
    )
    text = str(config)
    assert "ops" not in text
    for secret in (KEYS.access_key_id, KEYS.secret_access_key, "k8s-aws-v1"):
        assert secret not in text
    assert connector.connection("prod").role_arn == ROLE
    assert connector.connection("prod").arn == made.arn


def test_without_a_role_none_is_named(
    aws: AwsFront, connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    assert "--role-arn" not in str(connector.kubeconfig(f"{REGION}_prod"))
    with pytest.raises(ConnectionNotFound):
        connector.kubeconfig(f"{REGION}_gone")
