"""What is sealed opens only with the same secret, unchanged, and while a response_url lives."""

import base64
import hashlib
import hmac
import time

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from connector.workspaces import WorkspaceKey
from handlers.seal import SECONDS, Seal

URL = "https://hooks.slack.com/commands/T1/1/CANARY"
SEAL = Seal("0123456789abcdef")
HERE = WorkspaceKey("E1", "T1")
SEALED = SEAL.close(URL, HERE)


def made_at(when: float, secret: str = "0123456789abcdef") -> str:
    """Sealed at another time, by the key that every replica derives alike."""
    named = b'["eks-chatops response_url", "E1", "T1"]'
    key = base64.urlsafe_b64encode(hmac.digest(secret.encode(), named, hashlib.sha256))
    return Fernet(key).encrypt_at_time(URL.encode(), int(when)).decode()


@given(st.text())
def test_what_was_sealed_opens(text: str) -> None:
    assert SEAL.open(SEAL.close(text, HERE), HERE) == text


def test_nothing_of_it_can_be_read_and_it_is_never_twice_the_same() -> None:
    sealed = SEAL.close(URL, HERE)
    assert "CANARY" not in sealed
    assert base64.b64encode(b"CANARY").decode()[:7] not in sealed
    assert SEAL.close(URL, HERE) != sealed


def test_another_replica_with_the_same_secret_opens_it() -> None:
    assert Seal("0123456789abcdef").open(SEAL.close(URL, HERE), HERE) == URL


def test_another_app_does_not() -> None:
    assert Seal("0123456789abcdee").open(SEAL.close(URL, HERE), HERE) == ""


@pytest.mark.parametrize(
    "elsewhere",
    [
        WorkspaceKey("E1", "T2"),
        WorkspaceKey("E2", "T1"),
        WorkspaceKey("E1", None),
        WorkspaceKey(None, "T1"),
        WorkspaceKey("T1", "E1"),
        WorkspaceKey(None, None),
    ],
)
def test_another_workspace_does_not(elsewhere: WorkspaceKey) -> None:
    assert SEAL.open(SEALED, elsewhere) == ""


@given(st.data())
def test_what_was_changed_does_not_open(data: st.DataObject) -> None:
    sealed = SEALED
    at = data.draw(st.integers(0, len(sealed.rstrip("=")) - 2))
    other = data.draw(st.sampled_from("AZaz09-_").filter(lambda char: char != sealed[at]))
    assert SEAL.open(sealed[:at] + other + sealed[at + 1 :], HERE) == ""


@pytest.mark.parametrize("sealed", ["", "gAAAAA", URL, "é", "\ud800", "=" * 500])
def test_what_is_none_of_ours_does_not_open(sealed: str) -> None:
    assert SEAL.open(sealed, HERE) == ""


@given(st.text(st.characters()))
def test_anything_opens_to_nothing_without_an_error(sealed: str) -> None:
    assert SEAL.open(sealed, HERE) == ""


def test_it_opens_for_as_long_as_a_response_url_lives() -> None:
    assert SECONDS == 1800
    now = time.time()
    assert SEAL.open(made_at(now - SECONDS + 60), HERE) == URL
    assert SEAL.open(made_at(now - SECONDS - 2), HERE) == ""


def test_the_longest_response_url_fits_beside_the_rest_into_a_modals_metadata() -> None:
    assert len(SEAL.close("https://hooks.slack.com/commands/" + "x" * 500, HERE)) < 1000


def test_no_secret_is_in_its_repr() -> None:
    assert "0123456789abcdef" not in repr(SEAL)
