"""All regions in a message: every cluster and every gap is in it, folded, within Slack's limits and the policy's."""

from typing import Any

import pytest

from connector.aws import Role, SignIn, regions
from connector.connector import ClusterInfo
from connector.errors import AccessDenied, Expired, Failure, NoCredentials
from connector.sweep import Bounds, Found, Missed, SoFar, Sweep
from handlers.blocks import sweep
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command, decoded
from handlers.policy import NotAllowed
from tests.handlers.policy_parts import ACCOUNT, LIMITED, ONE_CLUSTER, Seat, Watched, answer
from tests.handlers.samples import HOSTILE, NOW, RUNGS, alive, command_of, dicts, mrkdwn

ASKED = Command("clusters", all_regions=True, owner="U0ADA00001")
OPS, WEB = SignIn("ops"), SignIn("web")
LONG = "c" * 96


def found(count: int, name: str = "prod", sign_in: SignIn = OPS) -> tuple[Found, ...]:
    return tuple(
        Found("eu-west-1", "111122223333", sign_in, ClusterInfo(f"{name}-{at:03}", "ACTIVE", "1.34"))
        for at in range(count)
    )


def swept(**more: Any) -> Sweep:
    nothing: dict[str, Any] = {
        "found": (), "missed": (), "off": (), "silent": (), "doubles": (),
        "accounts": ("111122223333",), "regions": 34,
    }  # fmt: skip
    return Sweep(**nothing | more)


def pages(all_of_it: Sweep, rung: Rung, command: Command = ASKED) -> list[Message]:
    drawn, end = [], 0
    while True:
        message, end = sweep.drawn(all_of_it, command.replaced(offset=end), NOW, rung)
        drawn.append(message)
        if end >= len(all_of_it.found):
            return drawn


def lines(all_of_it: Sweep) -> list[str]:
    """What is said to be missing."""
    (message, *_) = pages(all_of_it, Rung.DATA_TABLE)
    return [text for text in mrkdwn(message) if text[:1] in "🟡🔴⚪"]


def offered(message: Message) -> list[Command]:
    each = list(dicts(message.blocks))
    values = [
        option["value"] for one in each if one.get("action_id") == sweep.CONNECT for option in one["options"]
    ]
    values += [one["value"] for one in each if str(one.get("action_id", "")).startswith("connect.")]
    return [decoded(value) for value in values]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", ["prod", LONG])
@pytest.mark.parametrize("count", [0, 1, 5, 6, 60, 300])
def test_every_cluster_is_shown_and_the_limits_hold(count: int, name: str, rung: Rung) -> None:
    all_of_it = swept(found=found(count, name))
    drawn = pages(all_of_it, rung)
    for message in drawn:
        assert message_faults({"text": message.text, "blocks": message.blocks}) == []
    text = str([message.blocks for message in drawn])
    assert [one.info.name for one in all_of_it.found if one.info.name not in text] == []


@pytest.mark.parametrize("count", [1, 5, 6, 60])
def test_each_can_be_connected_to_by_the_sign_in_that_found_it(count: int) -> None:
    (message,) = pages(swept(found=found(count)), Rung.DATA_TABLE)
    assert offered(message) == [
        Command("connect", words=(f"prod-{at:03}",), region="eu-west-1", profile="ops") for at in range(count)
    ]


def test_the_default_chain_and_a_role_come_along() -> None:
    role = Role("arn:aws:iam::111122223333:role/reader", "7")
    asked = ASKED.replaced(role_arn=role.arn, external_id="7", private=True, default_chain=True)
    (message,) = pages(swept(found=found(1, sign_in=SignIn(role=role))), Rung.DATA_TABLE, asked)
    assert offered(message) == [
        Command(
            "connect", words=("prod-000",), region="eu-west-1", default_chain=True,
            role_arn=role.arn, external_id="7", private=True,
        )
    ]  # fmt: skip
    assert "the default chain as reader" in str(message.blocks)


def test_what_is_being_made_cannot_be_connected_to() -> None:
    young = Found("eu-west-1", "111122223333", OPS, ClusterInfo("newborn", "CREATING", "1.35"))
    (message,) = pages(swept(found=(young,)), Rung.DATA_TABLE)
    assert offered(message) == []


