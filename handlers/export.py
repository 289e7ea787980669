"""A list as a file: the whole objects as YAML or JSON, or all of its rows as CSV, not only those of a page."""

from dataclasses import dataclass

from connector.connector import Connection
from connector.documents import Extent, documents
from connector.errors import InvalidRequest
from connector.lanes import Deadline
from connector.resources import Listing
from handlers import held
from handlers.access import Request
from handlers.attachments import Document
from handlers.blocks import documents as drawing
from handlers.blocks import listing, ways
from handlers.blocks.heading import heading
from handlers.blocks.message import Block
from handlers.blocks.parts import button
from handlers.blocks.text import code, counted, cut, number
from handlers.command import Command
from handlers.desk import Turn
from handlers.document import MASKED, file_name
from handlers.lists import Progress, taken, wanted
from handlers.manifests import FORMS
from handlers.reply import MessageReply
from handlers.sheets import as_csv

# Of one selector: what is longer is what nobody reads in a sentence.
_QUOTED = 200
# Of a command's time, what the file may take on its way to Slack.
_SENDING = 5.0
_PART = (
    "🟡 This is not all: a file holds 5,000 objects, 20 MB, and what can be read in the time of a command."
    " Narrow it: a namespace, a selector, words."
)


@dataclass(frozen=True)
class _Made:
    """A file's text and what is in it. `word` names the kind in commands, the other two do in sentences."""

    text: str
    extent: Extent
    word: str
    singular: str
    plural: str
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> str:
        taken, expected = self.extent.taken, self.extent.expected
        if self.extent.complete:
            return counted(taken, self.singular, self.plural)
        if expected:
            return f"the first {number(taken)} of about {number(expected)} {self.plural}"
        return f"the first {counted(taken, self.singular, self.plural)}"


def is_asked(command: Command) -> bool:
    """Whether a list of one cluster is wanted as a file."""
    return (not command.clusters and is_rows(command)) or command.output in FORMS


def is_rows(command: Command) -> bool:
    """Whether all rows of a list are wanted as a file."""
    return command.output == "csv"


def converse(request: Request, turn: Turn) -> None:
    """Sends the file and says how much of what there is stands in it; where there is nothing, that."""
    command = request.command
    if command.clusters:
        raise InvalidRequest(
            "A list of whole objects is of one cluster",
            "",
            "Say which with `-c CONNECTION` in place of `--clusters`, or ask for the rows: `-o csv`",
        )
    connection = held.chosen(request, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    said = f"Reading {command.kind} of {connection.cluster}…"
    reply.progress(said)

    def count(found: int, expected: int | None) -> None:
        whole = f" of about {expected:,}" if expected else ""
        reply.progress(f"{said} {found:,}{whole} so far")

    def make() -> None:
        here = command.replaced(connection=connection.id)
        named = code(connection.cluster)
        notes: tuple[str, ...] = ()
        if is_rows(command):
            answer = taken(request, turn.connector, connection, _time(turn), count)
            made = _rows(answer.listing, here.replaced(kind=answer.word))
            notes = (listing.stale(answer.listing, named),) if answer.listing.silent else ()
        else:
            made = _manifests(request, turn, connection, count)
            here = here.replaced(kind=made.word)
        head = heading(made.plural, connection, production=request.production(connection))
        _send(made, turn.owned(here), turn, reply, Where(head, connection.cluster, named, notes))

    turn.hand_on(connection.id, make)


@dataclass(frozen=True)
class Where:
    """What a file is of: the line above the answer, a name, and in mrkdwn its name in a sentence and other notes."""

    head: Block
    name: str
    named: str
    notes: tuple[str, ...] = ()


def send_rows(found: Listing, here: Command, turn: Turn, reply: MessageReply, where: Where) -> None:
    """Sends all rows of a list that is taken already."""
    _send(_rows(found, here), here, turn, reply, where)


def _send(made: _Made, here: Command, turn: Turn, reply: MessageReply, where: Where) -> None:
    here = here.replaced(offset=0, backwards=False)
    row = ways.row(
        here,
        button("Show the list", "show.list", here.replaced(output="", owner="").value()),
        button("Refresh", "refresh.file", here.value()),
    )
    notes = made.notes if made.extent.complete else (_PART, *made.notes)
    if not made.extent.taken and made.extent.complete:
        text = f"There are no {made.plural}{_narrowed(here)} in {where.named}: no file was made."
        message = drawing.nothing(where.head, text, [row], notes=where.notes)
    else:
        document = Document(file_name(made.plural, where.name, here.namespace, ending=here.output), made.text)
        holds = f"{made.amount}{_narrowed(here)} in {where.named}"
        public = turn.attach(document, holds, private=here.private)
        sent = drawing.Sent(document.name, document.size, holds, public)
        message = drawing.answer(where.head, sent, [row], notes=(*notes, *where.notes))
    reply.show(message, private=here.private)


def _rows(found: Listing, here: Command) -> _Made:
    kind, rows = found.kind, found.rows
    text = as_csv(
        [column.header for column in kind.columns],
        ([column.cell(row, found.taken_at) for column in kind.columns] for row in rows),
    )
    # What the server expects knows nothing of words.
    expected = len(rows) if found.complete else None if here.words else found.expected
    return _Made(text, Extent(len(rows), expected), here.kind, kind.singular, kind.plural)


def _manifests(request: Request, turn: Turn, connection: Connection, count: Progress) -> _Made:
    deadline = Deadline(_time(turn))
    asked = wanted(request, turn.connector, connection, deadline)
    made = FORMS[request.command.output]()
    extent = turn.connector.ask(
        connection.id,
        deadline,
        lambda cluster: documents(
            cluster,
            asked.resource,
            asked.query,
            deadline,
            made.take,
            on_progress=lambda found, expected: count(found, expected if asked.scope.whole else None),
            impersonate=asked.scope.impersonate,
        ),
    )
    if not asked.scope.whole and not extent.complete:
        # What is expected counts what the person may not see, too.
        extent = Extent(extent.taken, None)
    return _Made(made.text, extent, asked.word, asked.resource.singular, asked.resource.plural, (MASKED,))


def _time(turn: Turn) -> float:
    return max(turn.left - _SENDING, 1.0)


def _narrowed(command: Command) -> str:
    """What was asked for, as the end of "pods …"."""
    said = f" in {code(command.namespace)}" if command.namespace else ""
    said += listing.narrowed(command)
    if command.words:
        said += f" matching {' '.join(code(cut(word, _QUOTED)) for word in command.words)}"
    return said
