"""Nodes: what the machine is, what presses it, and how much of it the pods on it have asked for.

The forms are those of describeNode and describeNodeResource in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterable, Iterator

from connector.description.facts import said, section
from connector.description.fields import Json, flag, instant, pairs, part, parts, text, texts
from connector.description.judged import cell, row
from connector.description.told import Further, Told
from connector.description.values import Fact, Section
from connector.quantities import amount, largest, share, total
from connector.resources import KINDS, Cell
from connector.resources.age import age

_NODES = KINDS["nodes"]
# https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
_LABELLED = (
    ("Compute type", COMPUTE_TYPE),
    ("Capacity type", "eks.amazonaws.com/capacityType"),
    ("Capacity type", "karpenter.sh/capacity-type"),
    ("Node pool", "karpenter.sh/nodepool"),
    ("AMI", "eks.amazonaws.com/nodegroup-image"),
)
_COLUMNS = (
    ("Roles", "ROLES"),
    ("Instance type", "INSTANCE-TYPE"),
    ("Zone", "ZONE"),
    ("Node group", "NODEGROUP"),
)
_SYSTEM = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel version", "kernelVersion"),
    ("OS image", "osImage"),
    ("Operating system", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container runtime version", "containerRuntimeVersion"),
    ("Kubelet version", "kubeletVersion"),
)
_ALWAYS = ("cpu", "memory", "ephemeral-storage")


def tell(node: Json, further: Further, now: float) -> Told:
    pods = further.pods
    return Told(
        facts=(*_machine(node, now), *_use(node), *_system(node)),
        field_selector=f"spec.nodeName={text(node, 'metadata', 'name')}",
        sections=(
            *_capacity(node),
            *(() if pods is None else (*_allocated(node, pods), *_pods(node, pods, now))),
        ),
    )


def _machine(node: Json, now: float) -> Iterator[Fact]:
    own = row(_NODES, node)
    for label, header in _COLUMNS:
        shown = cell(_NODES, own, header, now) if own else None
        yield from said(label, shown.text if shown else "")
    for label, key in _LABELLED:
        yield from said(label, text(node, "metadata", "labels", key))


def _use(node: Json) -> Iterator[Fact]:
    spec = part(node, "spec")
    yield from said("Taints", *(map(_taint, parts(spec, "taints")) if parts(spec, "taints") else ["<none>"]))
    yield from said("Unschedulable", "true" if flag(spec, "unschedulable") else "false")
    for one in parts(node, "status", "addresses"):
        yield from said(text(one, "type") or "Address", text(one, "address"))
    yield from said("Pod CIDR", *(texts(spec, "podCIDRs") or [text(spec, "podCIDR")]))
    yield from said("Provider ID", text(spec, "providerID"))


def _taint(one: Json) -> str:
    key, value, effect = text(one, "key"), text(one, "value"), text(one, "effect")
    return key + (f"={value}" if value else "") + (f":{effect}" if effect else "")


def _system(node: Json) -> Iterator[Fact]:
    info = part(node, "status", "nodeInfo")
    for label, key in _SYSTEM:
        yield from said(label, text(info, key))


def _capacity(node: Json) -> Iterator[Section]:
    has, gives = pairs(node, "status", "capacity"), pairs(node, "status", "allocatable")
    return section(
        "Capacity",
        ("RESOURCE", "CAPACITY", "ALLOCATABLE"),
        (
            (Cell(key), _quantity(has.get(key, "")), _quantity(gives.get(key, "")))
            for key in sorted(has | gives)
        ),
    )


def _quantity(text: str) -> Cell:
    """As kubectl shortens it: 65024000Ki is 63500Mi."""
    found = amount(text)
    return Cell(total((text,)), number=float(found)) if found else Cell(text)


def asked(pod: Json, which: str) -> dict[str, str]:
    """What a pod asks for ("requests") or may use ("limits") as a whole, for each resource that it names.

    Init containers run one after the other, sidecars beside all that starts after them:
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    spec = part(pod, "spec")

    def of(container: Json) -> dict[str, str]:
        return pairs(container, "resources", which)

    beside: list[dict[str, str]] = []
    starting: list[dict[str, str]] = []
    for one in parts(spec, "initContainers"):
        if text(one, "restartPolicy") == "Always":
            beside.append(of(one))
            starting.append(_sum(beside))
        else:
            starting.append(_sum([*beside, of(one)]))
    running = _sum([*beside, *map(of, parts(spec, "containers"))])
    names = {name for one in (running, *starting) for name in one}
    found = {name: largest([one.get(name, "0") for one in (running, *starting)]) for name in sorted(names)}
    # Of the pod as a whole, where it says so: https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
    found.update(of(spec))
    overhead = pairs(spec, "overhead")
    added = overhead if which == "requests" else {name: overhead[name] for name in overhead if name in found}
    return _sum([found, added])


def _sum(several: Iterable[dict[str, str]]) -> dict[str, str]:
    listed = list(several)
    names = dict.fromkeys(name for one in listed for name in one)
    return {name: total(one[name] for one in listed if name in one) for name in names}


def _allocated(node: Json, pods: tuple[Json, ...]) -> Iterator[Section]:
    gives = pairs(node, "status", "allocatable")
    requests, limits = (_sum(asked(pod, which) for pod in pods) for which in ("requests", "limits"))
    others = sorted(({*gives} & {*requests, *limits}) - {*_ALWAYS, "pods"})

    def part_of(sums: dict[str, str], name: str) -> Cell:
        there = sums.get(name, "0")
        percent = share(there, gives.get(name, ""))
        return Cell(f"{there} ({percent}%)", number=percent)

    return section(
        "Allocated resources",
        ("RESOURCE", "REQUESTS", "LIMITS"),
        ((Cell(name), part_of(requests, name), part_of(limits, name)) for name in (*_ALWAYS, *others)),
    )


def _pods(node: Json, pods: tuple[Json, ...], now: float) -> Iterator[Section]:
    gives = pairs(node, "status", "allocatable")

    def part_of(amounts: dict[str, str], name: str) -> Cell:
        there = amounts.get(name, "0")
        percent = share(there, gives.get(name, ""))
        return Cell(f"{there} ({percent}%)", number=percent)

    def cells(pod: Json) -> tuple[Cell, ...]:
        requests, limits = asked(pod, "requests"), asked(pod, "limits")
        created = instant(pod, "metadata", "creationTimestamp")
        return (
            Cell(text(pod, "metadata", "namespace")),
            Cell(text(pod, "metadata", "name")),
            part_of(requests, "cpu"),
            part_of(limits, "cpu"),
            part_of(requests, "memory"),
            part_of(limits, "memory"),
            Cell(age(now - created), number=now - created) if created else Cell(""),
        )

    headers = ("NAMESPACE", "NAME", "CPU REQUESTS", "CPU LIMITS", "MEMORY REQUESTS", "MEMORY LIMITS", "AGE")
    return section("Pods", headers, map(cells, pods))
