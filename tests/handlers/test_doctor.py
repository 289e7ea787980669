"""The way to a cluster in a message: each hop in words, whatever it holds, and nothing that a person may not know."""

from dataclasses import replace
from typing import Any

import pytest

from connector.aws import Identity, SignIn
from connector.connector import Connection
from connector.errors import ClusterNotFound, Failure, Unauthorized
from connector.examination import HOPS, Asker, Examination, Hop, State
from handlers.blocks import doctor
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command
from tests.handlers.policy_parts import ACCOUNT, LIMITED, MINE, ONE_CLUSTER, OTHERS, Seat, Watched, answer
from tests.handlers.samples import HOSTILE, NOW, RUNGS, alive, buttons, command_of, mrkdwn

ASKED = Command("doctor", words=("prod",), region="eu-west-1", profile="ops", owner="U0ADA00001")
DENIED = Unauthorized(
    "`prod` does not know who this is", "No entry.", "Make one: `aws eks create-access-entry`"
)


def examination(*hops: Hop, cluster: str = "prod") -> Examination:
    """With these hops, and the others passed."""
    named = {hop.name: hop for hop in hops}
    all_of_them = tuple(named.get(name, Hop(name, State.PASSED, f"{name} is fine")) for name in HOPS)
    return Examination(cluster, "eu-west-1", "profile `ops`", all_of_them, "111122223333", "arn:x")


BROKEN = examination(
    Hop("access", State.BROKEN, "", DENIED, ("aws eks create-access-entry", "kubectl get nodes")),
    Hop("rbac", State.UNREACHED),
)


def drawn(found: Examination, command: Command = ASKED, rung: Rung = Rung.CHART, **more: bool) -> Message:
    return doctor.drawn(found, command, NOW, rung, **more)


def whole(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}


def test_every_hop_has_a_name_and_a_mark_with_a_word() -> None:
    assert set(doctor.NAMES) == set(HOPS)
    for state in State:
        (block,) = doctor.hops(examination(Hop("dns", state)), Rung.SECTIONS)
        (line,) = [line for line in block["text"]["text"].splitlines() if "*DNS*" in line]
        assert line == f"{line[0]} *DNS*: {state.value}"


@pytest.mark.parametrize("rung", RUNGS)
def test_the_way_is_a_plan_on_the_newest_rung_and_lines_below_it(rung: Rung) -> None:
    message = drawn(BROKEN, rung=rung)
    assert message_faults(whole(message)) == []
    plans = [block for block in message.blocks if block["type"] == "plan"]
    if rung is Rung.CHART:
        assert [task["title"] for task in plans[0]["tasks"]][-2:] == [
            "Access entry: broken",
            "RBAC: not reached",
        ]
        assert [task["status"] for task in plans[0]["tasks"]][-3:] == ["complete", "error", "pending"]
    else:
        assert plans == []
        assert "🟢 *TLS*: ok · tls is fine" in str(message.blocks)
        assert "🔴 *Access entry*: broken · `prod` does not know who this is" in str(message.blocks)


@pytest.mark.parametrize("rung", RUNGS)
def test_a_broken_hop_is_told_with_the_commands_that_its_hint_lacks(rung: Rung) -> None:
    texts = mrkdwn(drawn(BROKEN, rung=rung))
    assert texts[0] == "🔴 The way to `prod` is broken at Access entry, 1 hop not reached."
    assert "```kubectl get nodes```" in texts
    assert any("Make one: `aws eks create-access-entry`" in text for text in texts)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_stands_in_a_hop_stays_text(name: str, rung: Rung) -> None:
    found = examination(
        Hop("profile", State.PASSED, name),
        Hop("cluster", State.BROKEN, "", Failure(name, name, name), (name, name * 3)),
        cluster=name,
    )
    message = drawn(replace(found, sign_in=name, account=name), rung=rung, production=True)
    assert message_faults(whole(message)) == []
    assert [alive(text) for text in mrkdwn(message) if alive(text)] == []
    fences = [text for text in mrkdwn(message) if text.startswith("```")]
    assert all(text.endswith("```") and text.count("`") == 6 for text in fences)


def test_two_broken_hops_of_many_words_fit() -> None:
    hops = [
        Hop(name, State.BROKEN, "", Failure("w" * 800, "y" * 800, "h" * 800), ("c" * 900,)) for name in HOPS
    ]
    message = drawn(examination(*hops[:2]), rung=Rung.SECTIONS)
    assert message_faults(whole(message)) == []


def test_a_good_way_leads_on_to_the_cluster() -> None:
    good = examination()
    assert drawn(good).text == "🟢 The way to `prod` is open: every hop is ok."
    assert command_of(drawn(good).blocks, "connect.examined") == ASKED.replaced(verb="connect", owner="")
    held = Command("doctor", connection=MINE, private=True)
    assert command_of(drawn(good, held).blocks, "list.pods") == Command(
        "get", "pods", connection=MINE, private=True
    )
    assert set(buttons(drawn(BROKEN).blocks)) == {"refresh.doctor"}
    assert command_of(drawn(BROKEN).blocks, "refresh.doctor") == ASKED


