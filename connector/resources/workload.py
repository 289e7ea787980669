"""What all that runs pods from a template has in common: its containers, its selector, and how its count is judged.

The forms are those of layoutContainerCells in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
and of FormatLabelSelector in https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1
"""

import msgspec

from connector.resources.kind import Health, text

NONE = "<none>"


class Container(msgspec.Struct, gc=False):
    name: str = ""
    image: str = ""


class PodSpec(msgspec.Struct, rename="camel"):
    containers: list[Container] | None = None
    node_selector: dict[str, str] | None = None


class Template(msgspec.Struct):
    spec: PodSpec = msgspec.field(default_factory=PodSpec)

    @property
    def names(self) -> str:
        return ",".join(one.name for one in self.spec.containers or ())

    @property
    def images(self) -> str:
        return ",".join(one.image for one in self.spec.containers or ())


class Requirement(msgspec.Struct):
    key: str = ""
    operator: str = ""
    values: list[str] | None = None

    @property
    def shown(self) -> str:
        if self.operator == "Exists":
            return self.key
        if self.operator == "DoesNotExist":
            return f"!{self.key}"
        return f"{self.key} {self.operator.lower()} ({','.join(sorted(self.values or ()))})"


class Selector(msgspec.Struct, rename="camel"):
    match_labels: dict[str, str] | None = None
    match_expressions: list[Requirement] | None = None

    @property
    def shown(self) -> str:
        """As kubectl's `-l` would take it, in the order of the keys."""
        parts = [(key, f"{key}={value}") for key, value in (self.match_labels or {}).items()]
        parts += [(one.key, one.shown) for one in self.match_expressions or ()]
        return ",".join(part for _, part in sorted(parts)) or NONE


def labels(pairs: dict[str, str] | None) -> str:
    """`a=b,c=d` in the order of the keys."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or NONE


def counted(wanted: int, there: int, ready: int) -> Health:
    """How so many ready pods are doing, when so many are wanted and so many are there."""
    if wanted == 0:
        return Health.CHANGING if there else Health.OFF
    if ready == 0:
        return Health.BROKEN
    return Health.HEALTHY if ready >= wanted and there <= wanted else Health.CHANGING


CONTAINERS = text("CONTAINERS", lambda row: row.containers)
IMAGES = text("IMAGES", lambda row: row.images)
SELECTOR = text("SELECTOR", lambda row: row.selector)
