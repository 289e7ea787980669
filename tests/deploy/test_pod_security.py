"""The restricted profile: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted."""

from collections.abc import Iterator

import pytest

from tests.deploy.rendered import Object, Rendered, overlay

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
HOST = ("hostNetwork", "hostPID", "hostIPC")


def breaches(spec: Object) -> Iterator[str]:
    """What in a pod's `spec` the restricted profile forbids, in words."""
    pod = spec.get("securityContext", {})
    yield from (f"{name} is on" for name in HOST if spec.get(name))
    for volume in spec.get("volumes", []):
        (kind,) = set(volume) - {"name"}
        if kind not in VOLUMES:
            yield f"volume {volume['name']} is a {kind}"
    if pod.get("runAsUser") == 0:
        yield "the pod runs as root"
    if pod.get("sysctls"):
        yield "sysctls are set"
    kinds = ("containers", "initContainers", "ephemeralContainers")
    for container in [one for kind in kinds for one in spec.get(kind, [])]:
        yield from (f"{container['name']}: {breach}" for breach in _of_container(container, pod))


def _of_container(container: Object, pod: Object) -> Iterator[str]:
    own = container.get("securityContext", {})
    both = {**pod, **own}
    if own.get("privileged"):
        yield "is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if both.get("runAsNonRoot") is not True or both.get("runAsUser") == 0:
        yield "may run as root"
    if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "has no seccomp profile"
    capabilities = own.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []):
        yield "keeps capabilities"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if own.get("procMount", "Default") != "Default":
        yield "sees /proc unmasked"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the node"


def test_each_pod_keeps_the_restricted_profile(rendered: Rendered) -> None:
    for found in rendered.of("Deployment"):
        assert list(breaches(found["spec"]["template"]["spec"])) == []


def test_the_namespace_holds_everything_to_it(rendered: Rendered) -> None:
    (namespace,) = rendered.of("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_no_container_writes_to_its_image_and_each_is_held_to_its_memory(rendered: Rendered) -> None:
    for found in rendered.of("Deployment"):
        for container in found["spec"]["template"]["spec"]["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert set(container["resources"]["limits"]) == {"memory", "ephemeral-storage"}
            assert set(container["resources"]["requests"]) == {"cpu", "memory", "ephemeral-storage"}


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"hostNetwork": True}, "hostNetwork is on"),
        ({"volumes": [{"name": "node", "hostPath": {"path": "/"}}]}, "volume node is a hostPath"),
        ({"securityContext": {}}, "bot: may run as root"),
        ({"containers": [{"name": "bot"}]}, "bot: may gain privileges"),
        (
            {"containers": [{"name": "bot", "securityContext": {"capabilities": {"drop": []}}}]},
            "bot: keeps capabilities",
        ),
        ({"initContainers": [{"name": "first"}]}, "first: keeps capabilities"),
    ],
)
def test_a_breach_would_be_found(change: Object, breach: str) -> None:
    assert breach in set(breaches({**overlay("socket-mode").pod["spec"], **change}))
