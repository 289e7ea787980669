"""Volumes: of which type each is and what it is filled from.

The types' names are those of describeVolumes in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator

from connector.description.facts import short
from connector.description.fields import Json, flag, leaves, part, parts, scalar, text
from connector.description.values import Link, Volume

# Those whose name is not the field's own with a capital.
_TYPES = {
    "downwardAPI": "DownwardAPI",
    "nfs": "NFS",
    "csi": "CSI",
    "ephemeral": "EphemeralVolume",
    "iscsi": "ISCSI",
    "rbd": "RBD",
    "fc": "FC",
    "cephfs": "CephFS",
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "gcePersistentDisk": "GCEPersistentDisk",
}


def volumes(spec: Json, namespace: str | None) -> tuple[Volume, ...]:
    """Those of a pod's spec."""
    return tuple(_volume(one, namespace) for one in parts(spec, "volumes"))


def type_and_fields(one: Json) -> tuple[str, Json]:
    """What kubectl calls its type, and the fields that go with it."""
    for key, fields in one.items():
        if key != "name" and isinstance(fields, dict):
            return _TYPES.get(key, key[:1].upper() + key[1:]), fields
    return "", {}


def _volume(one: Json, namespace: str | None) -> Volume:
    kind, fields = type_and_fields(one)
    links = tuple(_links(one, namespace))
    return Volume(text(one, "name"), kind, short(_source(kind, fields, links)), links)


def _links(one: Json, namespace: str | None) -> Iterator[Link]:
    for key, name, kind, role in (
        ("configMap", "name", "ConfigMap", "config map"),
        ("secret", "secretName", "Secret", "secret"),
        ("secret", "name", "Secret", "secret"),
        ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim", "claim"),
    ):
        if found := text(one, key, name):
            yield Link(kind, found, namespace, role=role)
    for source in parts(one, "projected", "sources"):
        yield from _links(source, namespace)


def _source(kind: str, fields: Json, links: tuple[Link, ...]) -> str:
    match kind:
        case "ConfigMap" | "Secret" | "PersistentVolumeClaim":
            keys = [text(item, "key") for item in parts(fields, "items")]
            told = links[0].name if links else ""
            told += f" ({', '.join(keys)})" if keys else ""
            how = [
                word
                for word, there in (("optional", "optional"), ("read only", "readOnly"))
                if flag(fields, there)
            ]
            return ", ".join([told, *how])
        case "Projected":
            return ", ".join(_projected(one) for one in parts(fields, "sources"))
        case "EphemeralVolume":
            claim = part(fields, "volumeClaimTemplate", "spec")
            return " ".join(
                filter(
                    None,
                    (text(claim, "resources", "requests", "storage"), text(claim, "storageClassName")),
                )
            )
        case _:
            return ", ".join(f"{path}={scalar(value)}" for path, value in leaves(fields))


def _projected(one: Json) -> str:
    for key, word in (("configMap", "config map"), ("secret", "secret")):
        if name := text(one, key, "name"):
            return f"{word} {name}"
    if token := part(one, "serviceAccountToken"):
        seconds = text(token, "expirationSeconds")
        return "service account token" + (f" for {seconds}s" if seconds else "")
    if "downwardAPI" in one:
        return "downward API"
    return next((key for key in one), "")
