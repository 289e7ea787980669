"""Horizontal pod autoscalers: what they scale, how far, and what each metric is now.

The forms are those of describeHorizontalPodAutoscalerV2 in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator

from connector.description.facts import counted, instant, said, section
from connector.description.fields import Json, number, part, parts, text
from connector.description.fields import instant as instant_of
from connector.description.told import Further, Told
from connector.description.values import Fact, Link, Section
from connector.resources import Cell
from connector.resources.horizontalpodautoscalers import UNKNOWN

# Where each type of metric keeps what it is about.
_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def tell(obj: Json, _further: Further, _now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")
    target = part(spec, "scaleTargetRef")
    kind, name = text(target, "kind"), text(target, "name")

    def facts() -> Iterator[Fact]:
        yield from said("Scales", f"{kind}/{name}")
        current, wanted = number(status, "currentReplicas") or 0, number(status, "desiredReplicas") or 0
        yield from said("Replicas", f"{current} current / {wanted} desired")
        least = number(spec, "minReplicas")
        yield from said("Min replicas", "<unset>" if least is None else str(least))
        yield from counted("Max replicas", number(spec, "maxReplicas"))
        yield from instant("Last scaled", instant_of(status, "lastScaleTime"))
        for label, key in (("Scale up", "scaleUp"), ("Scale down", "scaleDown")):
            yield from said(label, *_behaviour(part(spec, "behavior", key)))

    links: tuple[Link, ...] = ()
    if kind and name:
        group = text(target, "apiVersion").rpartition("/")[0]
        links = (Link(kind, name, text(obj, "metadata", "namespace") or None, group, "scale target"),)
    return Told(facts=tuple(facts()), related=links, sections=tuple(_metrics(spec, status)))


def _behaviour(rules: Json) -> Iterator[str]:
    window = number(rules, "stabilizationWindowSeconds")
    if window is not None:
        yield f"stabilised over {window}s"
    if choice := text(rules, "selectPolicy"):
        yield f"select policy {choice}"
    for one in parts(rules, "policies"):
        yield f"{text(one, 'type')} {text(one, 'value')} per {text(one, 'periodSeconds')}s"


def _metrics(spec: Json, status: Json) -> Iterator[Section]:
    now = {_called(one): one for one in parts(status, "currentMetrics")}
    rows = (
        (Cell(_called(one)), _measured(now.get(_called(one), {}), _wanted_as(one)), _wanted(one))
        for one in parts(spec, "metrics")
    )
    return section("Metrics", ("METRIC", "CURRENT", "TARGET"), rows)


def _source(metric: Json) -> Json:
    return part(metric, _SOURCES.get(text(metric, "type"), ""))


def _called(metric: Json) -> str:
    source = _source(metric)
    name = text(source, "name") or text(source, "metric", "name")
    match text(metric, "type"):
        case "Resource":
            return f"{name} on pods"
        case "ContainerResource":
            return f"{name} of container {text(source, 'container')}"
        case "Pods":
            return f"{name} of pods"
        case "Object":
            about = part(source, "describedObject")
            return f"{name} of {text(about, 'kind')}/{text(about, 'name')}"
        case kind:
            return f"{name} ({kind.lower()})"


def _wanted_as(metric: Json) -> str:
    target = part(_source(metric), "target")
    forms = ("averageUtilization", "averageValue", "value")
    return next((form for form in forms if text(target, form)), "")


def _wanted(metric: Json) -> Cell:
    shown = text(_source(metric), "target", _wanted_as(metric))
    return _formed(shown, _wanted_as(metric))


def _measured(metric: Json, form: str) -> Cell:
    current = part(_source(metric), "current")
    shown = _formed(text(current, form) or UNKNOWN, form)
    # A share alone does not say of how much.
    amount = text(current, "averageValue")
    return Cell(f"{shown.text} ({amount})") if form == "averageUtilization" and amount else shown


def _formed(shown: str, form: str) -> Cell:
    if shown == UNKNOWN:
        return Cell(shown)
    return Cell({"averageUtilization": f"{shown}%", "averageValue": f"{shown} (average)"}.get(form, shown))
