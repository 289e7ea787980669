"""Objects: what is shown of one holds no secret and no copy of one, and everything else as it was."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.masking import masked_object
from playground.fleet.inventory import Inventory
from playground.fleet.plan import CLUSTERS
from playground.fleet.words import CANARY
from playground.kubernetes.objects import Page, plain
from playground.kubernetes.resources import RESOURCES
from tests.connector.test_masking import JWT

CODED = base64.b64encode(CANARY.encode()).decode()
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def secret(**more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "type": "Opaque", **more}


def pod(**container: Any) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "app", **container}]}}


def custom(**spec: Any) -> dict[str, Any]:
    return {"kind": "Shop", "metadata": {"name": "a"}, "spec": spec}


def test_of_a_secret_the_keys_the_type_and_the_sizes_are_shown() -> None:
    shown = masked_object(
        secret(data={"user": "YWRh", "empty": "", "bad": "*", "one": "YQ=="}, stringData={"a": "hé"})
    )
    assert shown == secret(
        data={
            "user": "[masked, 3 bytes]",
            "empty": "[masked, 0 bytes]",
            "bad": "[masked, 1 byte]",
            "one": "[masked, 1 byte]",
        },
        stringData={"a": "[masked, 3 bytes]"},
    )
    long = base64.b64encode(b"x" * 1204).decode()
    assert masked_object(secret(data={"a": long}))["data"] == {"a": "[masked, 1,204 bytes]"}


@pytest.mark.parametrize("data", [CODED, [CODED], 7, True, {"a": [CODED]}, {"a": {"b": CODED}}, {"a": 7}])
def test_of_a_secret_of_a_wrong_shape_nothing_is_shown(data: Any) -> None:
    shown = masked_object(secret(data=data, stringData=data))
    assert shown["data"] in ("[masked]", {"a": "[masked]"})
    assert shown["stringData"] == shown["data"]


def test_a_secret_without_data_stays_as_it_is() -> None:
    assert masked_object(secret(data=None, immutable=True)) == secret(data=None, immutable=True)


SECRETS: dict[str, dict[str, Any]] = {
    "a list of secrets, whose items do not say so": {"kind": "SecretList", "items": [{"data": {"a": CODED}}]},
    "a list of secrets, whose items say something else": {
        "kind": "SecretList",
        "items": [{"kind": "ConfigMap", "data": {"a": CODED}}],
    },
    "a list of all kinds": {"kind": "List", "items": [secret(data={"a": CODED})]},
    "a list of lists": {"kind": "List", "items": [{"kind": "SecretList", "items": [{"data": {"a": CODED}}]}]},
    "an object that does not say its kind": {"metadata": {"name": "a"}, "data": {"a": CODED}},
    "an item that does not say its kind": {"kind": "List", "items": [{"data": {"a": CODED}}]},
    "a watch's event": {"type": "ADDED", "object": secret(data={"a": CODED})},
    "a table's row": {"kind": "Table", "rows": [{"cells": ["a"], "object": secret(data={"a": CODED})}]},
    "a manifest in another object": custom(manifest=secret(data={"a": CODED}, stringData={"b": CANARY})),
    "a template of a secret": custom(template={"stringData": {"a": CANARY}}),
    "kubectl's copy": secret(metadata={"annotations": {LAST_APPLIED: json.dumps(secret(data={"a": CODED}))}}),
    "another tool's copy": secret(
        metadata={"annotations": {"kapp.k14s.io/original": json.dumps({"data": {"a": CODED}})}}
    ),
    "an annotation that is no text": secret(metadata={"annotations": {"a": [CODED]}}),
    "an annotation that names it": secret(metadata={"annotations": {"example.com/password": CANARY}}),
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_is_known_wherever_it_is(what: str) -> None:
    shown = json.dumps(masked_object(SECRETS[what]))
    assert CODED not in shown
    assert CANARY not in shown


def test_noise_and_copies_are_left_out_and_the_rest_of_the_metadata_stays() -> None:
    metadata = {
        "name": "a",
        "uid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "annotations": {"a/revision": "3"},
    }
    noise = {"managedFields": [{"manager": "kubectl"}]}
    noisy = metadata | noise | {"annotations": metadata["annotations"] | {LAST_APPLIED: "{}"}}  # type: ignore[operator]
    assert masked_object({"kind": "Shop", "metadata": noisy}) == {"kind": "Shop", "metadata": metadata}
    assert masked_object({"kind": "ShopList", "items": [{"metadata": noisy}]})["items"] == [
        {"metadata": metadata}
    ]


def test_a_config_map_is_masked_by_its_keys_and_by_its_lines() -> None:
    data = {
        "app.yaml": "port: 8080\ndb:\n  password: hunter2\n",
        "DB_PASSWORD": "hunter2",
        "secrets.properties.token": "one\ntwo",
        "url": "postgres://a:b@h/db",
        "ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "flags": '{"dryRun": false}',
    }
    assert masked_object({"kind": "ConfigMap", "data": data, "binaryData": {"a": "YWRh"}}) == {
        "kind": "ConfigMap",
        "data": data
        | {
            "app.yaml": "port: 8080\ndb:\n  password: [masked]\n",
            "DB_PASSWORD": "[masked]",
            "secrets.properties.token": "[masked]",
            "url": "postgres://a:[masked]@h/db",
        },
        "binaryData": {"a": "[masked, 3 bytes]"},
    }


def test_the_environment_is_masked_by_name_and_by_form_and_references_stay() -> None:
    reference = {"secretKeyRef": {"name": "db-password", "key": "password", "optional": True}}
    env = [
        {"name": "DB_PASSWORD", "value": "hunter2"},
        {"name": "DB_PASSWORD", "valueFrom": reference},
        {"name": "URL", "value": "redis://:hunter2@h"},
        {"name": "WHO", "value": JWT},
        {"name": "API_TOKEN", "value": "$(OTHER)"},
        {"name": "SECRET_NAME", "value": "db"},
        {"name": "EMPTY_TOKEN", "value": ""},
        {"name": "TOKEN", "value": 7},
    ]
    shown = masked_object(pod(env=env, envFrom=[{"secretRef": {"name": "db"}}]))
    assert shown == pod(
        env=[
            {"name": "DB_PASSWORD", "value": "[masked]"},
            env[1],
            {"name": "URL", "value": "redis://:[masked]@h"},
            {"name": "WHO", "value": "[masked]"},
            *env[4:],
        ],
        envFrom=[{"secretRef": {"name": "db"}}],
    )


def test_commands_are_masked_in_one_item_and_over_two() -> None:
    args = [
        "--user",
        "ada",
        "--password",
        "hunter2",
        "--api-key=x",
        "--token",
        "--port",
        "80",
        "--token-file",
        "/x",
    ]
    shown = masked_object(pod(command=["sh", "-c", "login --password x"], args=args))
    assert shown == pod(
        command=["sh", "-c", "login --password [masked]"],
        args=["--user", "ada", "--password", "[masked]", "--api-key=[masked]", *args[5:]],
    )


MASKED = [
    ({"password": "x"}, {"password": "[masked]"}),
    (
        {"auth": {"clientSecret": "x", "clientID": "a"}},
        {"auth": {"clientSecret": "[masked]", "clientID": "a"}},
    ),
    ({"tokens": ["a", "b"]}, {"tokens": ["[masked]", "[masked]"]}),
    ({"password": {"value": "x"}}, {"password": {"value": "[masked]"}}),
    ({"secrets": {"one": "x", "two": "y"}}, {"secrets": {"one": "[masked]", "two": "[masked]"}}),
    (
        {"parameters": [{"name": "apiKey", "value": "x"}]},
        {"parameters": [{"name": "apiKey", "value": "[masked]"}]},
    ),
    (
        {"httpHeaders": [{"name": "Authorization", "value": "x"}]},
        {"httpHeaders": [{"name": "Authorization", "value": "[masked]"}]},
    ),
    ({"tags": [{"key": "password", "value": "x"}]}, {"tags": [{"key": "password", "value": "[masked]"}]}),
    ({"secretKey": "x"}, {"secretKey": "[masked]"}),
    ({"password": "123456"}, {"password": "[masked]"}),
    ({"message": "got password=x"}, {"message": "got password=[masked]"}),
]


@pytest.mark.parametrize(("spec", "shown"), MASKED)
def test_in_custom_resources_names_and_forms_tell(spec: dict[str, Any], shown: dict[str, Any]) -> None:
    assert masked_object(custom(**spec)) == custom(**shown)


UNTOUCHED = [
    {"secretName": "a", "secretRef": {"name": "a", "key": "token"}, "tokenSecretRef": {"name": "a"}},
    {
        "imagePullSecrets": [{"name": "regcred"}],
        "secrets": [{"name": "a"}],
        "automountServiceAccountToken": True,
    },
    {
        "volumes": [
            {"name": "a", "secret": {"secretName": "a", "items": [{"key": "password", "path": "password"}]}}
        ]
    },
    {"sources": [{"serviceAccountToken": {"path": "token", "expirationSeconds": 3607, "audience": "api"}}]},
    {"credentials": {"source": "Secret", "secretRef": {"namespace": "a", "name": "b", "key": "c"}}},
    {"rules": [{"resources": ["secrets"], "resourceNames": ["token"], "verbs": ["get"]}]},
    {"token": 7, "password": None, "auth": True, "secret": 1.5, "tokens": []},
    {"schema": {"properties": {"password": {"type": "string", "description": "The password of the user"}}}},
    {"hard": {"secrets": "10", "count/secrets": "1k"}, "hasPassword": "true"},
    {"metadata": {"annotations": {"nginx.ingress.kubernetes.io/auth-secret": "shop/basic-auth"}}},
    {"data": [{"secretKey": "password", "remoteRef": {"key": "prod/db", "property": "password"}}]},
    {"involvedObject": {"kind": "Secret", "namespace": "a", "name": "b", "uid": "c"}},
    {"image": "r.example.com/token@sha256:" + "0123456789abcdef" * 4, "resourceVersion": "10523411"},
]


@pytest.mark.parametrize("spec", UNTOUCHED)
def test_references_and_facts_stay(spec: dict[str, Any]) -> None:
    assert masked_object(custom(**spec)) == custom(**spec)


def test_what_is_nested_without_end_is_cut_off() -> None:
    nested: Any = {"password": CANARY}
    for _ in range(50_000):
        nested = {"a": [nested]}
    shown = json.dumps(masked_object(nested))
    assert "[masked, nested too deep]" in shown
    assert CANARY not in shown
    items: Any = secret(data={"a": CODED})
    for _ in range(50_000):
        items = {"kind": "List", "items": [items]}
    assert CODED not in json.dumps(masked_object(items))


@pytest.mark.parametrize(
    "obj", [None, 7, True, [], [secret(data={"a": CODED})], "password=x", {"kind": ["Secret"]}]
)
def test_what_is_no_object_raises_nothing(obj: Any) -> None:
    assert CODED not in json.dumps(masked_object(obj))
    assert "=x" not in json.dumps(masked_object(obj))


KEYS = st.one_of(
    st.sampled_from(
        [
            *(
                "kind",
                "metadata",
                "annotations",
                "labels",
                "data",
                "stringData",
                "binaryData",
                "items",
                "name",
                "value",
            ),
            *(
                "env",
                "args",
                "password",
                "tokens",
                "secretRef",
                "token",
                "key",
                "spec",
                "valueFrom",
                "managedFields",
            ),
        ]
    ),
    st.text(max_size=4),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(
        ["Secret", "SecretList", "List", "ConfigMap", "password=x", "--token", "DB_PASSWORD", "\ud800", CODED]
    ),
)
JSON = st.recursive(
    LEAVES, lambda some: st.lists(some, max_size=4) | st.dictionaries(KEYS, some, max_size=5), max_leaves=25
)


def same_keys(before: Any, after: Any) -> Iterator[bool]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield set(after) <= set(before) <= set(after) | {"managedFields", LAST_APPLIED}
        for key in after:
            yield from same_keys(before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        yield len(before) == len(after)
        for one, other in zip(before, after, strict=False):
            yield from same_keys(one, other)
    elif not isinstance(before, (str, dict, list)):
        # In a secret's data a number is masked too.
        yield after in (before, "[masked]")


@settings(max_examples=150)
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_json_is_masked_for_good_and_keeps_its_keys(obj: dict[str, Any]) -> None:
    before = copy.deepcopy(obj)
    shown = masked_object(obj)
    assert obj == before
    assert masked_object(shown) == shown
    assert all(same_keys(obj, shown))


def test_nothing_secret_of_a_cluster_of_the_playground_is_left() -> None:
    inventory = Inventory(next(plan for plan in CLUSTERS if plan.cast == "every"), 7)
    seen = ""
    for resource in RESOURCES.values():
        records = inventory.records(resource.stored_as)
        whole = [plain(resource, record) for record in records] + [Page(resource, records).plain()]
        seen += "".join(map(bytes.decode, whole))
        for body in whole:
            shown = json.dumps(masked_object(json.loads(body)))
            assert CANARY not in shown, resource.plural
            assert CODED[:8] not in shown, resource.plural
    assert CANARY in seen
    assert CODED[:8] in seen
