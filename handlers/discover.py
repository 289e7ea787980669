"""Finding the clusters of a region: from one line, or by a form."""

import time
from dataclasses import replace

from connector.connector import Discovery
from handlers import sweep
from handlers.access import Request
from handlers.blocks import clusters, forms
from handlers.blocks.message import Message, Rung
from handlers.blocks.text import code, counted
from handlers.command import Command
from handlers.desk import Turn
from handlers.form import Carried, Filled, check_sign_in, opened
from handlers.policy.values import DISCOVER, Target
from handlers.reply import MessageReply, Reply
from handlers.views import ViewReply


def converse(request: Request, turn: Turn) -> None:
    """Answers with the clusters, or opens the form when region or sign-in are missing."""
    command = request.command
    if command.all_regions and not command.form:
        sweep.converse(request, turn)
        return
    filled = Filled.from_command(command)
    if command.form or not filled.complete:
        opened(request, turn, forms.FIND, filled)
        return
    check_sign_in(filled, request)
    reply = turn.answer_as(command)

    def look() -> None:
        found = _found(filled, request, turn, reply)
        _show(found, turn.owned(command), reply, turn)

    turn.hand_on(_lane(filled), look)


def submitted(filled: Filled, carried: Carried, request: Request, turn: Turn, view: ViewReply) -> None:
    """The form was sent: the list goes to the channel, the modal says so; a mistake stays at its input."""

    check_sign_in(filled, request)

    def look() -> None:
        found = _found(filled, request, turn, view)
        _show(found, turn.owned(request.command), turn.message(private=carried.private), turn)
        count = counted(len(found.clusters), "cluster")
        where = "is below, for you alone" if carried.private else "is in the channel"
        view.show(
            forms.outcome(
                "Find clusters", carried.encoded(), f"🟢 {count} in {code(found.region)}: the list {where}."
            )
        )

    turn.hand_on(_lane(filled), look)


def _lane(filled: Filled) -> tuple[str, str]:
    return ("discover", filled.region)


def _found(filled: Filled, request: Request, turn: Turn, reply: Reply) -> Discovery:
    reply.progress(f"Looking in {filled.region}…")

    def count(described: int, found: int) -> None:
        # The number counts what the person may not see, too.
        if request.rights.everywhere(DISCOVER):
            reply.progress(f"Looking in {filled.region}… {described} of {found} clusters described")

    found = turn.connector.list_available_clusters(
        filled.region,
        filled.sign_in,
        deadline=turn.left,
        asked_by=turn.caller.user,
        on_progress=count,
    )
    turn.principal = found.identity.arn
    return visible(found, request, DISCOVER)


def visible(found: Discovery, request: Request, *verbs: str) -> Discovery:
    """The same with those clusters only for which the person has each of the verbs.

    Raises NotAllowed when the account is not for this workspace.
    """
    region, account = found.region, found.identity.account
    request.rights.check_account(account)
    clusters = (
        info
        for info in found.clusters
        if all(request.rights.may(verb, Target(region, info.name, account)) for verb in verbs)
    )
    return replace(found, clusters=tuple(clusters))


def _show(found: Discovery, here: Command, reply: MessageReply, turn: Turn) -> None:
    now, end = time.time(), 0

    def draw(rung: Rung) -> Message:
        nonlocal end
        end = clusters.shown_to(found, here, rung)
        return clusters.found(found, here, now, rung)

    reply.show(draw, private=here.private)
    # AWS keys are in no button, so what they found is shown to its end at once.
    while end < len(found.clusters) and not (here.profile or here.default_chain):
        here = here.replaced(offset=end)
        turn.message().show(draw, private=here.private)
