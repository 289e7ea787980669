"""Finding the clusters of every region at once, of all profiles that the policy leaves or of those that are named."""

import time
from dataclasses import dataclass, replace

from connector.aws import Role, SignIn, regions
from connector.errors import NoCredentials
from connector.sweep import Bounds, SoFar, Sweep
from handlers.access import NotAllowed, Request
from handlers.blocks import sweep
from handlers.blocks.message import Message, Rung
from handlers.blocks.text import counted
from handlers.command import Command, seconds
from handlers.desk import Turn
from handlers.form import Filled, Offered, check_sign_in
from handlers.policy.values import DISCOVER, Target
from handlers.reply import MessageReply

# Seconds that a sweep takes at most when nothing is said.
_DEADLINE = 20.0
# What is left of a command's time for the answer itself.
_TO_ANSWER = 1.0


@dataclass(frozen=True)
class _Ways:
    """With what to look around. `implied` was not asked for: nothing is said of it when there is no such thing."""

    sign_ins: tuple[SignIn, ...]
    implied: SignIn | None = None


def converse(request: Request, turn: Turn) -> None:
    """Answers with the clusters of every region, and with what could not be looked into, and why."""
    command = request.command
    ways = _ways(request)
    reply = turn.answer_as(command)
    reply.progress(f"Signing in with {counted(len(ways.sign_ins), 'profile')}…")
    turn.hand_on("sweep", lambda: _show(_swept(ways, request, turn, reply), turn.owned(command), reply, turn))


def _swept(ways: _Ways, request: Request, turn: Turn, reply: MessageReply) -> Sweep:
    rights = request.rights

    def progressed(so_far: SoFar) -> None:
        done = f"{so_far.answered:,} done, {counted(so_far.clusters, 'cluster')} so far"
        reply.progress(f"Looking in {counted(so_far.regions, 'region')}… {done}")

    asked = seconds(f"{request.command.deadline.removesuffix('s')}s") or _DEADLINE
    found = turn.connector.sweep_clusters(
        ways.sign_ins,
        Bounds(
            within=rights.workspace.limits.region,
            admits=rights.check_account,
            sees=lambda region, account, name: rights.may(DISCOVER, Target(region, name, account)),
        ),
        deadline=min(asked, turn.left - _TO_ANSWER),
        asked_by=turn.caller.user,
        on_progress=progressed,
    )
    missed = (
        one
        for one in found.missed
        if one.sign_in != ways.implied or not isinstance(one.failure, NoCredentials)
    )
    return replace(found, missed=tuple(missed))


def _ways(request: Request) -> _Ways:
    """The sign-ins to look with. Raises NotAllowed, ProfileNotFound."""
    command, limits = request.command, request.rights.workspace.limits
    role = Role(command.role_arn, command.external_id or None) if command.role_arn else None
    region = next((one.name for one in regions() if limits.region(one.name)), "")
    if not region:
        raise NotAllowed("No region is for this workspace.", "The policy leaves all of them out.")
    names = list(dict.fromkeys(filter(None, command.profile.split(","))))
    for name in names:
        check_sign_in(Filled(region=region, profile=name, role_arn=command.role_arn), request)
    if names:
        return _Ways(tuple(SignIn(profile=name, role=role) for name in names))
    chain = SignIn(role=role)
    if command.default_chain:
        request.rights.check_sign_in(chain, region)
        return _Ways((chain,))
    offered = Offered.to(request)
    every = [SignIn(profile=name, role=role) for name in offered.profiles]
    if offered.default_chain:
        every.append(chain)
    if not every:
        raise NotAllowed(
            "There is no profile here to look with.",
            "AWS keys are for one region at a time.",
            "Whoever runs the bot: set a profile up, or change the policy.",
        )
    for sign_in in every:
        request.rights.check_sign_in(sign_in, region)
    return _Ways(tuple(every), chain if offered.default_chain else None)


def _show(found: Sweep, here: Command, reply: MessageReply, turn: Turn) -> None:
    now, end = time.time(), 0

    def draw(rung: Rung) -> Message:
        nonlocal end
        message, end = sweep.drawn(found, here, now, rung)
        return message

    reply.show(draw, private=here.private)
    # A page of its own would ask every region anew, so all of it is shown at once.
    while end < len(found.found):
        here = here.replaced(offset=end)
        turn.message().show(draw, private=here.private)
