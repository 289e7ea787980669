"""Containers: what each is, what it does now and did before, as kubectl describes it.

The forms are those of describeContainers in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator
from typing import Any

from connector.description.facts import short
from connector.description.fields import Json, at, flag, instant, number, pairs, part, parts, text, texts
from connector.description.values import Container, Link, Pairs, State


def containers(spec: Json, status: Json | None = None) -> tuple[Container, ...]:
    """Those of a pod's spec, in the order in which they start, with what its status says of each."""
    said = status or {}
    found = [
        _container(one, "sidecar" if text(one, "restartPolicy") == "Always" else "init", seen)
        for one, seen in _matched(spec, "initContainers", said, "initContainerStatuses")
    ]
    for named, seen_as, role in (
        ("containers", "containerStatuses", "container"),
        ("ephemeralContainers", "ephemeralContainerStatuses", "ephemeral"),
    ):
        found += [_container(one, role, seen) for one, seen in _matched(spec, named, said, seen_as)]
    return tuple(found)


def _matched(spec: Json, named: str, status: Json, seen_as: str) -> Iterator[tuple[Json, Json]]:
    seen = {text(one, "name"): one for one in parts(status, seen_as)}
    return ((one, seen.get(text(one, "name"), {})) for one in parts(spec, named))


def _container(spec: Json, role: str, seen: Json) -> Container:
    return Container(
        name=text(spec, "name"),
        role=role,
        image=text(spec, "image") or text(seen, "image"),
        image_id=text(seen, "imageID"),
        container_id=text(seen, "containerID"),
        state=_state(part(seen, "state")),
        last_state=_state(part(seen, "lastState")),
        ready=flag(seen, "ready") if seen else None,
        started=at(seen, "started") if isinstance(at(seen, "started"), bool) else None,
        restarts=number(seen, "restartCount"),
        ports=_ports(spec, "containerPort"),
        host_ports=_ports(spec, "hostPort"),
        command=texts(spec, "command"),
        args=texts(spec, "args"),
        requests=_quantities(spec, "requests"),
        limits=_quantities(spec, "limits"),
        env=tuple((text(one, "name"), _source(part(one, "valueFrom"))) for one in parts(spec, "env")),
        env_from=tuple(_env_from(one) for one in parts(spec, "envFrom")),
        mounts=tuple(_mount(one) for one in parts(spec, "volumeMounts")),
        probes=tuple(
            (name, probe(found))
            for name in ("Liveness", "Readiness", "Startup")
            if (found := part(spec, f"{name.lower()}Probe"))
        ),
    )


def _quantities(spec: Json, of: str) -> Pairs:
    return tuple(pairs(spec, "resources", of).items())


def _state(state: Json) -> State:
    if "running" in state:
        return State("Running", started=instant(state, "running", "startedAt"))
    if waiting := part(state, "waiting"):
        return State("Waiting", text(waiting, "reason"), short(text(waiting, "message")))
    if ended := part(state, "terminated"):
        return State(
            "Terminated",
            text(ended, "reason"),
            short(text(ended, "message")),
            number(ended, "exitCode"),
            number(ended, "signal") or 0,
            instant(ended, "startedAt"),
            instant(ended, "finishedAt"),
        )
    return State("Waiting") if "waiting" in state else State()


def _ports(spec: Json, which: str) -> tuple[str, ...]:
    """As `8080/TCP (http)`; none when no port is said, as most have none on the host."""
    return tuple(
        f"{port}/{text(one, 'protocol') or 'TCP'}" + (f" ({name})" if (name := text(one, "name")) else "")
        for one in parts(spec, "ports")
        if (port := number(one, which))
    )


def _source(source: Json) -> str:
    """Where an environment variable's value comes from; "" for one that is written down."""
    for kind, word in (("secretKeyRef", "secret"), ("configMapKeyRef", "config map")):
        if found := part(source, kind):
            optional = ", optional" if flag(found, "optional") else ""
            return f"key {text(found, 'key')} of {word} {text(found, 'name')}{optional}"
    if found := part(source, "resourceFieldRef"):
        container = text(found, "containerName")
        return f"{text(found, 'resource')} of container {container}" if container else text(found, "resource")
    return text(source, "fieldRef", "fieldPath")


def _env_from(one: Json) -> str:
    kind, word = ("secretRef", "secret") if part(one, "secretRef") else ("configMapRef", "config map")
    prefix = text(one, "prefix")
    optional = ", optional" if flag(one, kind, "optional") else ""
    return f"{word} {text(one, kind, 'name')}" + (f" with prefix {prefix}" if prefix else "") + optional


def _mount(one: Json) -> str:
    how = ["ro" if flag(one, "readOnly") else "rw"]
    if sub := text(one, "subPath") or text(one, "subPathExpr"):
        how.append(f'path="{sub}"')
    return f"{text(one, 'mountPath')} from {text(one, 'name')} ({','.join(how)})"


# What the server fills in: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
_TIMINGS = (
    ("delay", "initialDelaySeconds", "s", 0),
    ("timeout", "timeoutSeconds", "s", 1),
    ("period", "periodSeconds", "s", 10),
    ("successThreshold", "successThreshold", "", 1),
    ("failureThreshold", "failureThreshold", "", 3),
)


def probe(one: Json) -> str:
    """How it is done and how often: `http-get http://:8080/live delay=0s timeout=2s …`."""
    timings = " ".join(
        f"{label}={default if (found := number(one, key)) is None else found}{unit}"
        for label, key, unit, default in _TIMINGS
    )
    return f"{_asks(one)} {timings}"


def _asks(one: Json) -> str:
    if "exec" in one:
        return f"exec [{' '.join(texts(one, 'exec', 'command'))}]"
    if get := part(one, "httpGet"):
        scheme = (text(get, "scheme") or "HTTP").lower()
        path = "/" + text(get, "path").lstrip("/")
        return f"http-get {scheme}://{text(get, 'host')}:{text(get, 'port')}{path}"
    if socket := part(one, "tcpSocket"):
        return f"tcp-socket {text(socket, 'host')}:{text(socket, 'port')}"
    if grpc := part(one, "grpc"):
        return f"grpc <pod>:{text(grpc, 'port')} {text(grpc, 'service')}".rstrip()
    return "unknown"


_NAMED_IN_ENV = (
    ("secretKeyRef", "Secret"),
    ("configMapKeyRef", "ConfigMap"),
    ("secretRef", "Secret"),
    ("configMapRef", "ConfigMap"),
)


def named_by(spec: Json, namespace: str | None) -> Iterator[Link]:
    """The config maps and secrets that the containers' environment comes from."""
    for which in ("initContainers", "containers", "ephemeralContainers"):
        for container in parts(spec, which):
            sources: list[Any] = [at(one, "valueFrom") for one in parts(container, "env")]
            for source in [*sources, *parts(container, "envFrom")]:
                for key, kind in _NAMED_IN_ENV:
                    if name := text(source, key, "name"):
                        role = "secret" if kind == "Secret" else "config map"
                        yield Link(kind, name, namespace, role=role)