def test_production_is_marked() -> None:
    assert (
        drawn(BROKEN, production=True).blocks[0]["text"]["text"] == "PRODUCTION · doctor · prod · eu-west-1"
    )


# --- who may know what


class Examining(Watched):
    """Writes down what it is asked to examine; `identity` is who signs in, `outcome` what is found."""

    identity = Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ops")
    outcome = examination()

    def examine(
        self, cluster: str, region: str, sign_in: SignIn, asker: Asker, *, deadline: float = 25.0
    ) -> Examination:
        self.asked.append((f"{region}_{cluster}", sign_in, asker))
        asker.admits(self.identity)
        asker.on_hop(self.outcome)
        return replace(self.outcome, cluster=cluster)

    def examine_connection(self, connection_id: str, asker: Asker, *, deadline: float = 25.0) -> Examination:
        found: Connection = self.connection(connection_id)
        return self.examine(found.cluster, found.region, SignIn("ops"), asker, deadline=deadline)


def of(cluster: str, **more: Any) -> Command:
    return Command("doctor", words=(cluster,), **{"region": "eu-west-1", "profile": "ops-eu"} | more)


def test_a_cluster_that_may_not_be_connected_to_is_not_examined(seat: Seat) -> None:
    connector = Examining(MINE, OTHERS)
    for name in ("secret-prod", "no-such-cluster"):
        shown = answer(seat(connector, ONE_CLUSTER), of(name))
        assert "You may not `connect`" in shown
    assert connector.asked == []
    assert "The way to" in answer(seat(connector, ONE_CLUSTER), of("pay-dev"))
    assert [asked[0] for asked in connector.asked] == ["eu-west-1_pay-dev"]


def test_another_connection_does_not_exist(seat: Seat) -> None:
    for command in (Command("doctor", connection=OTHERS), Command("doctor", words=(OTHERS,))):
        held, none = Examining(MINE, OTHERS), Examining(MINE)
        assert answer(seat(held, ONE_CLUSTER), command) == answer(seat(none, ONE_CLUSTER), command)
        assert held.asked == []


def test_with_one_that_may_be_examined_nobody_asks_which(seat: Seat) -> None:
    connector = Examining(MINE, OTHERS)
    shown = answer(seat(connector, ONE_CLUSTER), Command("doctor"))
    assert "The way to `pay-prod` is open" in shown
    assert [asked[0] for asked in connector.asked] == [MINE]


@pytest.mark.parametrize(
    "more", [{"region": "us-east-1"}, {"profile": "admin"}, {"profile": "", "default_chain": True}]
)
def test_the_limits_of_the_workspace_hold(seat: Seat, more: dict[str, Any]) -> None:
    connector = Examining()
    shown = answer(seat(connector, LIMITED.format(ACCOUNT)), of("pay-prod", **more))
    assert "is not for this workspace" in shown
    assert connector.asked == []


def test_an_account_that_is_not_for_the_workspace_ends_it(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.form.profiles", lambda: ("ops-eu",))
    connector = Examining()
    connector.identity = Identity("999999999999", "arn:aws:iam::999999999999:user/ops")
    shown = answer(seat(connector, LIMITED.format(ACCOUNT)), of("pay-prod"))
    assert "The account `999999999999` is not for this workspace." in shown
    assert "is open" not in shown


def test_clusters_that_are_near_are_not_named_to_who_may_not_know_them(seat: Seat) -> None:
    connector = Examining()
    near = ClusterNotFound("There is no cluster `pay-prd`", "", "Did you mean `secret-prod`?")
    connector.outcome = examination(Hop("cluster", State.BROKEN, "", near, ("aws eks list-clusters",)))
    shown = answer(seat(connector, ONE_CLUSTER), of("pay-prd"))
    assert "secret-prod" not in shown
    assert "`/eks clusters` shows those that you may know of." in shown


def test_rights_are_asked_as_the_person_reads(seat: Seat) -> None:
    policy = """
workspaces:
  T1:
    rules:
    - {name: connects, who: everyone, may: [connect]}
    - name: reads
      who: everyone
      may: [read]
      namespaces: [shop]
      impersonate: {user: "slack:{user_id}", groups: [viewers]}
"""
    connector = Examining(MINE)
    answer(seat(connector, policy), Command("doctor"))
    ((_, _, asker),) = connector.asked
    assert (asker.acting.user, asker.acting.groups, asker.namespace) == ("slack:U1", ("viewers",), "shop")
    answer(seat(connector, ONE_CLUSTER), Command("doctor"))
    assert connector.asked[-1][2].acting is None
