"""Horizontal pod autoscalers: what they scale by what, how far they may go, and what keeps them from it.

The rules are those of printHorizontalPodAutoscaler in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count, text
from connector.resources.wire import Condition, Metadata, Reader
from connector.resources.workload import NONE

UNKNOWN = "<unknown>"
_METRICS_SHOWN = 2


class Values(msgspec.Struct, rename="camel", gc=False):
    """A target, or what is now."""

    value: str | None = None
    average_value: str | None = None
    average_utilization: int | None = None


class Source(msgspec.Struct):
    """One metric; its name where it is one of a resource."""

    name: str = ""
    target: Values = msgspec.field(default_factory=Values)
    current: Values = msgspec.field(default_factory=Values)


class Metric(msgspec.Struct, rename="camel"):
    type: str = ""
    resource: Source | None = None
    container_resource: Source | None = None
    pods: Source | None = None
    object: Source | None = None
    external: Source | None = None

    @property
    def source(self) -> Source | None:
        return {
            "Resource": self.resource,
            "ContainerResource": self.container_resource,
            "Pods": self.pods,
            "Object": self.object,
            "External": self.external,
        }.get(self.type)


class Reference(msgspec.Struct, gc=False):
    kind: str = ""
    name: str = ""


class AutoscalerSpec(msgspec.Struct, rename="camel"):
    scale_target_ref: Reference = msgspec.field(default_factory=Reference)
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[Metric] | None = None


class AutoscalerStatus(msgspec.Struct, rename="camel"):
    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: list[Metric] | None = None
    conditions: list[Condition] | None = None


class Autoscaler(msgspec.Struct):
    metadata: Metadata
    spec: AutoscalerSpec = msgspec.field(default_factory=AutoscalerSpec)
    status: AutoscalerStatus = msgspec.field(default_factory=AutoscalerStatus)


class AutoscalerRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    reference: str
    targets: str
    min_pods: str
    max_pods: int
    replicas: int
    created: float
    health: Health


def row(one: Autoscaler) -> AutoscalerRow:
    """What the columns need of an autoscaler."""
    spec = one.spec
    return AutoscalerRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        reference=f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}",
        targets=_targets(spec.metrics or [], one.status.current_metrics or []),
        min_pods="<unset>" if spec.min_replicas is None else str(spec.min_replicas),
        max_pods=spec.max_replicas,
        replicas=one.status.current_replicas,
        created=one.metadata.created,
        health=_health(one),
    )


def _targets(wanted: list[Metric], now: list[Metric]) -> str:
    # The server gives both in one order.
    shown = [_target(one, now[at] if at < len(now) else Metric()) for at, one in enumerate(wanted)]
    if len(shown) > _METRICS_SHOWN:
        return f"{', '.join(shown[:_METRICS_SHOWN])} + {len(shown) - _METRICS_SHOWN} more..."
    return ", ".join(shown) or NONE


def _target(wanted: Metric, now: Metric) -> str:
    if wanted.source is None:
        return "<unknown type>"
    # What is measured now may be of another kind, when the metrics were changed a moment ago.
    current = now.source.current if now.source and now.type == wanted.type else Values()
    target = wanted.source.target
    match wanted.type:
        case "Resource" | "ContainerResource":
            if target.average_value is not None:
                pair = (current.average_value, target.average_value)
            else:
                pair = (_percent(current), _percent(target) or "<auto>")
            return f"{wanted.source.name}: {pair[0] or UNKNOWN}/{pair[1]}"
        case "Pods":
            return f"{current.average_value or UNKNOWN}/{target.average_value}"
        case _ if target.average_value is not None:
            return f"{current.average_value or UNKNOWN}/{target.average_value} (avg)"
        case _:
            return f"{current.value or UNKNOWN}/{target.value}"


def _percent(values: Values) -> str | None:
    return None if values.average_utilization is None else f"{values.average_utilization}%"


def _health(one: Autoscaler) -> Health:
    spec, status = one.spec, one.status
    said = {condition.type: condition for condition in status.conditions or ()}
    able, active, limited = (said.get(kind) for kind in ("AbleToScale", "ScalingActive", "ScalingLimited"))
    if active and active.status == "False" and active.reason == "ScalingDisabled":
        # Somebody scaled its target to zero.
        return Health.OFF
    if any(condition and condition.status == "False" for condition in (able, active)):
        return Health.BROKEN
    if active is None or active.status != "True":
        return Health.UNKNOWN
    wants_more = limited is not None and limited.status == "True" and limited.reason == "TooManyReplicas"
    # Where the least is the most, being there is no news.
    at_most = status.current_replicas >= spec.max_replicas > (spec.min_replicas or 1)
    scaling = status.desired_replicas != status.current_replicas or one.metadata.deletion_timestamp
    return Health.CHANGING if wants_more or at_most or scaling else Health.HEALTHY


HORIZONTALPODAUTOSCALERS = Kind(
    plural="horizontalpodautoscalers",
    singular="horizontalpodautoscaler",
    name="HorizontalPodAutoscaler",
    short_names=("hpa",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("REFERENCE", lambda row: row.reference),
        text("TARGETS", lambda row: row.targets),
        text("MINPODS", lambda row: row.min_pods),
        count("MAXPODS", lambda row: row.max_pods),
        count("REPLICAS", lambda row: row.replicas),
        AGE,
        CREATED,
    ),
    broken="not able to scale",
    changing="at their most or scaling",
    related=("deployments", "pods", "events"),
    read=Reader(Autoscaler, row),
    group="autoscaling",
    version="v2",
)
