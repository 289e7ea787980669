"""What the drawing is given in tests: recorded rows, connections, hostile names; and what is read back from blocks."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector.aws import Identity, regions
from connector.connector import ClusterInfo, Connection, Discovery
from connector.resources import KINDS, Cell, Column, Health, Kind, Listing, Row
from handlers.blocks.message import Block, Message, Rung
from handlers.command import Command, decoded
from handlers.form import Offered

DATA = Path(__file__).parent.parent / "data"
NOW = datetime(2026, 11, 23, 7, 3, 32, tzinfo=UTC).timestamp()
RUNGS = tuple(Rung)

# Names that mean something to Slack, to Markdown or to a table, and one that is too long for anything.
HOSTILE = (
    "<!channel>",
    "<@U0ADA00001>",
    "<https://evil.example|click>",
    "*bold* _it_ ~no~",
    "`code` ```block```",
    "a & b < c > d &lt;!here&gt;",
    "x" * 400,
    "&" * 400,
    "line\nbreak\ttab",
    "名前\u202e\u200b😀",
)

CONNECTION = Connection(
    id="eu-west-1_prod-payments",
    region="eu-west-1",
    cluster="prod-payments",
    account="111122223333",
    principal="arn:aws:sts::111122223333:assumed-role/chatops/U0ADA00001",
    version="1.34",
    status="ACTIVE",
    endpoint="https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
    sign_in="profile `payments-prod`",
    connected_by="U0ADA00001",
    connected_at=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
    expires_at=None,
)
# What a form offers where no policy limits it.
OFFERED = Offered(regions(), ("dev", "ops"), default_chain=True, aws_keys=True)


def connections(count: int, cluster: str = "prod-payments") -> tuple[Connection, ...]:
    """So many different ones, all clusters named alike."""
    names = (f"{cluster}-{at:03}" for at in range(count))
    return tuple(replace(CONNECTION, id=f"eu-west-1_{name}", cluster=name) for name in names)


def discovery(count: int, name: str = "prod", *, complete: bool = True) -> Discovery:
    infos = (
        ClusterInfo(
            f"{name}-{at:03}",
            "ACTIVE",
            "1.34",
            CONNECTION.endpoint,
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        for at in range(count)
    )
    return Discovery("eu-west-1", Identity(CONNECTION.account, CONNECTION.principal), tuple(infos), complete)


def recorded(plural: str) -> tuple[Row, ...]:
    """What the connector makes of a server's list of odd objects, sickest first."""
    kind = KINDS[plural]
    (path,) = DATA.glob(f"*/{plural}.json")
    return tuple(sorted(kind.read(path.read_bytes())[1], key=lambda row: (row.health, *kind.order(row))))


def listing(kind: Kind, rows: tuple[Row, ...], total: int | None = None, **changes: Any) -> Listing:
    found = Listing(
        kind=kind,
        rows=rows,
        total=len(rows) if total is None else total,
        namespaces=len({row.namespace for row in rows}),
        sick=sum(row.health <= Health.CHANGING for row in rows),
        taken_at=NOW,
        complete=True,
    )
    return replace(found, **changes)


@dataclass(frozen=True)
class Plain:
    """A row of nothing but texts; the first is its name."""

    texts: tuple[str, ...]
    health: Health = Health.HEALTHY
    namespace: str | None = "default"
    created: float = NOW

    @property
    def name(self) -> str:
        return self.texts[0]


def plain_kind(columns: int) -> Kind:
    """Pods with so many columns of text: the first is NAME."""

    def column(at: int) -> Column:
        return Column("NAME" if at == 0 else f"C{at}", lambda row, _now: Cell(row.texts[at]))

    return replace(KINDS["pods"], columns=tuple(column(at) for at in range(columns)))


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, the outermost first."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(each)


def buttons(blocks: list[Block]) -> dict[str, str]:
    """action_id of every button -> its value."""
    return {each["action_id"]: each["value"] for each in dicts(blocks) if each.get("type") == "button"}


def command_of(blocks: list[Block], action_id: str) -> Command:
    return decoded(buttons(blocks)[action_id])


def mrkdwn(message: Message) -> list[str]:
    """Every text of a message in which Slack looks for mentions and formatting."""
    return [
        message.text,
        *(each["text"] for each in dicts(message.blocks) if each.get("type") == "mrkdwn"),
    ]


_OWN = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>]*>")


def alive(text: str) -> str:
    """What Slack would take for a mention, a link or another entity in mrkdwn, dates aside; "" when there is none."""
    left = _OWN.sub("", text)
    found = re.search(r"<[^>]*>?", left)
    return found.group() if found else ""


def shown_rows(blocks: list[Block]) -> list[list[str]] | None:
    """The texts of a table's rows without its header; None when the rows stand in sections."""
    for block in blocks:
        if block["type"] in ("data_table", "table"):
            return [[_shown(cell) for cell in row] for row in block["rows"][1:]]
    return None


def _shown(cell: Block) -> str:
    if cell["type"] == "rich_text":
        return str(cell["elements"][0]["elements"][0]["fallback"])
    return str(cell["text"])


def sections_text(blocks: list[Block]) -> str:
    """What a person reads in the code blocks of the lowest rung."""
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    for text in texts:
        assert text.startswith("```"), text
        assert text.endswith("```"), text
        assert text.count("`") == 6, text
    return "\n".join(html.unescape(text[3:-3]) for text in texts)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
