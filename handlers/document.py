"""One object as a file of YAML: what somebody reads to the end, compares, or keeps."""

import re
from typing import Any

from connector.cluster import Cluster
from connector.lanes import Deadline
from connector.objects import Ref, whole
from handlers import held
from handlers.access import Request
from handlers.attachments import Document
from handlers.blocks import documents, ways
from handlers.blocks.heading import heading
from handlers.blocks.parts import button
from handlers.blocks.text import code
from handlers.desk import Turn
from handlers.manifests import as_yaml
from handlers.meant import meant

MASKED = (
    "What looks like a credential is masked; `managedFields` and kubectl's copy of the object are left out."
)


def converse(request: Request, turn: Turn) -> None:
    """Sends the object, as it is now, or asks which of several connections is meant."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    reply.progress(f"Reading {command.kind}/{command.word} of {connection.cluster}…")
    deadline = Deadline(turn.left)

    def read(cluster: Cluster) -> tuple[Ref, dict[str, Any]]:
        ref, scope = meant(cluster, request, connection, deadline)
        return ref, whole(cluster, ref, deadline, impersonate=scope.impersonate)

    def send() -> None:
        ref, found = turn.connector.ask(connection.id, deadline, read)
        here = turn.owned(command.replaced(connection=connection.id, namespace=ref.namespace or ""))
        document = Document(file_name(ref.resource.singular, ref.name, ending="yaml"), as_yaml(found))
        where = f" of {code(ref.namespace)}" if ref.namespace else ""
        holds = f"{code(f'{ref.resource.singular}/{ref.name}')}{where} in {code(connection.cluster)}"
        public = turn.attach(document, holds, private=here.private)
        head = heading(
            f"{ref.resource.singular} {ref.name}", connection, production=request.production(connection)
        )
        on = ways.row(
            here,
            button("Describe", "open.describe", here.replaced(verb="describe", owner="").value()),
            button("Refresh", "refresh.yaml", here.value()),
        )
        sent = documents.Sent(document.name, document.size, holds, public)
        reply.show(documents.answer(head, sent, [on], notes=(MASKED,)), private=here.private)

    turn.hand_on(connection.id, send)


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system takes, out of names of objects and clusters."""
    return re.sub(r"[^\w.-]+", "-", "-".join(part for part in parts if part))[:120] + f".{ending}"
