"""The cells of a server's Table: text, what it sorts by, and the one rule for how an object of any kind is doing."""

from typing import Any

import pytest

from connector import cells
from connector.cells import Definition
from connector.resources import Cell, Health

TEXT, DATE, COUNT = Definition("Any"), Definition("Synced At", "date"), Definition("Weight", "integer")
LAST = Definition("Last Schedule", "string")


@pytest.mark.parametrize(
    ("definition", "value", "cell"),
    [
        (TEXT, None, Cell("")),
        (TEXT, True, Cell("true")),
        (TEXT, "plain", Cell("plain")),
        (TEXT, "two\nlines\tand tabs", Cell("two lines and tabs")),
        (TEXT, ["a", 1], Cell('["a",1]')),
        (TEXT, {"a": 1}, Cell('{"a":1}')),
        (COUNT, 40, Cell("40", number=40)),
        (COUNT, 0.5, Cell("0.5", number=0.5)),
        (COUNT, 2**60, Cell(str(2**60))),
        (Definition("Restarts", "string"), "23 (4m42s ago)", Cell("23 (4m42s ago)", number=23)),
        (Definition("Ready", "string"), "1/2", Cell("1/2", number=0.5)),
        (Definition("Ready", "string"), "0/0", Cell("0/0", number=1.0)),
        (DATE, "4m42s", Cell("4m42s", number=282)),
        (DATE, "2y301d", Cell("2y301d", number=(2 * 365 + 301) * 86_400)),
        (DATE, "<unknown>", Cell("<unknown>")),
        (LAST, "3h", Cell("3h", number=10_800)),
        # Without a header that says so it may be five thousandths of a core.
        (Definition("CPU", "string"), "5m", Cell("5m")),
    ],
)
def test_a_cell_says_what_the_server_says_and_sorts_as_it_should(
    definition: Definition, value: Any, cell: Cell
) -> None:
    assert cells.cell(definition, value) == cell


@pytest.mark.parametrize(
    ("told", "health"),
    [
        ({}, Health.UNKNOWN),
        ({"Provisioner": "ebs.csi.aws.com", "Age": "3d"}, Health.UNKNOWN),
        ({"Ready": "True"}, Health.HEALTHY),
        ({"Ready": True}, Health.HEALTHY),
        ({"Ready": "False"}, Health.BROKEN),
        ({"Ready": "Unknown"}, Health.CHANGING),
        ({"Ready": ""}, Health.UNKNOWN),
        ({"Ready": None}, Health.UNKNOWN),
        ({"Ready": "2/2"}, Health.HEALTHY),
        ({"Ready": "1/2"}, Health.CHANGING),
        ({"Ready": "0/2"}, Health.BROKEN),
        ({"Ready": "0/0"}, Health.OFF),
        ({"Synced": "True", "Healthy": "False"}, Health.BROKEN),
        ({"Phase": "Healthy"}, Health.HEALTHY),
        ({"Phase": "Progressing"}, Health.CHANGING),
        ({"Phase": "Degraded"}, Health.CHANGING),
        ({"Sync Status": "OutOfSync", "Health Status": "Healthy"}, Health.CHANGING),
        ({"Status": "Failed"}, Health.BROKEN),
        ({"Status": "Succeeded"}, Health.OFF),
        ({"Status": "In Progress"}, Health.CHANGING),
        ({"Status": "something of its own"}, Health.UNKNOWN),
        ({"Ready": "True", "Status": "Certificate is up to date"}, Health.HEALTHY),
        # A name may be any word.
        ({"Name": "failed", "Reason": "error"}, Health.UNKNOWN),
    ],
)
def test_how_an_object_is_doing_is_the_sickest_of_what_its_cells_tell(
    told: dict[str, Any], health: Health
) -> None:
    definitions = [Definition(name) for name in told]
    assert cells.health(definitions, list(told.values())) is health


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Nominated Node", "NOMINATED NODE"),
        ("", "-"),
        ("a`b\nc", "A'B C"),
        ("one two " * 50, "ONE TWO " * 4 + "ONE TWO…"),
    ],
)
def test_a_header_is_kubectls_and_fits(name: str, header: str) -> None:
    assert Definition(name).header == header


@pytest.mark.parametrize(
    ("header", "value", "shown"),
    [
        ("Password", "hunter2", "[masked]"),
        ("Message", "login with password=hunter2 failed", "login with password=[masked] failed"),
        ("Url", "postgres://a:hunter2@db/x", "postgres://a:[masked]@db/x"),
        ("Spec", {"api_key": "hunter2"}, '{"api_key":"[masked]"}'),
        # Which Secret a certificate is in.
        ("Secret", "shop-tls", "shop-tls"),
        ("Tokens", 3, "3"),
        ("Data", "4", "4"),
        ("metadata", "x", "x"),
        ("kind", "Secret", "Secret"),
    ],
)
def test_what_looks_like_a_credential_is_masked(header: str, value: Any, shown: str) -> None:
    assert cells.cell(Definition(header, "string"), value).text == shown
