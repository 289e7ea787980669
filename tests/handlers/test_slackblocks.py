"""Our drawings, built once more by slackblocks from the same values: it refuses none, and says the same of each."""

import ast
import json
from pathlib import Path

import pytest
import slackblocks as sb

import handlers.blocks
from connector.errors import Unreachable
from connector.resources import KINDS
from connector.rollouts import History, Revision
from connector.workspaces import WorkspaceKey
from handlers.blocks import (
    asking,
    audit,
    clusters,
    documents,
    following,
    forms,
    guide,
    home,
    listing,
    logs,
    notices,
    rollout,
)
from handlers.blocks.heading import heading
from handlers.blocks.message import Rung
from handlers.command import Command
from handlers.comparison import Change
from handlers.form import Carried, Filled
from handlers.grammar import VERBS
from handlers.policy import Policy
from handlers.policy.values import Who
from handlers.trail import Entry, Found
from tests.handlers import logs_parts, samples
from tests.handlers import (
    test_changes_shown as changes_shown,
)
from tests.handlers import (
    test_description_shown as description_shown,
)
from tests.handlers import (
    test_doctor as doctor_shown,
)
from tests.handlers import (
    test_rollout_shown as rollout_shown,
)
from tests.handlers import (
    test_sweep as sweep_shown,
)
from tests.handlers import (
    test_usage_shown as usage_shown,
)
from tests.handlers.slackblocks_parts import KNOWN, block, plainly, same, text


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("plural", KINDS)
def test_lists(plural: str, rung: Rung) -> None:
    found = samples.listing(KINDS[plural], samples.recorded(plural) * 5, complete=False)
    asked = Command("get", plural, connection=samples.CONNECTION.id, owner="U1", offset=10)
    same(listing.drawn(found, samples.CONNECTION, asked, rung).blocks)


