"""The shortcut "EKS": its modal, what its selects offer while somebody types, and the Command that it becomes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector import formats, objects
from connector.cluster import Cluster
from connector.connector import EKSConnector
from connector.errors import InvalidRequest
from connector.lanes import Deadline
from connector.resources import KINDS, kind_named
from handlers import held
from handlers.access import Request
from handlers.blocks import asking, clusters, forms
from handlers.blocks.limits import numbers
from handlers.blocks.parts import option
from handlers.command import KIND, Command
from handlers.desk import Turn
from handlers.form import Carried
from handlers.payload import View

SHORTCUT = "eks.ask"
# What opening the modal and offering its options needs.
OPENING = Command(verb="connections", private=True)
# What is left of the time for the options to get to Slack.
_RETURN_SECONDS = 0.3
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LONGEST_NAME = 253


def converse(request: Request, turn: Turn) -> None:
    """Opens the modal; the same with what to connect first, where there is nothing to ask about."""
    held_now = held.seen(request, turn.connector)
    metadata = Carried(channel="").encoded()
    if not held_now:
        nothing = clusters.none_connected(Command(verb="connections"))
        turn.open_view(forms.outcome("EKS", metadata, nothing.text, *nothing.blocks[1:]))
        return
    turn.open_view(asking.form(metadata, held_now[0].id if len(held_now) == 1 else ""))


@dataclass(frozen=True)
class Filled:
    """What stands in the modal's inputs; empty where nothing is chosen."""

    connection: str = ""
    action: str = asking.LIST
    kind: str = "pods"
    namespace: str = ""
    name: str = ""
    alone: bool = True

    @classmethod
    def of(cls, view: View) -> "Filled":
        return cls(
            connection=view.content("connection"),
            action=view.content("action") or asking.LIST,
            kind=view.content("kind").strip().lower() or "pods",
            namespace=view.content("namespace"),
            name=view.content("name").strip(),
            alone=view.content("audience") != asking.EVERYBODY,
        )

    def command(self) -> Command:
        """What the modal asks for, if it has no `mistakes`."""
        known = kind_named(self.kind)
        kind = known.plural if known else self.kind
        # Of a form whose kind was changed last.
        namespace = "" if known and not known.namespaced else self.namespace
        words = (self.name,) if self.name else ()
        asked = Command(
            verb="get", kind=kind, namespace=namespace, connection=self.connection, private=self.alone
        )
        if self.action == asking.EVENTS:
            about = f"{known.singular if known else kind}/{self.name}" if self.name else ""
            return asked.replaced(kind="events", about=about)
        verb = self.action if self.action in (asking.DESCRIBE, asking.LOGS) else "get"
        return asked.replaced(verb=verb, words=words)

    def mistakes(self) -> dict[str, str]:
        """What is wrong, by block_id; empty when it makes a command."""
        one_object = self.action in (asking.DESCRIBE, asking.LOGS)
        exact = self.name and self.action != asking.LIST
        found = {}
        if not self.connection:
            found["connection"] = "Which cluster?"
        if not KIND.fullmatch(self.kind):
            found["kind"] = "This is no kind. Type a part of its name and choose it."
        if self.namespace and not _is(formats.namespace, self.namespace):
            found["namespace"] = "This is no namespace: lower-case letters, digits and -, at most 63 of them."
        if one_object and not self.name:
            found["name"] = "Which one? Type a part of its name and choose it."
        elif len(self.name) > _LONGEST_NAME or (exact and not _is(formats.object_name, self.name)):
            found["name"] = "This cannot be the name of an object."
        return found


def _is(form: Callable[[str], None], text: str) -> bool:
    try:
        form(text)
    except InvalidRequest:
        return False
    return True


def found(
    action_id: str, view: View, typed: str, request: Request, connector: EKSConnector, seconds: float
) -> list[str]:
    """What the select offers, for the person and for what else is filled in: what was seen in time. Raises Failure."""
    filled = Filled.of(view)
    if action_id == asking.CONNECTION:
        return [one.id for one in held.seen(request, connector)]
    if not filled.connection:
        return list(KINDS) if action_id == asking.KIND else []
    connection = held.named(filled.connection, request, connector)
    deadline = Deadline(seconds - _RETURN_SECONDS)
    if action_id == asking.NAMESPACE:
        reach = request.reach(connection)
        return list(
            connector.list_namespaces(
                connection.id,
                deadline=deadline.left(),
                matching=reach.namespaces,
                impersonate=reach.impersonate,
            )
        )

    def kinds(cluster: Cluster) -> list[str]:
        scope = request.reach(connection)
        served = cluster.served(deadline, scope.impersonate)
        others = sorted(one.name for one in served.resources if one.plural not in KINDS)
        return [*KINDS, *others]

    def names(cluster: Cluster) -> list[str]:
        known = KINDS.get(filled.kind)
        resource = known.resource if known else cluster.resource(filled.kind, deadline)
        asked = request.about(request.command.replaced(namespace=filled.namespace))
        scope = asked.scope(connection, namespaced=resource.namespaced)
        there = objects.named(
            cluster,
            resource,
            deadline,
            filled.namespace or scope.only or None,
            scope.namespaces,
            scope.impersonate,
        )
        matching: dict[str, None] = {}
        for one in there:
            if typed in one.name.lower():
                matching[one.name] = None
            if len(matching) == numbers.SELECT_OPTIONS:
                break
        return sorted(matching)

    return connector.ask(connection.id, deadline, kinds if action_id == asking.KIND else names)


def options(action_id: str, near: list[str], typed: str) -> list[dict[str, Any]]:
    """Those that match first, as Enter takes the first; then what was typed, where it may be meant itself."""
    offered = [option(name, name) for name in near if len(name) <= numbers.OPTION_VALUE]
    free = (
        action_id != asking.CONNECTION and typed and typed not in near and len(typed) <= numbers.OPTION_VALUE
    )
    last = [option(f"use “{typed}”", typed)] if free else []
    return [*offered[: numbers.SELECT_OPTIONS - len(last)], *last]
