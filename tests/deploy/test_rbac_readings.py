"""Each reading that the code has goes through with the roles of deploy/rbac, and each of their rights is used."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from connector import tables
from connector.connector import EKSConnector
from connector.errors import Forbidden
from connector.resources import KINDS, Query
from connector.watching import Budget
from playground.aws import LocalAws
from playground.fleet import Fleet
from playground.fleet.cluster import Cluster
from playground.kubernetes.resources import CUSTOM_GROUP, RESOURCES
from tests.deploy.readings import Callers, asking, constants, read_everything, read_kind, soon
from tests.deploy.rendered import Object
from tests.deploy.test_rbac import FILES, one

Right = tuple[str, str, str]
"""Group, resource with its part, verb."""

GROUP = "eks-chatops"
BOT = "arn:aws:iam::111122223333:user/payments-bot"
# Kubernetes lets all do these who are signed in: system:basic-user.
EVERYBODYS = {
    ("authentication.k8s.io", "selfsubjectreviews", "create"),
    ("authorization.k8s.io", "selfsubjectaccessreviews", "create"),
}
_PATH = re.compile(
    r"/(?:api|apis/([^/]+))/v[^/]+(?:/namespaces/[^/]+(?=/))?/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?"
)


def rights(rules: Iterable[Object]) -> set[Right]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def gathered() -> list[Object]:
    """The rules that Kubernetes would fill into the role that gathers others."""
    (role,) = [found for found in FILES["kinds"] if "aggregationRule" in found]
    (selector,) = role["aggregationRule"]["clusterRoleSelectors"]
    wanted = selector["matchLabels"].items()
    return [
        rule
        for found in FILES["kinds"]
        if wanted <= found["metadata"].get("labels", {}).items()
        for rule in found["rules"]
    ]


@dataclass
class Place:
    """A cluster that lets the bot in by its group, and what it has been asked for."""

    cluster: Cluster
    connector: EKSConnector
    connection: str
    callers: Callers

    def allow(self, rules: Iterable[Object], namespace: str | None = None) -> None:
        for rule in rules:
            self.cluster.access.allow(GROUP, " ".join(rule["verbs"]), " ".join(rule["resources"]), namespace)

    def watched(self, path: str) -> None:
        """Waits until a watch of it is over: the log has it from then on."""
        self.cluster.log.wait_for(lambda entry: entry.path == path and "watch=1" in entry.query)

    def read(self, word: str) -> None:
        """Every reading of a kind, by a name of it."""
        self.connector.ask(
            self.connection, soon(), lambda cluster: read_kind(cluster, cluster.resource(word, soon()))
        )

    def asked(self) -> set[Right]:
        """What the server was asked for, with its group, which the playground's own RBAC does not look at."""
        found = set()
        for entry in self.cluster.log:
            if match := _PATH.fullmatch(entry.path):
                group, resource, name, part = (each or "" for each in match.groups())
                verb = "get" if name else "watch" if "watch=1" in entry.query else "list"
                verb = "create" if entry.method == "POST" else verb
                found.add((group, f"{resource}/{part}" if part else resource, verb))
        return found


@pytest.fixture
def place() -> Iterator[Place]:
    with Fleet.start() as fleet, LocalAws.start(fleet) as aws, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in aws.env().items():
            patch.setenv(name, value)
        cluster = fleet.cluster("staging-payments", "111122223333")
        cluster.access.map(BOT, GROUP)
        callers = Callers()
        connector = EKSConnector(on_call=callers, budget=Budget())
        try:
            made = Place(cluster, connector, "", callers)
            made.allow(one("read", "ClusterRole")["rules"])
            made.connection = connector.connect_with_aws_profile(
                cluster.name, cluster.region, "payments-prod", connected_by="U024BE7LH"
            ).id
            yield made
        finally:
            connector.close()


def test_what_is_read_is_allowed_and_what_is_allowed_is_read(place: Place) -> None:
    allowed = rights(one("read", "ClusterRole")["rules"])
    read_everything(place.connector, place.connection)
    # This ends the watches.
    place.connector.close()
    for path in [kind.resource.path() for kind in KINDS.values() if kind.plural != "secrets"]:
        place.watched(path)
    assert not [entry for entry in place.cluster.log if entry.status == 403]
    assert place.asked() - EVERYBODYS == allowed
    # Nothing that asks a cluster was left out: what is new there is to be gone through in readings.py.
    watches = {name for name in asking() if name.endswith(":Watched._watch")}
    assert watches
    assert asking() - place.callers.seen == watches
    asked = {(group, resource) for group, resource, _ in place.asked()}
    written = {where: (kind.group, kind.plural) for where, kind in constants().items()}
    assert {where for where, kind in written.items() if kind not in asked} == set()


def test_other_kinds_are_refused_until_their_roles_are_there(place: Place) -> None:
    allowed = rights(one("read", "ClusterRole")["rules"]) | rights(gathered())
    others = [
        found
        for found in RESOURCES.values()
        if f"{found.plural}.{found.group}".rstrip(".") not in {kind.resource.name for kind in KINDS.values()}
    ]
    assert {(found.group, found.plural, "get") for found in others} <= allowed
    custom = f"dispatches.{CUSTOM_GROUP}"

    def one_list(word: str) -> None:
        place.connector.ask(
            place.connection, soon(), lambda cluster: tables.listed(cluster, Query(word), soon())
        )

    for word in (custom, "storageclasses", "serviceaccounts"):
        with pytest.raises(Forbidden):
            one_list(word)
    place.allow(gathered())
    for found in others:
        place.read(f"{found.plural}.{found.group}".rstrip("."))
    with pytest.raises(Forbidden):
        one_list("secrets")


def test_secrets_are_looked_at_in_the_namespace_that_allows_it_and_nowhere_else(place: Place) -> None:
    place.allow(one("secrets", "Role")["rules"], "payouts")
    secrets = KINDS["secrets"].resource

    def look(namespace: str) -> None:
        place.connector.ask(place.connection, soon(), lambda cluster: read_kind(cluster, secrets, namespace))

    look("payouts")
    for refused in (
        lambda: look("risk"),
        lambda: place.connector.get_resources(place.connection, Query("secrets")),
    ):
        with pytest.raises(Forbidden):
            refused()
    asked = {right for right in place.asked() if right[1] == "secrets"}
    assert asked == rights(one("secrets", "Role")["rules"])