@pytest.mark.parametrize("count", [0, 1, 6, 60])
def test_clusters_and_connections(count: int) -> None:
    search = Command("clusters", region="eu-west-1", profile="ops")
    same(clusters.found(samples.discovery(count), search, samples.NOW, Rung.DATA_TABLE).blocks)
    same(clusters.connections(samples.connections(count), {}, Command("connections")).blocks)
    same(clusters.which(samples.connections(max(2, count)), Command("get", "pods")).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("count", [0, 3])
def test_the_trail(count: int, rung: Rung) -> None:
    texts = ("C1", "U1", "pods", "eu-west-1_prod", "shop", "arn:aws:iam::1:user/a", "ok")
    lines = tuple(Entry(at, samples.NOW, *texts, 1.5, "7f3a91c2", "replica-1") for at in range(count))
    asked = Command("audit", user="U1", owner="U1")
    same(audit.drawn(Found(lines, 2, 9), asked, samples.NOW, 90, rung).blocks)


def test_help_and_notices() -> None:
    same(guide.menu(("eu-west-1_prod",)).blocks)
    for verb in VERBS.values():
        same(guide.topic(verb).blocks)
    same(notices.progress("Listing pods…")[1])
    same(clusters.really_disconnect(samples.CONNECTION).blocks)


@pytest.mark.parametrize("by_keys", [False, True])
@pytest.mark.parametrize("with_role", [False, True])
@pytest.mark.parametrize("callback_id", [forms.FIND, forms.CONNECT])
def test_forms(callback_id: str, with_role: bool, by_keys: bool) -> None:
    filled = Filled("eu-west-1", by_keys, cluster="prod", role_arn="arn:aws:iam::1:role/r", external_id="7")
    view = filled.form(callback_id, Carried("C1", with_role=with_role), samples.OFFERED).view("Signing in…")
    same(view["blocks"])
    modal = sb.ModalView(
        text(view["title"]),
        [block(each) for each in view["blocks"]],
        text(view["close"]),
        text(view["submit"]),
        view["private_metadata"],
        view["callback_id"],
    )
    built = json.loads(json.dumps(modal.to_dict()))
    assert {key: plainly(built[key]) for key in ("title", "close", "submit")} == {
        key: plainly(view[key]) for key in ("title", "close", "submit")
    }


def written() -> set[str]:
    """Every type that the drawings write."""
    return {
        str(value.value)
        for path in Path(handlers.blocks.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
    }


def test_each_type_that_is_written_is_known_here() -> None:
    assert "overflow" in written()
    assert written() <= KNOWN


@pytest.mark.parametrize("plural", ["pods", "deployments", "nodes"])
@pytest.mark.parametrize("private", [False, True])
def test_a_description(plural: str, private: bool) -> None:
    same(description_shown.draw(plural=plural, private=private, production=True).blocks)


@pytest.mark.parametrize("count", [0, 2, 200])
def test_logs(count: int) -> None:
    found = logs_parts.logs(logs_parts.lines(count), more=True, restarted=True)
    here = logs_parts.command()
    same(logs.drawn(found, samples.CONNECTION, here).blocks)
    stopping = here.replaced(ref="7f3a91c2")
    how = following.until(samples.NOW, "2 new")
    followed = logs.followed(found, found.lines, samples.CONNECTION, stopping, status=how).blocks
    same(followed)
    same(following.stopped(followed, here, "Stopped.").blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("count", [0, 1, 60])
def test_usage(count: int, rung: Rung) -> None:
    pods = [usage_shown.pod(f"cart-{at}", share=at / 50) for at in range(count)]
    same(usage_shown.drawn(usage_shown.figures(*pods), rung=rung).blocks)
    nodes = [usage_shown.node(f"n{at}") for at in range(count)]
    same(usage_shown.drawn(usage_shown.figures(*nodes), usage_shown.asked("nodes"), rung).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
def test_rollouts(rung: Rung) -> None:
    same(rollout_shown.shown(rollout_shown.found(), production=True).blocks)
    revisions = tuple(
        Revision(at, f"cart-{at}", "why", ("cart:2",), ("app: 1 → 2",), at, samples.NOW, at == 3)
        for at in (3, 2, 1)
    )
    found = History(rollout_shown.REF, revisions, (), samples.NOW)
    same(rollout.history(found, samples.CONNECTION, rollout_shown.asked("history"), rung).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
def test_the_way_to_a_cluster(rung: Rung) -> None:
    for found in (doctor_shown.BROKEN, doctor_shown.examination()):
        same(doctor_shown.drawn(found, rung=rung).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
def test_what_changed(rung: Rung) -> None:
    same(changes_shown.drawn((), rung).blocks)
    found = tuple(Change(None, changes_shown.row(f"cart-{at}")) for at in range(200))
    same(changes_shown.drawn((Change(changes_shown.row(), changes_shown.ILL), *found), rung).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("count", [0, 3, 60])
def test_all_regions(count: int, rung: Rung) -> None:
    found = sweep_shown.found(count) + sweep_shown.found(count, "web", sweep_shown.WEB)
    for message in sweep_shown.pages(sweep_shown.swept(found=found), rung):
        same(message.blocks)


def test_files_and_lines_for_a_terminal() -> None:
    head = heading("pod cart", samples.CONNECTION, production=True)
    sent = documents.Sent("pod-cart.yaml", "2.1 kB", "`pod/cart`", public=True)
    same(documents.answer(head, sent, [], notes=("masked",)).blocks)
    same(documents.nothing(head, "nothing", []).blocks)
    same(documents.terminal(["aws x", "kubectl y"], samples.CONNECTION).blocks)


def test_the_form_that_asks_and_the_home_tab() -> None:
    same(asking.form("{}", samples.CONNECTION.id)["blocks"])
    same(home.broken(Unreachable("it does not answer"), "7f3a91c2")["blocks"])
    rights = Policy.open().rights(WorkspaceKey(None, "T1"), Who("U1", "", "T1"))
    tab = home.Tab(rights, samples.connections(30), recent=(Command("get", "pods"),), start=10)
    same(home.drawn(tab, home.Seen({}), asking=True)["blocks"])
