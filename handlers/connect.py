"""Connecting a workspace to a cluster: from one line, or by a form that shows each step and each mistake."""

from connector.connector import Connection, Step
from handlers.access import Request
from handlers.blocks import clusters, forms, notices
from handlers.blocks.message import Message
from handlers.blocks.text import code, escaped
from handlers.desk import Turn
from handlers.form import Carried, Filled, opened
from handlers.reply import Reply, ViewReply

# What each step of a connect is called once it is done.
_DONE = {
    "credentials": "signed in",
    "cluster": "cluster found",
    "token": "token made",
    "api": "API answers",
    "namespaces": "namespaces readable",
}


def converse(request: Request, turn: Turn) -> None:
    """Connects when the line says enough, else opens the form with what it says filled in."""
    command = request.command
    filled = Filled.from_command(command)
    if command.form or not (filled.complete and filled.cluster):
        opened(turn, forms.CONNECT, filled, command.private)
        return
    reply = turn.answer_as(command)
    turn.hand_on(
        _lane(filled), lambda: reply.show(_announced(_connected(filled, turn, reply), turn, command.private))
    )


def submitted(filled: Filled, carried: Carried, _request: Request, turn: Turn, view: ViewReply) -> None:
    """The form was sent: steps and outcome show in the modal, and the channel hears of the connection."""

    def connect() -> None:
        connection = _connected(filled, turn, view)
        said = f"🟢 Connected: {code(connection.id)}\n{_detail(connection)}"
        view.show(
            forms.outcome("Connected", carried.encoded(), said, clusters.looks(connection, carried.private))
        )
        turn.message(private=carried.private).show(_announced(connection, turn, carried.private))

    turn.hand_on(_lane(filled), connect)


def _lane(filled: Filled) -> tuple[str, str, str]:
    return ("connect", filled.region, filled.cluster)


def _connected(filled: Filled, turn: Turn, reply: Reply) -> Connection:
    done: list[str] = []

    def stepped(step: Step) -> None:
        done.append(_DONE[step.name] + (f": {step.detail}" if step.detail else ""))
        reply.progress(" · ".join(done) + " …")

    reply.progress(f"Connecting to {filled.cluster}…")
    connector, who = turn.connector, turn.caller.user
    if filled.keys:
        return connector.connect_with_aws_credentials(
            filled.cluster,
            filled.region,
            filled.keys,
            role=filled.role,
            connected_by=who,
            on_step=stepped,
            deadline=turn.left,
        )
    return connector.connect_with_aws_profile(
        filled.cluster,
        filled.region,
        filled.profile or None,
        role=filled.role,
        connected_by=who,
        on_step=stepped,
        deadline=turn.left,
    )


def _announced(connection: Connection, turn: Turn, private: bool) -> Message:
    text = f"🟢 Connected: {code(connection.id)}, by <@{turn.caller.user}>\n{_detail(connection)}"
    return notices.said(text, clusters.looks(connection, private))


def _detail(connection: Connection) -> str:
    facts = f"v{escaped(connection.version)} · account {code(connection.account)} · by {escaped(connection.sign_in)}"
    return f"{facts} · as {code(connection.principal)}"
