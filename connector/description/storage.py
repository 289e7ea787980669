"""Claims and the volumes that they are bound to.

The forms are those of describePersistentVolumeClaim and describePersistentVolume in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator

from connector.description.facts import said
from connector.description.fields import Json, leaves, pairs, part, parts, scalar, text, texts
from connector.description.told import Further, Told
from connector.description.values import Fact, Link
from connector.description.volumes import type_and_fields

# https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
_CLASS = "volume.beta.kubernetes.io/storage-class"
# Fields of a volume's spec that say what it is, not what it is made of.
_MADE_OF_NOTHING = {"capacity", "claimRef", "nodeAffinity"}


def claim(obj: Json, further: Further, _now: float) -> Told:
    namespace = text(obj, "metadata", "namespace") or None
    name, volume = text(obj, "metadata", "name"), text(obj, "spec", "volumeName")
    users = [one for one in further.pods or () if name in _claims(one)]

    def facts() -> Iterator[Fact]:
        yield from said("Storage class", _class(obj))
        yield from said("Volume", volume)
        yield from said("Asked for", text(obj, "spec", "resources", "requests", "storage"))
        if volume:
            yield from said("Capacity", text(obj, "status", "capacity", "storage"))
        yield from _shared(obj)
        source = part(obj, "spec", "dataSourceRef") or part(obj, "spec", "dataSource")
        yield from said("Data source", _reference(source) if source else "")
        if further.pods is not None:
            yield from said("Used by", *([text(one, "metadata", "name") for one in users] or ["<none>"]))
        if further.volume:
            yield from _made_of(further.volume)

    def related() -> Iterator[Link]:
        if volume:
            yield Link("PersistentVolume", volume, role="volume")
        if name := _class(obj):
            yield Link("StorageClass", name, None, "storage.k8s.io", "storage class")
        for one in users:
            yield Link("Pod", text(one, "metadata", "name"), namespace, role="pod")

    return Told(facts=tuple(facts()), related=tuple(related()))


def _class(obj: Json) -> str:
    return text(obj, "metadata", "annotations", _CLASS) or text(obj, "spec", "storageClassName")


def _claims(pod: Json) -> list[str]:
    """Those in a pod's volumes, and those made for it, which are called after both."""
    found = parts(pod, "spec", "volumes")
    name = text(pod, "metadata", "name")
    made = [f"{name}-{text(one, 'name')}" for one in found if part(one, "ephemeral")]
    return [text(one, "persistentVolumeClaim", "claimName") for one in found] + made


def _shared(obj: Json) -> Iterator[Fact]:
    yield from said(
        "Access modes", *(texts(obj, "status", "accessModes") or texts(obj, "spec", "accessModes"))
    )
    yield from said("Volume mode", text(obj, "spec", "volumeMode"))
    yield from said("Volume attributes class", text(obj, "spec", "volumeAttributesClassName"))


def _reference(one: Json) -> str:
    return f"{text(one, 'kind')}/{text(one, 'name')}"


def volume(obj: Json, _further: Further, _now: float) -> Told:
    bound = part(obj, "spec", "claimRef")
    namespace, name = text(bound, "namespace"), text(bound, "name")

    def facts() -> Iterator[Fact]:
        yield from said("Storage class", _class(obj))
        yield from said("Claim", f"{namespace}/{name}" if name else "")
        yield from said("Reclaim policy", text(obj, "spec", "persistentVolumeReclaimPolicy"))
        yield from said("Capacity", text(obj, "spec", "capacity", "storage"))
        yield from _shared(obj)
        yield from said("Mount options", *texts(obj, "spec", "mountOptions"))
        yield from said("Reason", text(obj, "status", "reason"))
        yield from said("Message", text(obj, "status", "message"))
        yield from _made_of(obj)
        yield from said("Node affinity", *_terms(part(obj, "spec", "nodeAffinity", "required")))

    def related() -> Iterator[Link]:
        if name:
            yield Link("PersistentVolumeClaim", name, namespace or None, role="claim")
        if found := _class(obj):
            yield Link("StorageClass", found, None, "storage.k8s.io", "storage class")

    return Told(facts=tuple(facts()), related=tuple(related()))


def _made_of(obj: Json) -> Iterator[Fact]:
    """The disk behind a volume."""
    spec = part(obj, "spec")
    kind, fields = type_and_fields({key: one for key, one in spec.items() if key not in _MADE_OF_NOTHING})
    yield from said("Source", kind)
    for path, value in leaves(fields):
        yield from said(f"Source {path}", scalar(value))


def _terms(required: Json) -> Iterator[str]:
    for term in parts(required, "nodeSelectorTerms"):
        for one in parts(term, "matchExpressions"):
            values = ", ".join(texts(one, "values"))
            yield f"{text(one, 'key')} {text(one, 'operator').lower()} [{values}]"


def storage_class(obj: Json, _further: Further, _now: float) -> Told:
    def facts() -> Iterator[Fact]:
        is_default = text(obj, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class")
        yield from said("Is the default", "yes" if is_default == "true" else "no")
        yield from said("Provisioner", text(obj, "provisioner"))
        yield from said("Parameters", *(f"{key}={one}" for key, one in pairs(obj, "parameters").items()))
        yield from said("Volume expansion", "yes" if text(obj, "allowVolumeExpansion") == "true" else "no")
        yield from said("Mount options", *texts(obj, "mountOptions"))
        yield from said("Reclaim policy", text(obj, "reclaimPolicy"))
        yield from said("Volume binding mode", text(obj, "volumeBindingMode"))

    return Told(facts=tuple(facts()))
