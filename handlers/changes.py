"""What changed since a list was shown: it is taken anew, as the person may see it now, and laid beside that one."""

from handlers import held
from handlers.access import Request
from handlers.blocks import changes as drawing
from handlers.comparison import compared
from handlers.desk import Turn
from handlers.lists import taken
from handlers.snapshots import NotComparable, snapshot


def converse(request: Request, turn: Turn) -> None:
    """Tells what is different from the list that `command.seen` names, or why that cannot be told."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    said = f"Listing {command.kind} of {connection.cluster} again…"
    reply.progress(said)
    production = request.production(connection)

    def count(rows: int, expected: int | None) -> None:
        whole = f" of about {expected:,}" if expected else ""
        reply.progress(f"{said} {rows:,}{whole} so far")

    def tell() -> None:
        before = turn.desk.snapshots.find(command.seen, turn.caller.workspace, turn.caller.user)
        answer = taken(request, turn.connector, connection, turn.left, count)
        here = turn.owned(command.replaced(connection=connection.id, kind=answer.word))
        now = snapshot(answer.listing, here, answer.scope)
        if before.asked != now.asked:
            raise NotComparable(
                "Then and now you may not see the same of it",
                "",
                "Take the list now, and ask what changed later",
            )
        if not answer.listing.complete:
            raise NotComparable(
                "The list of now is not whole",
                f"It was stopped for time with {len(answer.listing.rows):,} rows, and what it lacks would seem gone.",
                "Try a smaller one: a namespace, a selector, words",
            )
        found = compared(before, now)
        reply.show(
            lambda rung: drawing.drawn(
                found,
                before.taken_at,
                now.headers,
                answer.listing,
                connection,
                here,
                rung,
                production=production,
            ),
            private=here.private,
        )

    turn.hand_on(connection.id, tell)
