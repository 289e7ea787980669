"""Nodes: STATUS and ROLES as kubectl prints them, and what EKS's labels say of the machine."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, Health, Kind, text
from connector.resources.wire import Condition, Metadata, Reader, condition

NONE = "<none>"

# https://kubernetes.io/docs/reference/labels-annotations-taints/
_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE = "kubernetes.io/role"
_INSTANCE_TYPE = "node.kubernetes.io/instance-type"
_ZONE = "topology.kubernetes.io/zone"
# https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
_NODE_GROUP = "eks.amazonaws.com/nodegroup"
_COMPUTE_TYPE = "eks.amazonaws.com/compute-type"

_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")


class NodeSpec(msgspec.Struct, gc=False):
    unschedulable: bool = False


class NodeInfo(msgspec.Struct, rename="camel", gc=False):
    kubelet_version: str = ""


class NodeStatus(msgspec.Struct, rename="camel"):
    conditions: list[Condition] | None = None
    node_info: NodeInfo = msgspec.field(default_factory=NodeInfo)


class Node(msgspec.Struct):
    metadata: Metadata
    spec: NodeSpec = msgspec.field(default_factory=NodeSpec)
    status: NodeStatus = msgspec.field(default_factory=NodeStatus)


class NodeRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    status: str
    roles: str
    instance_type: str
    zone: str
    node_group: str
    version: str
    created: float
    health: Health
    namespace: str | None = None


def row(node: Node) -> NodeRow:
    """What the columns need of a node."""
    labels = node.metadata.labels or {}
    return NodeRow(
        name=node.metadata.name,
        status=_status(node),
        roles=_roles(labels),
        instance_type=labels.get(_INSTANCE_TYPE) or labels.get(_COMPUTE_TYPE) or NONE,
        zone=labels.get(_ZONE) or NONE,
        node_group=labels.get(_NODE_GROUP) or NONE,
        version=node.status.node_info.kubelet_version,
        created=node.metadata.created,
        health=_health(node),
    )


def _status(node: Node) -> str:
    ready = condition(node.status.conditions, "Ready")
    status = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if node.spec.unschedulable else status


def _roles(labels: dict[str, str]) -> str:
    roles = {label.removeprefix(_ROLE_PREFIX) for label in labels if label.startswith(_ROLE_PREFIX)}
    return ",".join(sorted((roles | {labels.get(_ROLE, "")}) - {""})) or NONE


def _health(node: Node) -> Health:
    conditions = node.status.conditions
    ready = condition(conditions, "Ready")
    if ready is None:
        return Health.UNKNOWN
    if ready != "True":
        return Health.BROKEN
    pressed = any(condition(conditions, pressure) == "True" for pressure in _PRESSURES)
    return Health.CHANGING if node.spec.unschedulable or pressed else Health.HEALTHY


NODES = Kind(
    plural="nodes",
    singular="node",
    name="Node",
    short_names=("no",),
    namespaced=False,
    columns=(
        NAME,
        text("STATUS", lambda row: row.status),
        text("ROLES", lambda row: row.roles),
        text("INSTANCE-TYPE", lambda row: row.instance_type),
        text("ZONE", lambda row: row.zone),
        text("NODEGROUP", lambda row: row.node_group),
        text("VERSION", lambda row: row.version),
        AGE,
        CREATED,
    ),
    related=("pods", "daemonsets", "events"),
    read=Reader(Node, row),
)
