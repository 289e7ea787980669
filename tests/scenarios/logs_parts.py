"""What tests of logs have in common: a cluster with a pod in every state, and what they read in a message."""

import re

from playground import Playground
from playground.fleet.pods import Pod
from playground.slack import Message

STAGING = "eu-west-1_staging-payments"
CONNECT = "staging-payments --region eu-west-1 --profile payments-prod"


def pod(playground: Playground, workload: str) -> Pod:
    cluster = playground.fleet.clusters[1]
    assert cluster.name == "staging-payments"
    return next(one for one in cluster.pods if one.workload.name == workload and one.namespace == "chaos")


def code(message: Message) -> list[str]:
    """The lines in the block of code."""
    for block in message.blocks:
        if block["type"] == "rich_text":
            return str(block["elements"][0]["elements"][0]["text"]).split("\n")
    return []


def buttons(message: Message) -> set[str]:
    return set(re.findall(r"'action_id': '([\w.]+)'", str(message.blocks)))
