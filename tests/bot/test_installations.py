"""What is known of installations stays as Slack and the source say, whichever of them is away."""

import pytest
from slack_sdk import WebClient

from bot.installations import Installations
from bot.tokens import Installed
from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from tests.bot.oauth.parts import (
    until,
)
from tests.handlers.slack_server import Answer, running


class Source:
    """Two workspaces, until they are removed."""

    def __init__(self) -> None:
        self.tokens = {"T1": "xoxb-1", "T2": "xoxb-2"}
        self.away = False

    def installed(self) -> list[Installed]:
        if self.away:
            raise StateAway("away")
        return [Installed(WorkspaceKey(None, team), team, token) for team, token in self.tokens.items()]

    def renew(self, workspace: WorkspaceKey) -> None:
        """Nothing of it ends."""

    def remove(self, workspace: WorkspaceKey) -> None:
        if self.away:
            raise StateAway("away")
        del self.tokens[str(workspace.team_id)]


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        (Answer({"ok": False, "error": "account_inactive"}), False),
        (Answer({"ok": False, "error": "token_revoked"}), False),
        # Other words may have other causes, and what is removed does not come back.
        (Answer({"ok": False, "error": "invalid_auth"}), True),
        (Answer({"ok": False, "error": "internal_error"}), True),
        (Answer({"ok": False, "error": "token_revoked"}, status=500), True),
        (Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "9"}), True),
        (Answer(cut=True), True),
        (Answer("<html>"), True),
    ],
    ids=str,
)
def test_only_slacks_own_word_removes_a_workspace(said: Answer, stays: bool) -> None:
    gone: list[WorkspaceKey] = []
    source = Source()
    with running() as server:
        server.plan("auth.test", said)
        client = WebClient(base_url=f"{server.url}/api/", retry_handlers=[])
        found = Installations(source, client, [gone.append])
        found.read()
        found.doubt(None, "T1")
        found.look()
    assert ("T1" in source.tokens) == stays
    assert gone == ([] if stays else [WorkspaceKey(None, "T1")])
    assert found.of(None, "T2") is not None


def test_what_cannot_be_removed_now_is_removed_later_and_the_installation_last() -> None:
    source, gone = Source(), list[WorkspaceKey]()
    ways = [StateAway("away"), None]

    def forget(workspace: WorkspaceKey) -> None:
        assert str(workspace.team_id) in source.tokens
        if way := ways.pop(0):
            raise way
        gone.append(workspace)

    with running() as server:
        client = WebClient(base_url=f"{server.url}/api/", retry_handlers=[])
        found = Installations(source, client, [forget])
        found.read()
        found.doubt(None, "T1")
        # First Slack cannot be asked, then the database is away.
        server.plan("auth.test", Answer(cut=True))
        found.look()
        assert (ways, "T1" in source.tokens) == ([ways[0], None], True)
        server.refuse("auth.test", "token_revoked")
        found.look()
        assert (gone, "T1" in source.tokens) == ([], True)
        found.look()
        assert (gone, "T1" in source.tokens) == ([WorkspaceKey(None, "T1")], False)
        calls = len(server.methods())
        found.look()
        assert len(server.methods()) == calls


def test_what_is_told_while_slack_is_asked_is_a_reason_to_ask_again() -> None:
    source = Source()
    with running() as server:
        found = Installations(source, WebClient(base_url=f"{server.url}/api/", retry_handlers=[]))
        found.read()

        def still_good(_: object) -> Answer:
            # Slack sends two events, and its token is good until the second.
            server.refuse("auth.test", "token_revoked")
            found.doubt(None, "T1")
            return Answer()

        server.always["auth.test"] = still_good
        found.doubt(None, "T1")
        found.look()
        found.look()
    assert set(source.tokens) == {"T2"}


def test_what_slack_says_of_an_old_token_does_not_remove_what_was_installed_again() -> None:
    source, gone = Source(), list[WorkspaceKey]()
    with running() as server:
        found = Installations(
            source, WebClient(base_url=f"{server.url}/api/", retry_handlers=[]), [gone.append]
        )
        found.read()

        def installed_again(_: object) -> Answer:
            source.tokens["T1"] = "xoxb-3"
            server.always["auth.test"] = Answer()
            return Answer({"ok": False, "error": "account_inactive"})

        server.always["auth.test"] = installed_again
        found.doubt(None, "T1")
        for _ in range(2):
            found.look()
        asked = len(server.asked("auth.test"))
        found.look()
        assert (asked, len(server.asked("auth.test"))) == (2, 2)
    assert (gone, source.tokens["T1"]) == ([], "xoxb-3")


def test_a_fault_in_one_round_is_not_the_end() -> None:
    source = Source()

    def broken(_: WorkspaceKey) -> None:
        raise ZeroDivisionError

    with running() as server:
        client = WebClient(base_url=f"{server.url}/api/", retry_handlers=[])
        server.refuse("auth.test", "token_revoked")
        found = Installations(source, client, [broken])
        found.read()
        found.doubt(None, "T1")
        found.look()
        found.look()
    assert found.of(None, "T1") is not None


def test_while_the_source_is_away_the_known_are_answered_and_nobody_else_waits_twice() -> None:
    source = Source()
    found = Installations(source, WebClient())
    found.read()
    source.away = True
    assert found.of(None, "T1") is not None
    for _ in range(3):
        with pytest.raises(StateAway):
            found.of(None, "T3")
    source.away = False
    source.tokens["T3"] = "xoxb-3"
    until(lambda: known(found, "T3"))


def known(found: Installations, team: str) -> bool:
    try:
        return found.of(None, team) is not None
    except StateAway:
        return False
