"""Config maps: how many entries and how many bytes each holds; what is in them is dropped as soon as it is measured."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count
from connector.resources.wire import Metadata, Reader


class ConfigMap(msgspec.Struct, rename="camel"):
    metadata: Metadata
    data: dict[str, str] | None = None
    binary_data: dict[str, str] | None = None
    # Made from the two above, whatever the server says.
    entries: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        texts, binaries = self.data or {}, self.binary_data or {}
        self.entries = len(texts) + len(binaries)
        self.size = sum(len(text.encode()) for text in texts.values())
        # In base64 four characters stand for three bytes, the last ones for fewer by as many "=".
        self.size += sum(len(code) // 4 * 3 - code[-2:].count("=") for code in binaries.values())
        self.data = self.binary_data = None


class ConfigMapRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    entries: int
    size: int
    """Bytes of all values."""
    created: float
    health: Health


def row(one: ConfigMap) -> ConfigMapRow:
    """What the columns need of a config map."""
    return ConfigMapRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        entries=one.entries,
        size=one.size,
        created=one.metadata.created,
        health=Health.CHANGING if one.metadata.deletion_timestamp else Health.HEALTHY,
    )


CONFIGMAPS = Kind(
    plural="configmaps",
    singular="configmap",
    name="ConfigMap",
    short_names=("cm",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        count("DATA", lambda row: row.entries),
        count("BYTES", lambda row: row.size),
        AGE,
        CREATED,
    ),
    changing="terminating",
    well="",
    related=("deployments", "pods", "events"),
    read=Reader(ConfigMap, row),
)
