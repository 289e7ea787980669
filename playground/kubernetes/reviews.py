"""The two questions a caller may ask about themselves: who am I here, and may I do this?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from playground.kubernetes.access import Access, Identity
from playground.kubernetes.status import bad_request


def identity_review(identity: Identity) -> dict[str, Any]:
    """SelfSubjectReview (`kubectl auth whoami`)."""
    return {
        "kind": "SelfSubjectReview",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
        "status": {"userInfo": {"username": identity.user, "groups": list(identity.groups)}},
    }


def access_review(body: bytes, identity: Identity, access: Access) -> dict[str, Any]:
    """SelfSubjectAccessReview (`kubectl auth can-i`); raises the 400 of a body that is none."""
    try:
        spec = json.loads(body)["spec"]
        wanted = spec["resourceAttributes"]
        verb, resource = str(wanted["verb"]), str(wanted["resource"])
        namespace = str(wanted.get("namespace") or "")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise bad_request(
            "SelfSubjectAccessReview needs spec.resourceAttributes with verb and resource"
        ) from error
    if wanted.get("subresource"):
        resource = f"{resource}/{wanted['subresource']}"
    return {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {},
        "spec": spec,
        "status": {"allowed": access.permits(identity, verb, resource, namespace)},
    }
