"""What a secret holds is in no row, no object, no exception and no log: only the names of its keys are."""

import base64
import gc
import json
import logging
import traceback
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.connector import EKSConnector
from connector.errors import Failure, ServerError
from connector.resources import KINDS, Query
from connector.resources.secrets import Secret
from tests.connector.api_server import Answer, ApiServer
from tests.connector.conftest import REGION, MakeCluster

CANARY = "canary-7Jw3-in-a-secret"
CODED = base64.b64encode(CANARY.encode()).decode()
PATH = "/api/v1/secrets"
SECRETS = KINDS["secrets"]


def secret(**more: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": "database",
            "namespace": "shop",
            "labels": {"app": "shop"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": CANARY},
        },
        "type": "Opaque",
        "data": {"password": CODED, "user": CODED},
        **more,
    }


def body(*items: dict[str, Any]) -> bytes:
    return json.dumps({"metadata": {}, "items": items}).encode()


def shown(value: object) -> str:
    """Whatever can be seen of a value without knowing it."""
    return f"{value!r} {value!s} {getattr(value, '__dict__', '')} {getattr(value, 'args', '')}"


def test_a_row_holds_the_names_of_the_keys_alone() -> None:
    (row,) = SECRETS.read(body(secret()))[1]
    assert [column.cell(row, 0).text for column in SECRETS.columns[:5]] == [
        "shop",
        "database",
        "Opaque",
        "2",
        "password, user",
    ]
    assert CANARY not in shown(row) + json.dumps(msgspec.to_builtins(row))
    assert CODED not in shown(row) + json.dumps(msgspec.to_builtins(row))


def test_the_object_that_was_read_holds_no_value_either() -> None:
    read = msgspec.json.decode(json.dumps(secret()), type=Secret)
    assert (read.keys, read.data) == (("password", "user"), None)
    left = [
        each for each in gc.get_referents(read) if isinstance(each, (dict, bytes, memoryview, msgspec.Raw))
    ]
    assert left == []


def test_keys_are_those_of_the_data_whatever_else_is_said() -> None:
    (row,) = SECRETS.read(body(secret(keys=[CODED], stringData={"x": CANARY})))[1]
    assert row.keys == ("password", "user")  # type: ignore[attr-defined]


BROKEN = {
    "cut": body(secret())[:-40],
    "not UTF-8": body(secret()).replace(CODED.encode(), CODED.encode() + b"\xff\xfe"),
    "a key that is not UTF-8": body(secret()).replace(b'"user"', b'"' + CODED.encode() + b'\xff"'),
    "a bad escape": body(secret()).replace(CODED.encode(), CODED.encode() + b"\\ud800"),
    "data that is text": body(secret(data=CODED)),
    "data that is a list": body(secret(data=[CODED])),
    "a label that is no text": body(secret(metadata={"name": "x", "labels": {"a": [CODED]}})),
    "a type that is a list": body(secret(type=[CODED])),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_list_that_cannot_be_read_says_nothing_of_its_values(what: str) -> None:
    try:
        rows = list(SECRETS.read(BROKEN[what])[1])
    except msgspec.DecodeError as error:
        seen: BaseException | None = error
        while seen is not None:
            assert CODED not in shown(seen)
            seen = seen.__cause__ or seen.__context__
    else:
        # A value is skipped over, so one that is no text goes unnoticed.
        assert what in ("not UTF-8", "a bad escape")
        assert CODED not in shown(rows)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5))
def test_any_keys_are_listed_and_no_value_is(data: dict[str, str]) -> None:
    marked = {key: f"{CODED}{value}" for key, value in data.items()}
    (row,) = SECRETS.read(body(secret(data=marked)))[1]
    assert row.keys == tuple(sorted(data))  # type: ignore[attr-defined]
    assert CODED not in shown(row)


@pytest.fixture
def connected(connector: EKSConnector, api: ApiServer, make_cluster: MakeCluster) -> tuple[EKSConnector, str]:
    make_cluster("prod", api)
    return connector, connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1").id


def test_a_listing_over_the_wire_leaves_no_value_behind(
    connected: tuple[EKSConnector, str], api: ApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connector, connection = connected
    api.put(PATH, [secret()])
    listing = connector.get_resources(connection, Query("secrets"))
    assert [row.name for row in listing.rows] == ["database"]
    for held in (shown(listing), caplog.text):
        assert CANARY not in held
        assert CODED not in held


@pytest.mark.parametrize("what", BROKEN)
def test_a_failure_over_the_wire_tells_no_value(
    connected: tuple[EKSConnector, str], api: ApiServer, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connector, connection = connected
    api.will_answer(PATH, Answer(body=BROKEN[what], headers={"Content-Type": "application/json"}))
    try:
        seen = shown(connector.get_resources(connection, Query("secrets")))
    except Failure as failure:
        assert isinstance(failure, ServerError)
        seen = "".join(traceback.format_exception(failure)) + shown(failure) + failure.what + failure.why
    assert CODED not in seen + caplog.text
    assert CANARY not in seen + caplog.text
