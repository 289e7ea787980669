"""Pods, and the templates that workloads make them from.

The forms are those of describePod in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterable, Iterator

from connector.description import judged
from connector.description.containers import containers, named_by
from connector.description.facts import counted, equal, instant, said, seconds
from connector.description.fields import Json, flag, number, pairs, part, parts, text
from connector.description.fields import instant as instant_of
from connector.description.told import Further, Told
from connector.description.values import Fact, Link, Section
from connector.description.volumes import volumes
from connector.resources import KINDS

_PODS = KINDS["pods"]
_SHOWN = ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE")
_MOST_RELATED = 25
# In every pod: https://kubernetes.io/docs/concepts/storage/projected-volumes/
_ROOT_CA = "kube-root-ca.crt"


def tell(pod: Json, _further: Further, _now: float) -> Told:
    spec, status = part(pod, "spec"), part(pod, "status")
    namespace = text(pod, "metadata", "namespace") or None
    return Told(
        facts=(*_placing(pod), *_rules(spec), *_leaving(pod)),
        containers=containers(spec, status),
        volumes=volumes(spec, namespace),
        related=_related(spec, namespace),
    )


def _placing(pod: Json) -> Iterator[Fact]:
    spec, status = part(pod, "spec"), part(pod, "status")
    yield from said("Phase", text(status, "phase"))
    yield from said("Reason", text(status, "reason"))
    yield from said("Message", text(status, "message"))
    host = text(status, "hostIP")
    node = text(spec, "nodeName")
    yield from said("Node", f"{node}/{host}" if node and host else node)
    yield from said("Nominated node", text(status, "nominatedNodeName"))
    yield from instant("Started", instant_of(status, "startTime"))
    ips = [text(one, "ip") for one in parts(status, "podIPs")]
    yield from said("IP", *(ips or [text(status, "podIP")]))
    yield from said("Host network", "true" if flag(spec, "hostNetwork") else "")
    yield from said("QoS class", text(status, "qosClass"))
    yield from counted("Priority", number(spec, "priority"))
    yield from said("Resources", *_quantities(spec))


def _quantities(spec: Json) -> Iterator[str]:
    """Of the pod as a whole, which newer ones may have."""
    for what in ("requests", "limits"):
        for name, amount in pairs(spec, "resources", what).items():
            yield f"{name} {what} {amount}"


def _rules(spec: Json) -> Iterator[Fact]:
    """What holds for a pod wherever it runs: of a pod itself, or of a template."""
    yield from said("Priority class", text(spec, "priorityClassName"))
    yield from said("Runtime class", text(spec, "runtimeClassName"))
    yield from said("Service account", text(spec, "serviceAccountName") or text(spec, "serviceAccount"))
    yield from said("Restart policy", text(spec, "restartPolicy"))
    yield from said("Seccomp profile", text(spec, "securityContext", "seccompProfile", "type"))
    yield from seconds("Active deadline", number(spec, "activeDeadlineSeconds"))
    yield from said("Image pull secrets", *(text(one, "name") for one in parts(spec, "imagePullSecrets")))
    yield from said("Readiness gates", *(text(one, "conditionType") for one in parts(spec, "readinessGates")))
    yield from said("Scheduling gates", *(text(one, "name") for one in parts(spec, "schedulingGates")))
    scheduler = text(spec, "schedulerName")
    yield from said("Scheduler", scheduler if scheduler != "default-scheduler" else "")
    yield from said("Node selectors", *equal(pairs(spec, "nodeSelector")))
    yield from said("Tolerations", *map(_toleration, parts(spec, "tolerations")))
    yield from said("Topology spread", *map(_spread, parts(spec, "topologySpreadConstraints")))
    yield from said("Affinity", ", ".join(part(spec, "affinity")))


def _toleration(one: Json) -> str:
    key, value, effect = text(one, "key"), text(one, "value"), text(one, "effect")
    told = key + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if text(one, "operator") == "Exists" and not value:
        told = f"{told} op=Exists".strip()
    lasts = number(one, "tolerationSeconds")
    return told if lasts is None else f"{told} for {lasts}s"


def _spread(one: Json) -> str:
    skew = f"{text(one, 'topologyKey')}:{text(one, 'whenUnsatisfiable')}"
    skew += f" when max skew {text(one, 'maxSkew')} is exceeded"
    selector = ",".join(equal(pairs(one, "labelSelector", "matchLabels")))
    return f"{skew} for selector {selector}" if selector else skew


def _leaving(pod: Json) -> Iterator[Fact]:
    if text(pod, "metadata", "deletionTimestamp"):
        grace = number(pod, "metadata", "deletionGracePeriodSeconds")
        yield from seconds("Termination grace period", grace)


def _related(spec: Json, namespace: str | None) -> tuple[Link, ...]:
    def found() -> Iterator[Link]:
        if node := text(spec, "nodeName"):
            yield Link("Node", node, role="node")
        if account := text(spec, "serviceAccountName"):
            yield Link("ServiceAccount", account, namespace, role="service account")
        links = [
            link for volume in volumes(spec, namespace) for link in volume.links if link.name != _ROOT_CA
        ]
        yield from sorted(links, key=lambda link: link.kind != "PersistentVolumeClaim")
        yield from named_by(spec, namespace)
        for secret in texts_of(spec, "imagePullSecrets"):
            yield Link("Secret", secret, namespace, role="image pull secret")

    return tuple(dict.fromkeys(found()))[:_MOST_RELATED]


def texts_of(value: Json, *path: str) -> Iterator[str]:
    """The names in a list of objects."""
    return (name for one in parts(value, *path) if (name := text(one, "name")))


def template(value: Json, namespace: str | None) -> Told:
    """What a workload's template says of its pods to be."""
    spec = part(value, "spec")
    return Told(
        facts=(*_rules(spec), *said("Pod labels", *equal(pairs(value, "metadata", "labels")))),
        containers=containers(spec),
        volumes=volumes(spec, namespace),
        related=_related(spec, namespace),
    )


def listed(pods: Iterable[Json], now: float) -> Iterator[Section]:
    """A section of these pods, sickest first."""
    return judged.listed(_PODS, "Pods", _SHOWN, pods, now)


_PHASES = (("Running", "Running"), ("Waiting", "Pending"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))


def phases(pods: Iterable[Json]) -> str:
    """How many are in each phase, in kubectl's words: `3 Running / 0 Waiting / 0 Succeeded / 0 Failed`."""
    found = [text(one, "status", "phase") for one in pods]
    return " / ".join(f"{found.count(phase)} {word}" for word, phase in _PHASES)
