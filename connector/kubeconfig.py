"""How kubectl would reach a cluster, as data; and the kubernetes client made from it without a file.

The loaders in `kubernetes.config` are not used: they write the CA to a temporary file.
"""

import base64
import binascii
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from connector import kube
from connector.errors import ServerError
from connector.words import clean


def kubeconfig(
    *, arn: str, endpoint: str, ca_data: str, cluster: str, region: str, profile: str | None, role: str | None
) -> dict[str, Any]:
    """The kubeconfig that `aws eks update-kubeconfig` writes for this cluster; it holds no secret.

    `ca_data` is the CA in base64, as EKS gives it; `role` an ARN. All its names are `arn`.
    """
    arguments = ["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"]
    if role:
        arguments += ["--role-arn", role]
    command: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": arguments,
    }
    if profile:
        command["env"] = [{"name": "AWS_PROFILE", "value": profile}]
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": [{"name": arn, "cluster": {"server": endpoint, "certificate-authority-data": ca_data}}],
        "users": [{"name": arn, "user": {"exec": command}}],
        "contexts": [{"name": arn, "context": {"cluster": arn, "user": arn}}],
        "current-context": arn,
    }


def configuration(config: Mapping[str, Any], token: Callable[[], str], *, connections: int) -> Any:
    """The kubernetes client's configuration for the current context of `config`, all of it in memory.

    `token` is asked before each request, in place of the exec stanza. At most `connections` are kept open.
    Raises ServerError when the CA is no certificate, or the server is not to be reached by TLS.
    """
    name = config["current-context"]
    context = next(entry["context"] for entry in config["contexts"] if entry["name"] == name)
    cluster = next(entry["cluster"] for entry in config["clusters"] if entry["name"] == context["cluster"])

    if not cluster["server"].startswith("https://"):
        raise ServerError(
            f"EKS gives no safe address for `{name.rpartition('/')[2]}`",
            f"`{clean(cluster['server'], 100)}` is not https; the token would go out in the clear.",
        )
    made = kube.Configuration(host=cluster["server"].rstrip("/"), ca_cert_data=_ca(cluster, name))
    made.api_key_prefix["authorization"] = "Bearer"
    # auth_settings looks whether there is a key before it calls the hook that sets it.
    made.api_key["authorization"] = ""
    made.connection_pool_maxsize = connections
    # A server that has gone without a word is found out in some ten seconds, also by who only listens to it.
    made.socket_options = kube.tcp_keepalive_socket_options(idle=5, interval=2, count=3)
    # One try a request, and no redirect followed: retries are the Cluster's, which knows the deadline.
    made.retries = False

    def refresh(configuration: Any) -> None:
        configuration.api_key["authorization"] = token()

    made.refresh_api_key_hook = refresh
    return made


def _ca(cluster: Mapping[str, Any], name: str) -> str:
    try:
        pem = base64.b64decode(cluster["certificate-authority-data"], validate=True).decode("ascii")
        # Unlike create_default_context, it does not fall back to the system's CAs when there is nothing.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (binascii.Error, ValueError, ssl.SSLError) as error:
        raise ServerError(
            f"EKS gives no usable CA for `{name.rpartition('/')[2]}`",
            "`certificateAuthority.data` is not a certificate.",
            "The cluster may still be starting: try again in a minute",
        ) from error
    return pem
