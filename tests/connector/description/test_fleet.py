"""What the real kubectl prints of each kind in the playground's clusters is told, but for what is named here."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial

import pytest

from connector.cluster import Cluster
from connector.connector import EKSConnector
from connector.description import Description, describe, summary
from connector.description.fields import moment_of
from connector.lanes import Deadline
from connector.objects import Ref, named, whole
from connector.resources.events import EventRow
from playground.aws import LocalAws
from playground.fleet import Fleet
from playground.fleet.words import CANARY
from tests.connector.conftest import REGION
from tests.connector.description.bag import pieces
from tests.connector.description.kubectl_text import NOTHING, Entry, parsed
from tests.playground.kubectl import Kubectl

CLUSTER = "staging-payments"
MOST = {"pods": 30}
"""Objects of a kind that are compared, each in another state; 4 of the others."""

NOT_TOLD = {
    r"(.*/)?Environment/.*": "values of the environment are never told",
    r"Data|Data/.*|.*yaml.*|.*\.json.*|.*\.properties.*": "nor are those of config maps",
    r"Lease/.*|Spec/Renew Time": "heartbeats, which are others by the time",
    r"API Version|Kind|Metadata/.*": "of the object's form, not of the object",
    r"Status": "of one that goes it holds an age, which is another by the time",
    r"Non-terminated Pods": "how many there are",
    r".*Volumes/.*/(Optional|DownwardAPI|ReadOnly)": "whether, which is told when it is not as usual",
    r"Source/ReadOnly|Suspend": "the same",
    r"Rules": "of an ingress, whose columns kubectl does not keep apart",
}
SAID_OTHERWISE = {
    r"\(.*in total\)|\( current / target \)": "",
    # No port on the host.
    r"0/(TCP|UDP).*": "",
    r"(\w+) \(.*(volume|lifetime|directory|sources|source|template).*\)": r"\1",
    r"\[\]": "",
    r"\[(\w+)\]": r"\1",
    r"RWO": "ReadWriteOnce",
    r"No|False": "no",
    r"Yes|True": "yes",
}


def leaves(entry: Entry, path: str = "") -> Iterator[tuple[str, str]]:
    for one in entry.children:
        here = f"{path}/{one.key}" if path else one.key
        yield from ((here, line) for line in one.lines)
        if one.key != "Events":
            # The ages in it are others by the time; what happened is looked at below.
            # So are heartbeats.
            rows = ({**row, "LastHeartbeatTime": ""} for row in one.table())
            yield from ((here, value) for row in rows for value in row.values())
        yield from leaves(one, here)


def is_told(value: str, bag: set[str]) -> bool:
    known = {value, *(re.sub(f"^(?:{form})$", ours, value) for form, ours in SAID_OTHERWISE.items())}
    if at := moment_of(value):
        known.add(format_datetime(datetime.fromtimestamp(at, UTC)))
    if known & (bag | NOTHING):
        return True
    several = re.split(r"\s{2,}|, | / |,", value)
    return len(several) > 1 and all(is_told(one, bag) for one in several)


def untold(text: Entry, told: Description) -> dict[str, str]:
    bag = pieces(told)
    return {
        path: value
        for path, value in leaves(text)
        if not is_told(value, bag) and not any(re.fullmatch(form, path) for form in NOT_TOLD)
    }


KINDS = (
    ("pods", "replicasets"),
    ("deployments", "daemonsets", "statefulsets", "cronjobs", "jobs", "horizontalpodautoscalers"),
    ("services", "endpoints", "endpointslices", "ingresses", "ingressclasses", "poddisruptionbudgets"),
    ("nodes", "namespaces", "leases", "persistentvolumes", "persistentvolumeclaims", "storageclasses"),
    ("configmaps", "secrets", "serviceaccounts", "customresourcedefinitions", "dispatches"),
)


def odd_ones(connector: EKSConnector, connection: str, kind: str) -> Iterator[tuple[Ref, Description]]:
    """Objects of a kind, each in another state than those before."""

    def soon() -> Deadline:
        return Deadline(20)

    def refs(cluster: Cluster) -> list[Ref]:
        return list(named(cluster, cluster.resource(kind, soon()), soon()))

    def told(cluster: Cluster, ref: Ref) -> Description:
        return describe(cluster, ref.resource, whole(cluster, ref, soon()), soon())

    seen: set[object] = set()
    for ref in connector.ask(connection, soon(), refs)[:40]:
        found = connector.ask(connection, soon(), partial(told, ref=ref))
        state = (found.health, found.status, summary(found, 0.0)[:12])
        if state not in seen:
            seen.add(state)
            yield ref, found
        if len(seen) == MOST.get(kind, 4):
            return


@pytest.mark.parametrize("kinds", KINDS, ids=lambda kinds: kinds[0])
def test_what_kubectl_prints_is_told(
    fleet: tuple[Fleet, LocalAws], connector: EKSConnector, kubectl: Kubectl, kinds: tuple[str, ...]
) -> None:
    made = connector.connect_with_aws_profile(CLUSTER, REGION, "payments-prod", connected_by="U1")
    for kind in kinds:
        found = list(odd_ones(connector, made.id, kind))
        assert len(found) >= (20 if kind == "pods" else 1), kind
        for ref, told in found:
            where = ["-n", ref.namespace] if ref.namespace else []
            text = parsed(kubectl("describe", ref.resource.name, ref.name, *where))
            assert (told.name, told.namespace, told.missing) == (ref.name, ref.namespace, ())
            assert untold(text, told) == {}, ref.typed
            assert happened(text) <= {_shown(event) for event in told.events}, ref.typed
            assert CANARY not in repr(told)


def happened(text: Entry) -> set[tuple[str, str, str]]:
    rows = next((one.table() for one in text.children if one.key == "Events"), [])
    return {(row["Type"], row["Reason"], row["Message"]) for row in rows}


def _shown(event: EventRow) -> tuple[str, str, str]:
    return event.type, event.reason, f"{event.part}: {event.message}" if event.part else event.message
