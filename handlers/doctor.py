"""Examining the way to a cluster, told hop by hop: of a connection, or of one that cannot be connected to."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from connector.aws import Identity
from connector.connector import Connection
from connector.errors import ClusterNotFound, ConnectionNotFound
from connector.examination import Asker, Examination, State
from handlers import held
from handlers.access import NotAllowed, Request
from handlers.blocks import doctor
from handlers.blocks.message import Block, Rung
from handlers.command import Command, Usage
from handlers.desk import Turn
from handlers.form import Filled, check_sign_in
from handlers.grammar import VERBS
from handlers.policy import Scope
from handlers.policy.values import CONNECT, DISCOVER, READ, Target

# What is left of a command's time for the answer itself.
_TO_ANSWER = 1.0


def converse(request: Request, turn: Turn) -> None:
    """Examines the connection that is meant, or the cluster that region and sign-in lead to."""
    command = request.command
    filled = Filled.from_command(command)
    if command.connection or not (filled.region or filled.profile or filled.default_chain or filled.role):
        connection = _connection(request, turn)
        if connection is not None:
            _examine_connection(connection, request, turn)
        return
    if not (filled.complete and filled.cluster):
        raise Usage(
            "To examine the way to a cluster, say its name, its region and how to sign in.",
            hint=f"Usage: `{VERBS['doctor'].usage}`",
        )
    check_sign_in(filled, request)
    target = Target(filled.region, filled.cluster)
    request.rights.check(CONNECT, target)
    turn.cluster = target.name

    def examine(asker: Asker) -> Examination:
        return turn.connector.examine(
            filled.cluster, filled.region, filled.sign_in, asker, deadline=turn.left - _TO_ANSWER
        )

    _show(examine, target, turn.owned(command), request, turn)


def _connection(request: Request, turn: Turn) -> Connection | None:
    """The connection that is meant; None when the person was asked. A word alone names one."""
    command = request.command
    if command.connection or not command.word:
        return held.chosen(request, turn)
    try:
        found = held.named(command.word, request, turn.connector)
    except ConnectionNotFound as missing:
        line = command.replaced(region="REGION", profile="PROFILE").typed()
        hint = f"For a cluster that is not connected: `{line}`"
        raise ConnectionNotFound(missing.what, missing.why, hint) from missing
    turn.concerns(found)
    return found


def _examine_connection(connection: Connection, request: Request, turn: Turn) -> None:
    def examine(asker: Asker) -> Examination:
        return turn.connector.examine_connection(connection.id, asker, deadline=turn.left - _TO_ANSWER)

    here = request.command.replaced(connection=connection.id, words=())
    _show(examine, Target.of(connection), turn.owned(here), request, turn)


def _show(
    examine: Callable[[Asker], Examination], target: Target, here: Command, request: Request, turn: Turn
) -> None:
    reply = turn.answer_as(request.command)
    production = target.matches(request.rights.workspace.production)

    def admit(who: Identity) -> None:
        turn.principal = who.arn
        request.rights.check_account(who.account)

    def passed(so_far: Examination) -> None:
        def above(rung: Rung) -> Sequence[Block]:
            return doctor.hops(so_far, rung)

        underway = next((hop for hop in so_far.hops if hop.state is State.UNDERWAY), None)
        if underway:
            reply.progress(f"Examining the way to {target.cluster}… {doctor.NAMES[underway.name]}", above)

    def work() -> None:
        scope = _as_whom(request, target)
        asker = Asker(turn.caller.user, admit, passed, scope.impersonate, scope.only)
        found = _discreet(examine(asker), request)
        now = time.time()
        reply.show(
            lambda rung: doctor.drawn(found, here, now, rung, production=production), private=here.private
        )

    turn.hand_on(("doctor", target.region, target.cluster), work)


def _as_whom(request: Request, target: Target) -> Scope:
    """As whom this person would read the cluster, and where; as the bot where they may not, or as several."""
    with suppress(NotAllowed):
        return request.rights.scope(READ, target)
    return Scope()


def _discreet(examination: Examination, request: Request) -> Examination:
    """The same without the names of clusters that are near, unless the person may know of all."""
    if request.rights.everywhere(DISCOVER):
        return examination
    hint = "`/eks clusters` shows those that you may know of."
    return replace(
        examination,
        hops=tuple(
            replace(hop, failure=ClusterNotFound(hop.failure.what, hop.failure.why, hint))
            if isinstance(hop.failure, ClusterNotFound)
            else hop
            for hop in examination.hops
        ),
    )