def denied(region: str) -> Missed:
    return Missed(
        OPS, AccessDenied("AWS refused: eks:ListClusters", f"in {region}", "Ask"), "111122223333", region
    )


def test_regions_that_refuse_alike_are_one_line() -> None:
    names = [region.name for region in regions() if region.partition == "aws"]
    (line,) = lines(swept(missed=tuple(map(denied, names))))
    first = ", ".join(f"`{name}`" for name in names[:6])
    assert line == f"🔴 {first} and 28 more of account `111122223333`: AWS refused: eks:ListClusters. Ask"
    (line,) = lines(swept(missed=(denied("eu-west-1"),)))
    assert line == "🔴 `eu-west-1` of account `111122223333`: AWS refused: eks:ListClusters. in eu-west-1 Ask"


def test_a_sign_in_that_is_no_good_is_a_line_of_its_own() -> None:
    missed = (
        Missed(OPS, Expired("The SSO session is over", "", "`aws sso login --profile ops`")),
        Missed(WEB, NoCredentials("It has half a key")),
    )
    assert lines(swept(missed=missed)) == [
        "🔴 profile `ops`: The SSO session is over. `aws sso login --profile ops`",
        "🔴 profile `web`: It has half a key.",
    ]


def test_regions_that_are_off_are_folded_for_accounts_alike() -> None:
    off = (("1", ("af-south-1", "me-south-1")), ("2", ("af-south-1", "me-south-1")), ("3", ("af-south-1",)))
    assert lines(swept(off=off)) == [
        "⚪ 2 regions are off for accounts `1` and `2`: `af-south-1` and `me-south-1`",
        "⚪ 1 region is off for account `3`: `af-south-1`",
    ]


def test_what_did_not_answer_is_named() -> None:
    silent = ((WEB, ""), (OPS, "eu-west-1"), (OPS, "us-east-1"), (SignIn(), "us-east-1"))
    told = swept(silent=silent, found=found(1))
    assert lines(told) == [
        "🟡 Stopped for time: profile `web` had not signed in.",
        "🟡 Stopped for time: `eu-west-1` and `us-east-1` did not answer profile `ops`.",
        "🟡 Stopped for time: `us-east-1` did not answer the default chain.",
    ]
    (message,) = pages(told, Rung.DATA_TABLE)
    assert message.text == "1 cluster in 1 region of 1 account, not all regions answered in time"


def test_sign_ins_that_lead_to_one_account_are_told_together() -> None:
    doubles = ((WEB, OPS, "1"), (SignIn(), OPS, "1"), (SignIn("x"), SignIn("y"), "2"))
    assert lines(swept(doubles=doubles)) == [
        "⚪ profile `web` and the default chain lead to account `1`, as profile `ops` does: nothing is listed twice.",
        "⚪ profile `x` leads to account `2`, as profile `y` does: nothing is listed twice.",
    ]


def test_no_gap_is_left_out_uncounted() -> None:
    missed = tuple(Missed(SignIn(f"p{at}"), Failure("no")) for at in range(50))
    (message,) = pages(swept(missed=missed, found=found(3)), Rung.SECTIONS)
    assert message_faults({"text": message.text, "blocks": message.blocks}) == []
    assert "and 30 more like these" in str(message.blocks)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_found_stays_text(name: str, rung: Rung) -> None:
    sign_in = SignIn(name)
    failure = Failure(name, name, name)
    all_of_it = swept(
        found=(Found("eu-west-1", "111122223333", sign_in, ClusterInfo(name, name, "1.34", error=failure)),),
        missed=(Missed(sign_in, failure), Missed(sign_in, failure, name, name)),
        off=((name, (name,)),),
        silent=((sign_in, name), (sign_in, "")),
        doubles=((sign_in, sign_in, name),),
    )
    for message in pages(all_of_it, rung):
        assert message_faults({"text": message.text, "blocks": message.blocks}) == []
        assert [alive(text) for text in mrkdwn(message) if alive(text)] == []


# --- who may know what


