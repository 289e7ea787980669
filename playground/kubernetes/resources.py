"""The kinds that the API servers serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_META_FIELDS = ("metadata.name", "metadata.namespace")
_POD_FIELDS = (
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
)
_EVENT_FIELDS = (
    *(f"involvedObject.{key}" for key in ("kind", "namespace", "name", "uid", "apiVersion", "fieldPath")),
    *("reason", "reportingComponent", "source", "type"),
)

METRICS_GROUP = "metrics.k8s.io"
CUSTOM_GROUP = "shipyard.example.com"


@dataclass(frozen=True)
class Resource:
    """One kind as discovery describes it. `fields` are the ones a field selector may name.

    `records` is what the store calls it, where that is not its plural. Only reading is served, so only reading is
    announced.
    """

    plural: str
    singular: str
    kind: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    group: str = ""
    version: str = "v1"
    categories: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    records: str = ""

    @property
    def group_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def verbs(self) -> tuple[str, ...]:
        return ("get", "list") if self.group == METRICS_GROUP else ("get", "list", "watch")

    @property
    def stored_as(self) -> str:
        return self.records or self.plural

    @property
    def known_fields(self) -> tuple[str, ...]:
        return (*_META_FIELDS, *self.fields) if self.namespaced else ("metadata.name", *self.fields)

    def unknown_field(self, name: str) -> str:
        """What a server says to a field selector on another field; some groups word it differently."""
        if self.group == "apps":
            known = ", ".join(f'"{field}"' for field in self.known_fields)
            return f'"{name}" is not a known field selector: only {known}'
        if self.kind == "Job":
            return f'field label "{name}" not supported for Job'
        return f"field label not supported: {name}"


_ALL = ("all",)

_RESOURCES = (
    Resource("configmaps", "configmap", "ConfigMap", ("cm",)),
    Resource("endpoints", "endpoints", "Endpoints", ("ep",)),
    Resource("events", "event", "Event", ("ev",), fields=_EVENT_FIELDS),
    Resource("limitranges", "limitrange", "LimitRange", ("limits",)),
    Resource("namespaces", "namespace", "Namespace", ("ns",), False, fields=("status.phase",)),
    Resource("nodes", "node", "Node", ("no",), False, fields=("spec.unschedulable",)),
    Resource("persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", ("pvc",)),
    Resource("persistentvolumes", "persistentvolume", "PersistentVolume", ("pv",), False),
    Resource("pods", "pod", "Pod", ("po",), categories=_ALL, fields=_POD_FIELDS, subresources=("log",)),
    Resource("resourcequotas", "resourcequota", "ResourceQuota", ("quota",)),
    Resource("secrets", "secret", "Secret", fields=("type",)),
    Resource("serviceaccounts", "serviceaccount", "ServiceAccount", ("sa",)),
    Resource(
        *("services", "service", "Service", ("svc",)),
        categories=_ALL,
        fields=("spec.clusterIP", "spec.type"),
    ),
    Resource("controllerrevisions", "controllerrevision", "ControllerRevision", group="apps"),
    Resource("daemonsets", "daemonset", "DaemonSet", ("ds",), group="apps", categories=_ALL),
    Resource("deployments", "deployment", "Deployment", ("deploy",), group="apps", categories=_ALL),
    Resource("replicasets", "replicaset", "ReplicaSet", ("rs",), group="apps", categories=_ALL),
    Resource("statefulsets", "statefulset", "StatefulSet", ("sts",), group="apps", categories=_ALL),
    Resource(
        *("horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", ("hpa",)),
        group="autoscaling",
        version="v2",
        categories=_ALL,
    ),
    Resource("cronjobs", "cronjob", "CronJob", ("cj",), group="batch", categories=_ALL),
    Resource("jobs", "job", "Job", group="batch", categories=_ALL, fields=("status.successful",)),
    Resource("ingressclasses", "ingressclass", "IngressClass", (), False, group="networking.k8s.io"),
    Resource("ingresses", "ingress", "Ingress", ("ing",), group="networking.k8s.io"),
    Resource("poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", ("pdb",), group="policy"),
    Resource("storageclasses", "storageclass", "StorageClass", ("sc",), False, group="storage.k8s.io"),
    Resource(
        *("customresourcedefinitions", "customresourcedefinition", "CustomResourceDefinition"),
        ("crd", "crds"),
        False,
        group="apiextensions.k8s.io",
        categories=("api-extensions",),
    ),
    Resource("leases", "lease", "Lease", group="coordination.k8s.io"),
    Resource("endpointslices", "endpointslice", "EndpointSlice", group="discovery.k8s.io"),
    Resource(
        *("dispatches", "dispatch", "Dispatch", ("dsp",)),
        group=CUSTOM_GROUP,
        version="v1alpha1",
        categories=("shipyard",),
    ),
    Resource("nodes", "", "NodeMetrics", (), False, METRICS_GROUP, "v1beta1", records="nodemetrics"),
    Resource("pods", "", "PodMetrics", (), True, METRICS_GROUP, "v1beta1", records="podmetrics"),
)

RESOURCES: Mapping[tuple[str, str], Resource] = MappingProxyType(
    {(resource.group_version, resource.plural): resource for resource in _RESOURCES}
)
"""Every kind by its group and version (`apps/v1`, or `v1`) and its plural."""


def version(minor: str) -> dict[str, str]:
    """What /version answers on EKS, for the minor version of a cluster such as "34"."""
    return {
        "major": "1",
        "minor": minor,
        "emulationMajor": "1",
        "emulationMinor": minor,
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": f"v1.{minor}.4-eks-3abbec1",
        "gitCommit": "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
        "gitTreeState": "clean",
        "buildDate": "2026-08-01T00:00:00Z",
        "goVersion": "go1.26.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    }
