"""The way from the chat to a terminal: a kubeconfig as a file, and the lines that show there what an answer shows.

Both are for one person alone, and neither holds a secret: in the terminal everybody signs in as themselves.
"""

from handlers import held, several, terminal
from handlers.access import Request
from handlers.attachments import Document
from handlers.blocks import documents, fleet, ways
from handlers.blocks.text import code
from handlers.command import Command
from handlers.desk import Turn
from handlers.manifests import as_yaml

# Of several clusters: a message has room for their lines, and a phone for no more.
_MOST = 10


def converse(request: Request, turn: Turn) -> None:
    """Sends the kubeconfig of a connection; for the button under an answer, shows the lines alone."""
    command = request.command
    if command.clusters and command.action:
        _of_several(request, turn)
        return
    connection = held.chosen(request, turn)
    if connection is None:
        return
    production = request.production(connection)
    update = terminal.update_kubeconfig(connection)
    if command.action:
        line = terminal.kubectl(ways.answered(command), connection)
        turn.ask(documents.terminal([update, line], connection, production=production))
        return
    reply = turn.reply = turn.message(private=True)
    reply.progress(f"Writing a kubeconfig for {connection.cluster}…")

    def send() -> None:
        config = as_yaml(turn.connector.kubeconfig(connection.id, deadline=turn.left))
        document = Document(f"kubeconfig-{connection.cluster}.yaml", config)
        turn.attach(
            document, f"A kubeconfig for {code(connection.cluster)}. It holds no secret.", private=True
        )
        sent = documents.Sent(document.name, document.size, "it holds no secret", public=False)
        lines = [
            f"kubectl --kubeconfig {document.name} get pods -A",
            "# or with the cluster in your own kubeconfig",
            update,
            terminal.kubectl(Command("get", "pods"), connection),
        ]
        reply.show(documents.terminal(lines, connection, production=production, file=sent))

    turn.hand_on(connection.id, send)


def _of_several(request: Request, turn: Turn) -> None:
    """The lines for each of the clusters that the answer was about, as far as a message holds them."""
    command = request.command
    connections = several.meant(request, turn)
    if not connections:
        return
    answered = ways.answered(command)
    lines = [
        line
        for one in connections[:_MOST]
        for line in (terminal.update_kubeconfig(one), terminal.kubectl(answered, one))
    ]
    if (left := len(connections) - _MOST) > 0:
        lines.append(f"# and likewise for {fleet.clusters(left)} more")
    production = any(request.production(one) for one in connections)
    turn.ask(documents.terminals(lines, fleet.clusters(len(connections)), production=production))
