"""Objects as the table that `kubectl get` prints: the columns and cells of a real server, a module for each family.

The long descriptions of columns, which a real server copies from its API reference, are left empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from playground.kubernetes.tables import config, infrastructure, network, pods, workloads
from playground.kubernetes.tables.text import AGE, NAME, Printer, age

Include = Literal["None", "Metadata", "Object"]

_PRINTERS: Mapping[str, Printer] = (
    pods.PRINTERS | workloads.PRINTERS | network.PRINTERS | config.PRINTERS | infrastructure.PRINTERS
)
_PLAIN = Printer((NAME, AGE), lambda body, now: [body["metadata"]["name"], age(body, now)])


def table(
    kind: str,
    bodies: Iterable[Mapping[str, Any]],
    metadata: Mapping[str, Any],
    include: Include,
    now: float,
) -> dict[str, Any]:
    """A meta.k8s.io/v1 Table of objects of one kind; ages count up to `now` (epoch seconds)."""
    printer = _PRINTERS.get(kind, _PLAIN)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [column.document() for column in printer.columns],
        "rows": [_row(printer, body, include, now) for body in bodies],
    }


def _row(printer: Printer, body: Mapping[str, Any], include: Include, now: float) -> dict[str, Any]:
    row: dict[str, Any] = {"cells": printer.cells(body, now)}
    if conditions := printer.conditions(body):
        row["conditions"] = conditions
    match include:
        case "Metadata":
            head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
            row["object"] = head | {"metadata": body["metadata"]}
        case "Object":
            row["object"] = body
        case "None":
            row["object"] = None
    return row
