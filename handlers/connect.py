"""Connecting a workspace to a cluster: from one line, or by a form that shows each step and each mistake."""

from collections.abc import Callable

from connector.connector import Connection, Step
from connector.errors import ClusterNotFound
from handlers.access import NotAllowed, Request
from handlers.blocks import clusters, forms, notices
from handlers.blocks.message import Block, Message
from handlers.blocks.text import code, escaped
from handlers.desk import Turn
from handlers.form import Carried, Filled, check_sign_in, opened
from handlers.policy.values import CONNECT, DISCOVER, READ, Target
from handlers.reply import Reply
from handlers.views import ViewReply

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
        opened(request, turn, forms.CONNECT, filled)
        return
    _check(filled, request)
    reply = turn.answer_as(command)

    def connect() -> None:
        connection = _connected(filled, request, turn, reply)
        reply.show(_announced(connection, request, command.private))

    turn.hand_on(_lane(filled), connect)


def submitted(filled: Filled, carried: Carried, request: Request, turn: Turn, view: ViewReply) -> None:
    """The form was sent: steps and outcome show in the modal, and the channel hears of the connection."""

    _check(filled, request)

    def connect() -> None:
        connection = _connected(filled, request, turn, view)
        said = f"🟢 Connected: {code(connection.id)}\n{_detail(connection)}"
        looks = _looks(connection, request, carried.private)
        view.show(forms.outcome("Connected", carried.encoded(), said, *looks))
        turn.message(private=carried.private).show(_announced(connection, request, carried.private))

    turn.hand_on(_lane(filled), connect)


def _lane(filled: Filled) -> tuple[str, str, str]:
    return ("connect", filled.region, filled.cluster)


def _check(filled: Filled, request: Request) -> None:
    """Raises NotAllowed before AWS is asked anything; the account is known only once it has answered."""
    check_sign_in(filled, request)
    request.rights.check(CONNECT, Target(filled.region, filled.cluster))


def _connected(filled: Filled, request: Request, turn: Turn, reply: Reply) -> Connection:
    rights, done = request.rights, list[str]()

    def stepped(step: Step) -> None:
        if step.name == "credentials":
            turn.principal = step.detail
            # Raised from here it ends the connecting, and nothing is left behind.
            rights.check_account(_account(step.detail))
        # The number of namespaces counts what the person may not see, too.
        told = step.name != "namespaces" or _sees_all(filled, request)
        done.append(_DONE[step.name] + (f": {step.detail}" if step.detail and told else ""))
        reply.progress(" · ".join(done) + " …")

    reply.progress(f"Connecting to {filled.cluster}…")
    try:
        return _asked(filled, turn, stepped)
    except ClusterNotFound as missing:
        if rights.everywhere(DISCOVER):
            raise
        # The hint would name clusters that are near, whether this person may know of them or not.
        hint = "`/eks clusters` shows those that you may know of."
        raise ClusterNotFound(missing.what, missing.why, hint) from missing


def _account(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") > 4 else ""


def _sees_all(filled: Filled, request: Request) -> bool:
    try:
        return request.rights.scope(READ, Target(filled.region, filled.cluster)).whole
    except NotAllowed:
        return False


def _asked(filled: Filled, turn: Turn, stepped: Callable[[Step], None]) -> Connection:
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


def _announced(connection: Connection, request: Request, private: bool) -> Message:
    text = f"🟢 Connected: {code(connection.id)}, by <@{request.caller.user}>\n{_detail(connection)}"
    return notices.said(text, *_looks(connection, request, private))


def _looks(connection: Connection, request: Request, private: bool) -> tuple[Block, ...]:
    """Buttons to look into the cluster, for who may."""
    may = request.rights.may(READ, Target.of(connection))
    return (clusters.looks(connection, private),) if may else ()


def _detail(connection: Connection) -> str:
    facts = f"v{escaped(connection.version)} · account {code(connection.account)} · by {escaped(connection.sign_in)}"
    return f"{facts} · as {code(connection.principal)}"