class Sweeping(Watched):
    """Writes down with what it looks around, and holds it to its bounds."""

    accounts: tuple[str, ...] = (ACCOUNT,)

    def sweep_clusters(self, sign_ins: Any, bounds: Bounds, **more: Any) -> Sweep:
        self.sign_ins += [sign_ins]
        self.asked.append(("sweep", bounds, more))
        missed, seen = list[Missed](), list[Found]()
        for account in self.accounts:
            try:
                bounds.admits(account)
            except Failure as failure:
                missed.append(Missed(sign_ins[0], failure))
                continue
            seen += (
                Found("eu-west-1", account, sign_ins[0], ClusterInfo(name, "ACTIVE", "1.34"))
                for name in ("pay-prod", "secret-prod")
                if bounds.within("eu-west-1") and bounds.sees("eu-west-1", account, name)
            )
        missed += [Missed(SignIn(), NoCredentials("The bot has no AWS credentials of its own"))]
        more["on_progress"](SoFar(34, 21, len(seen)))
        return swept(found=tuple(seen), missed=tuple(missed))


@pytest.fixture(autouse=True)
def _profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's own profiles, in place of this machine's."""
    monkeypatch.setattr("handlers.form.profiles", lambda: ("admin", "ops-eu", "ops-us"))


def test_only_clusters_that_may_be_known_are_found(seat: Seat) -> None:
    connector = Sweeping()
    shown = answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True))
    assert "pay-prod" in shown
    assert "secret" not in shown
    assert "1 cluster in" in shown


def test_all_profiles_and_the_chain_are_asked_unless_some_are_named(seat: Seat) -> None:
    connector = Sweeping()
    answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True))
    answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True, profile="ops-us,admin,ops-us"))
    answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True, default_chain=True))
    assert connector.sign_ins == [
        (SignIn("admin"), SignIn("ops-eu"), SignIn("ops-us"), SignIn()),
        (SignIn("ops-us"), SignIn("admin")),
        (SignIn(),),
    ]


def test_a_chain_that_nobody_asked_for_may_be_empty(seat: Seat) -> None:
    connector = Sweeping()
    said = "no AWS credentials of its own"
    assert said not in answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True))
    asked = Command("clusters", all_regions=True, default_chain=True)
    assert said in answer(seat(connector, ONE_CLUSTER), asked)


def test_the_limits_of_the_workspace_hold(seat: Seat) -> None:
    connector = Sweeping()
    connector.accounts = (ACCOUNT, "999999999999")
    shown = answer(seat(connector, LIMITED.format(ACCOUNT)), Command("clusters", all_regions=True))
    assert connector.sign_ins == [(SignIn("ops-eu"), SignIn("ops-us"))]
    ((_, bounds, _),) = connector.asked
    assert [bounds.within(region) for region in ("eu-west-1", "us-east-1")] == [True, False]
    with pytest.raises(NotAllowed):
        bounds.admits("999999999999")
    assert "The account `999999999999` is not for this workspace." in shown
    assert "2 clusters in 1 region of 1 account" in shown


@pytest.mark.parametrize("more", [{"profile": "ops-eu,admin"}, {"default_chain": True}])
def test_a_sign_in_that_is_not_for_the_workspace_asks_nobody(seat: Seat, more: dict[str, Any]) -> None:
    connector = Sweeping()
    shown = answer(seat(connector, LIMITED.format(ACCOUNT)), Command("clusters", all_regions=True, **more))
    assert "is not for this workspace" in shown
    assert connector.asked == []


@pytest.mark.parametrize(("asked", "seconds"), [("", 20), ("5s", 5), ("7", 7), ("99s", 24)])
def test_the_deadline_is_what_was_asked_for_within_the_commands_time(
    seat: Seat, asked: str, seconds: float
) -> None:
    connector = Sweeping()
    answer(seat(connector, ONE_CLUSTER), Command("clusters", all_regions=True, deadline=asked))
    ((_, _, more),) = connector.asked
    assert seconds - 1 < more["deadline"] <= seconds


def test_refresh_is_the_same_from_the_start() -> None:
    drawn = pages(swept(found=found(300)), Rung.SECTIONS)
    assert len(drawn) > 1
    assert {command_of(message.blocks, "refresh.clusters") for message in drawn} == {ASKED}


def test_nobody_is_asked_without_a_right_to_discover(seat: Seat) -> None:
    connector = Sweeping()
    reads = "workspaces: {T1: {rules: [{name: r, who: everyone, may: [read]}]}}"
    assert "You may not find clusters" in answer(
        seat(connector, reads), Command("clusters", all_regions=True)
    )
    assert connector.asked == []
