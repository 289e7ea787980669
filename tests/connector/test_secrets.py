"""Connecting writes no file and leaves no secret in any log, at whatever level."""

import gc
import json
import logging
import subprocess
import sys
from types import FunctionType, ModuleType

import pytest

from connector.aws import Keys, Role
from connector.connector import EKSConnector
from connector.errors import Failure
from connector.resources import Query
from tests.connector.api_server import ApiServer
from tests.connector.aws_front import AwsFront
from tests.connector.conftest import KEYS, REGION, MakeCluster

WATCHED_CONNECT = """
import json, os, sys

created = []


def watch(event, arguments):
    # Reading is no harm; every way to make or change a file is.
    if event == "open":
        path, mode, flags = arguments
        if flags is not None and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and path != os.devnull:
            created.append(("open", str(path)))
    elif event.startswith(("os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "tempfile.", "shutil.")):
        created.append((event, str(arguments)))


from connector.aws import Keys, Role
from connector.connector import EKSConnector
from connector.resources import Query

sys.addaudithook(watch)
region, endpoint, access_key_id, secret = sys.argv[1:]
connector = EKSConnector()
by_keys = connector.connect_with_aws_credentials("prod", region, Keys(access_key_id, secret), connected_by="U1")
connector.get_resources(by_keys.id, Query("pods"))
connector.disconnect(by_keys.id)
by_role = connector.connect_with_aws_profile(
    "prod", region, "ops", role=Role("arn:aws:iam::123456789012:role/reader"), connected_by="U1"
)
connector.list_namespaces(by_role.id)
connector.close()
seen = len(created)
# The watch itself sees what it is there to see.
import tempfile
tempfile.NamedTemporaryFile().close()
print(json.dumps({"created": created[:seen], "watching": len(created) > seen}))
"""


def test_connecting_creates_no_file_anywhere(make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    api.put("/api/v1/pods", [])
    done = subprocess.run(
        [
            sys.executable,
            "-B",
            "-c",
            WATCHED_CONNECT,
            REGION,
            api.url,
            KEYS.access_key_id,
            KEYS.secret_access_key,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == {"created": [], "watching": True}


def test_no_secret_reaches_a_log_at_debug(
    connector: EKSConnector,
    make_cluster: MakeCluster,
    api: ApiServer,
    aws: AwsFront,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    make_cluster("prod", api)
    api.put("/api/v1/pods", [])
    role = Role("arn:aws:iam::123456789012:role/reader", "CANARY-external-id")
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, role=role, connected_by="U1")
    connector.get_resources(made.id, Query("pods"))
    api.refuse_tokens = lambda _token: True
    with pytest.raises(Failure):
        connector.get_resources(made.id, Query("pods"))
    lines = [record.getMessage() for record in caplog.records]
    assert any("prod" in line for line in lines), "the log was not looked at"
    token = api.asked("/api/v1/pods")[0].token
    (held,) = connector._connections.holding._held.values()
    keys = held.opened.session.credentials.get_frozen_credentials()
    # What moto's STS gives for GetSessionToken.
    session_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"
    for secret in (
        KEYS.secret_access_key,
        "CANARY",
        token,
        keys.secret_key,
        keys.token,
        session_key,
        "AQoEXAMPLEH4",
    ):
        assert not [line for line in lines if secret in line]


def reachable_texts(root: object) -> set[str]:
    """All strings that can be got at from `root`, but for those of modules and classes."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FunctionType):
            continue
        seen[id(one)] = one
        waiting.extend(gc.get_referents(one))
    return {one for one in seen.values() if isinstance(one, str)}


def test_keys_that_were_traded_are_not_kept(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    # Made of parts, so that the text is this test's alone.
    secret = "".join(["kept-", "nowhere-", "0123456789abcdef"])
    keys = Keys("AKIAIOSFODNN7EXAMPLE", secret)
    made = connector.connect_with_aws_credentials("prod", REGION, keys, connected_by="U1")
    texts = reachable_texts(connector)
    assert made.endpoint in texts
    assert "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY" in texts, (
        "the session's key is held, by which one sees them"
    )
    assert secret not in texts


def test_a_failure_in_a_log_shows_no_secret(
    connector: EKSConnector, aws: AwsFront, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Failure) as caught:
        connector.connect_with_aws_credentials("nope", REGION, KEYS, connected_by="U1")
    logging.getLogger("test").error("failed", exc_info=caught.value)
    assert "failed" in caplog.text
    assert KEYS.secret_access_key not in caplog.text
