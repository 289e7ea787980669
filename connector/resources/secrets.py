"""Secrets: their names, types and keys. No value is ever read: its bytes are skipped, and no object here can hold one.

Annotations are not read either, as `kubectl apply` keeps a copy of the values in one.
"""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count, text
from connector.resources.wire import Metadata, Reader


class Secret(msgspec.Struct):
    metadata: Metadata
    type: str = "Opaque"
    # Raw is skipped over undecoded, and gone before anybody sees the object.
    data: dict[str, msgspec.Raw] | None = None
    # Made from the one above, whatever the server says.
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.keys = tuple(sorted(self.data or ()))
        self.data = None


class SecretRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    type: str
    keys: tuple[str, ...]
    created: float
    health: Health


def row(secret: Secret) -> SecretRow:
    """What the columns need of a secret."""
    return SecretRow(
        name=secret.metadata.name,
        namespace=secret.metadata.namespace,
        type=secret.type,
        keys=secret.keys,
        created=secret.metadata.created,
        health=Health.CHANGING if secret.metadata.deletion_timestamp else Health.HEALTHY,
    )


SECRETS = Kind(
    plural="secrets",
    singular="secret",
    name="Secret",
    short_names=(),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("TYPE", lambda row: row.type),
        count("DATA", lambda row: len(row.keys)),
        text("KEYS", lambda row: ", ".join(row.keys)),
        AGE,
        CREATED,
    ),
    changing="terminating",
    well="",
    related=("configmaps", "ingresses", "pods"),
    read=Reader(Secret, row),
)
