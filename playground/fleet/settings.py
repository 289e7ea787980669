"""What pods are given: config maps, secrets, service accounts, quotas. No secret here opens anything."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from playground.fleet.objects import Object, ordered
from playground.fleet.population import Content
from playground.fleet.words import CANARY, SYSTEM_NAMESPACES
from playground.fleet.workloads import Workload

_ROOT_CA = "-----BEGIN CERTIFICATE-----\nMIIBplaygroundplaygroundplayground=\n-----END CERTIFICATE-----\n"
_TEAM_QUOTA = ("payments", "checkout", "ledger")


def config_maps(content: Content) -> tuple[Object, ...]:
    """The cluster's CA in every namespace, and a configuration for every workload."""
    made = [
        _plain(
            "ConfigMap", namespace.name, "kube-root-ca.crt", namespace.created, {"data": {"ca.crt": _ROOT_CA}}
        )
        for namespace in content.namespaces
    ]
    made += [
        _plain("ConfigMap", w.namespace, f"{w.name}-config", w.created, {"data": _configuration(w)}, w)
        for w in _named(content)
    ]
    return ordered(made)


def _configuration(workload: Workload) -> dict[str, str]:
    name = workload.name
    return {
        "application.yaml": f"server:\n  port: 8080\nname: {name}\npool:\n  min: 2\n  max: 20\n",
        "logging.properties": "level=INFO\nformat=json\n",
        "feature-flags.json": '{"newRetries": true, "dryRun": false}',
    }


def secrets(content: Content) -> tuple[Object, ...]:
    """A database's password for every workload, and for each team a certificate, a release and a registry's key.

    Every value begins with `words.CANARY`.
    """
    made = []
    for w in _named(content):
        values = {
            "username": f"{CANARY}-user-{w.name}",
            "password": f"{CANARY}-password-{w.name}",
            "url": f"{CANARY}-postgres://{w.name}@db.{w.namespace}:5432/{w.name}",
        }
        made.append(_secret(w.namespace, f"{w.name}-database", w.created, "Opaque", values, w))
    for namespace in content.namespaces:
        if namespace.name in SYSTEM_NAMESPACES:
            continue
        team, created = namespace.name, namespace.created
        tls = {key: f"{CANARY}-{key}-{team}" for key in ("tls.crt", "tls.key")}
        made.append(_secret(team, f"{team}-tls", created, "kubernetes.io/tls", tls))
        release = {"release": f"{CANARY}-helm-{team}-" + "H4sIAAAAAAAA" * 40}
        made.append(_secret(team, f"sh.helm.release.v1.{team}.v3", created, "helm.sh/release.v1", release))
        login = {".dockerconfigjson": f"{CANARY}-docker-{team}"}
        made.append(_secret(team, "registry", created, "kubernetes.io/dockerconfigjson", login))
    return ordered(made)


def _secret(
    namespace: str,
    name: str,
    created: float,
    kind: str,
    values: Mapping[str, str],
    workload: Workload | None = None,
) -> Object:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return _plain("Secret", namespace, name, created, {"data": data, "type": kind}, workload, {"type": kind})


def service_accounts(content: Content) -> tuple[Object, ...]:
    made = [_plain("ServiceAccount", n.name, "default", n.created, {}) for n in content.namespaces]
    made += [_plain("ServiceAccount", w.namespace, w.name, w.created, {}, w) for w in _named(content)]
    return ordered(made)


def quotas(content: Content) -> tuple[Object, ...]:
    """A quota for a few teams; what is used of it is what their pods ask for."""

    def make(namespace: str, created: float) -> Object:
        def build() -> dict[str, Any]:
            count = sum(len(w.all_pods) for w in content.workloads if w.namespace == namespace)
            used = {
                "pods": str(count),
                "requests.cpu": f"{count * 250}m",
                "limits.memory": f"{count * 768}Mi",
            }
            hard = {"pods": "1500", "requests.cpu": "400", "limits.memory": "2Ti"}
            return {"spec": {"hard": hard}, "status": {"hard": hard, "used": used}}

        return Object("ResourceQuota", namespace, "team", created, build)

    return ordered(make(n.name, n.created) for n in content.namespaces if n.name in _TEAM_QUOTA)


def limit_ranges(content: Content) -> tuple[Object, ...]:
    limit = {"type": "Container", "default": {"memory": "512Mi"}, "defaultRequest": {"cpu": "100m"}}
    return ordered(
        _plain("LimitRange", n.name, "defaults", n.created, {"spec": {"limits": [limit]}})
        for n in content.namespaces
        if n.name in _TEAM_QUOTA
    )


def _named(content: Content) -> Iterable[Workload]:
    """The workloads, one for each name: two runs of a cron job share what they are given."""
    return {(w.namespace, w.name): w for w in content.workloads}.values()


def _plain(
    kind: str,
    namespace: str,
    name: str,
    created: float,
    body: Mapping[str, Any],
    workload: Workload | None = None,
    fields: Mapping[str, str] | None = None,
) -> Object:
    labels = workload.template_labels if workload else {}
    return Object(kind, namespace, name, created, lambda: body, labels=labels, fields=fields or {})
