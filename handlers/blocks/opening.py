"""The select under a list that opens one of its rows: what its options say, and the command that a pick means.

An option holds 150 characters, so what all rows share stands in the block_id as a command, and an option names the row:
`namespace/name`, before it the connection where rows come from several (`connection|namespace/name`), and between the
two the kind where each row is about one of its own (`namespace/kind/name`), as events are.
"""

from collections.abc import Callable, Iterable

from connector.objects import digest
from connector.resources import Health, Kind, Row, kind_named
from handlers.blocks.limits import numbers
from handlers.blocks.marks import MARKS
from handlers.blocks.message import Block
from handlers.blocks.parts import actions, option, plain
from handlers.blocks.text import cut
from handlers.command import KIND, Command, decoded

OBJECT = "open.object"


def row(
    kind: Kind, rows: Iterable[Row], here: Command, origin: Callable[[Row], str] = lambda _row: ""
) -> list[Block]:
    """The select as a row of its own, for at most 100 rows; none when there is nothing to open.

    `origin` gives the connection of a row where they come from several.
    """
    asked = Command("describe", here.kind, connection=here.connection, private=here.private)
    if len(asked.encoded()) > numbers.IDENTIFIER:
        return []
    options: dict[str, Block] = {}
    for one in rows:
        value = _value(kind, one, origin(one))
        if value:
            options.setdefault(value, option(_text(kind, one, origin(one)), value))
    if not options:
        return []
    select: Block = {
        "type": "static_select",
        "action_id": OBJECT,
        "placeholder": plain(f"Open {_one(kind)}…", numbers.PLACEHOLDER),
        "options": list(options.values())[: numbers.SELECT_OPTIONS],
    }
    return [actions(select, block_id=asked.encoded())]


def picked(block_id: str, value: str) -> Command:
    """The command that a picked option means. Raises Failure for what no select of ours holds."""
    asked = decoded(block_id)
    connection, several, rest = value.rpartition("|")
    namespace, _, name = rest.partition("/")
    kind, typed, own = name.rpartition("/")
    if typed:
        known = kind_named(kind)
        # What is written there came from a cluster.
        word = known.plural if known else kind if KIND.fullmatch(kind) else asked.kind
        asked, name = asked.replaced(kind=word), own
    if several:
        asked = asked.replaced(connection=connection)
    return asked.replaced(words=(name,), namespace=namespace)


def _value(kind: Kind, row: Row, connection: str) -> str:
    """ "" for a row that cannot be named in so few characters."""
    name = row.name if kind.about_others else kind.called(row)
    if kind.about_others and "/" not in name:
        return ""
    start = f"{connection}|" if connection else ""
    whole = f"{start}{row.namespace or ''}/{name}"
    if len(whole) > numbers.OPTION_VALUE and not kind.about_others:
        whole = f"{start}{row.namespace or ''}/{digest(name)}"
    return whole if len(whole) <= numbers.OPTION_VALUE else ""


def _text(kind: Kind, row: Row, connection: str) -> str:
    """The name first, as a phone shows little more; what ails it last, and never cut off, as where it is."""
    said = {Health.BROKEN: kind.broken, Health.CHANGING: kind.changing_one or kind.changing}.get(row.health)
    end = f" · {MARKS[row.health]} {said}" if said else ""
    # Each cluster has a pod of the same name, or of one that begins alike.
    end = f" · {connection}{end}" if connection else end
    where = f" ({row.namespace})" if row.namespace else ""
    return cut(f"{row.name}{where}", numbers.OPTION_TEXT - len(end)) + end


def _one(kind: Kind) -> str:
    if kind.about_others:
        return "what it is about"
    return f"{'an' if kind.singular[:1] in 'aeiou' else 'a'} {kind.singular}"
