"""Every way in which the connector reads a cluster: found in its code, and gone once through, at a real server."""

import ast
import importlib
import pkgutil
import sys
import threading
from collections.abc import Iterator

import pytest

import connector
from connector import documents, objects, pulse, tables, usage
from connector.cluster import Cluster
from connector.connector import EKSConnector
from connector.description import describe
from connector.errors import NotFound
from connector.examination import Asker
from connector.lanes import Deadline
from connector.logs import WORKLOADS, Asked, Following, logs
from connector.resources import KINDS, Query
from connector.rollouts import history, rollout
from connector.served import Resource
from tests.deploy.facts import ROOT

# How a cluster is asked; `stream` is what watches are made of.
_ASKING = {"get", "pages", "stream"}
# Objects of each kind that are looked at closely: enough for each further reading to be needed by one.
_EACH = 8


def asking() -> set[str]:
    """The functions of the connector that ask a cluster: `connector.pulse:pods`."""
    return {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}:{name}"
        for path in sorted((ROOT / "connector").rglob("*.py"))
        for name in _asking(ast.parse(path.read_text()), "")
    }


def _asking(node: ast.AST, within: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = f"{within}.{child.name}" if within else child.name
            yield from _asking(child, inside)
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and _asks(child.func):
            yield within
        yield from _asking(child, within)


def _asks(called: ast.Attribute) -> bool:
    whose = called.value
    if isinstance(whose, ast.Attribute | ast.Name):
        name = whose.attr if isinstance(whose, ast.Attribute) else whose.id
        return (called.attr in _ASKING and name.endswith("api")) or called.attr == "pages"
    return False


def constants() -> dict[str, Resource]:
    """The kinds that are written in the connector's code, by where they stand."""
    found = {}
    for module in pkgutil.walk_packages(connector.__path__, "connector."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Resource):
                found[f"{module.name}.{name}"] = value
    return found


class Callers:
    """Hears of each call to a cluster, and keeps the functions it came from; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seen: set[str] = set()

    def __call__(self, service: str, _operation: str, _outcome: str, _seconds: float) -> None:
        frame = sys._getframe(1)
        while service == "kubernetes" and frame:
            name = frame.f_code.co_qualname.replace(".<locals>", "")
            with self._lock:
                self.seen.add(f"{frame.f_globals.get('__name__')}:{name}")
            frame = frame.f_back  # type: ignore[assignment]


def read_everything(connector_: EKSConnector, connection_id: str) -> None:
    """Each reading that a conversation may ask for, of the kinds that the bot knows, secrets apart.

    Raises what the cluster says of the objects themselves; AssertionError where an answer lacks what is beside them.
    """
    kinds = [kind for kind in KINDS.values() if kind.plural != "secrets"]
    examined = connector_.examine_connection(connection_id, Asker())
    assert not examined.broken
    connector_.list_namespaces(connection_id, deadline=30)
    for kind in kinds:
        # The second time it comes from the watch, which counts.
        for _ in range(2):
            connector_.get_resources(connection_id, Query(kind.plural), deadline=30)
    connector_.ask(connection_id, soon(), _read)


def soon() -> Deadline:
    return Deadline(30)


def _read(cluster: Cluster) -> None:
    cluster.version(soon())
    for kind in KINDS.values():
        if kind.plural != "secrets":
            read_kind(cluster, kind.resource)
    figures = (usage.pods(cluster, Query("pods"), soon()), usage.nodes(cluster, Query("nodes"), soon()))
    assert not [one.hidden for one in figures if one.hidden]
    pulse.nodes(cluster, soon())
    pulse.pods(cluster, soon())
    for plural in ("deployments", "statefulsets", "daemonsets"):
        for ref in list(objects.named(cluster, KINDS[plural].resource, soon()))[:_EACH]:
            assert rollout(cluster, ref, soon()).missing == ()
            assert history(cluster, ref, soon()).missing == ()
    for plural in ("pods", *WORKLOADS):
        _logs(cluster, KINDS[plural].resource)


def read_kind(cluster: Cluster, resource: Resource, namespace: str | None = None) -> None:
    """A kind listed in each form, some of its objects found and described, and one looked for that is not there."""
    query = Query(resource.name, namespace=namespace)
    tables.listed(cluster, query, soon())
    tables.listed(cluster, Query(resource.name, namespace=namespace, wide=True), soon())
    documents.documents(cluster, resource, query, soon(), lambda _obj: True)
    there = list(objects.named(cluster, resource, soon(), namespace))[:_EACH]
    for ref in there:
        found = objects.find(cluster, resource, ref.name, soon(), namespace=ref.namespace)
        told = describe(cluster, resource, objects.whole(cluster, found, soon()), soon())
        assert [one for one in told.missing if "forbidden" in one] == []
        objects.find(cluster, resource, objects.digest(ref.name), soon(), namespace=ref.namespace)
    with pytest.raises(NotFound):
        objects.find(cluster, resource, "nothing-is-called-so", soon(), namespace=namespace)


def _logs(cluster: Cluster, resource: Resource) -> None:
    for ref in objects.named(cluster, resource, soon()):
        found = logs(cluster, Asked(ref, tail=5), soon())
        if found.lines:
            Following(found).look(cluster, soon())
            return
    raise AssertionError(f"none of the {resource.plural} has logs")
