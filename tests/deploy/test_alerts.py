"""The alerting rules: each asks for metrics, labels and outcomes that there are, and is explained."""

import re
from typing import Any

import pytest
import yaml

from tests.deploy.facts import outcomes, series
from tests.deploy.rendered import DEPLOY

(GROUP,) = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
RULES = {rule["alert"]: rule for rule in GROUP["rules"]}
OPERATE = (DEPLOY.parent / "docs/operate.md").read_text()


def asked(expression: str) -> list[tuple[str, dict[str, str]]]:
    """The series in an expression, each with what it asks of their labels."""
    found = re.findall(r"(eks_chatops_\w+)(?:\{([^}]*)\})?", expression)
    return [(name, dict(re.findall(r'(\w+)=~?"([^"]*)"', labels))) for name, labels in found]


@pytest.mark.parametrize("alert", sorted(RULES))
def test_each_asks_for_what_there_is(alert: str) -> None:
    shown = series()
    wanted = asked(RULES[alert]["expr"])
    assert wanted
    for name, labels in wanted:
        assert name in shown
        assert set(labels) <= shown[name]
        for outcome in labels.get("outcome", "ok").split("|"):
            assert outcome in {"ok", *outcomes()}
        assert labels.get("verdict", "new") in {"new", "again", "malformed", "unsigned"}


@pytest.mark.parametrize("alert", sorted(RULES))
def test_each_says_what_it_means_and_docs_say_what_to_do(alert: str) -> None:
    rule: dict[str, Any] = RULES[alert]
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"].endswith(".")
    assert f"`{alert}`" in OPERATE
