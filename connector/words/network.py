"""What a bare socket's errors say to a person: a cluster's words when one was asked, else AWS's."""

from collections.abc import Callable
from typing import Any

from connector.words import Context, Words
from connector.words import aws as to_aws
from connector.words import kubernetes as to_cluster

Wording = Callable[[Any, Context], Words]


def _by_target(cluster: Wording, aws: Wording) -> Wording:
    return lambda error, context: (aws if ":" in context.action or not context.cluster else cluster)(
        error, context
    )


untrusted = _by_target(to_cluster.untrusted, to_aws.untrusted)
name_unknown = _by_target(to_cluster.name_unknown, to_aws.unreachable)
timeout = _by_target(to_cluster.read_timeout, to_aws.timeout)
refused = _by_target(to_cluster.refused, to_aws.unreachable)
broke_off = _by_target(to_cluster.broke_off, to_aws.unreachable)
