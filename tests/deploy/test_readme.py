"""The overlay that deploy/README.md tells to write: it works as it stands there."""

import os
import re
from pathlib import Path

import yaml

from tests.deploy.rendered import DEPLOY, OVERLAYS, Rendered, kustomized

README = (DEPLOY / "README.md").read_text()


def test_the_overlay_renders(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    ours = os.path.relpath(DEPLOY, tmp_path.resolve())
    text = text.replace("eks-chatops/deploy/", f"{ours}/").replace("sha256:…", "sha256:" + "0" * 64)
    (tmp_path / "kustomization.yaml").write_text("\n".join(line[3:] for line in text.splitlines()))
    (tmp_path / "policy.yaml").write_text("workspaces: {}\n")
    (tmp_path / "config").write_text("[profile mine]\n")
    rendered = Rendered("README", tuple(kustomized(tmp_path)))
    assert rendered.bot["image"] == "registry.example.com/eks-chatops@sha256:" + "0" * 64
    assert rendered.one("ConfigMap", "eks-chatops-policy")["data"] == {"policy.yaml": "workspaces: {}\n"}
    (aws,) = [found for found in rendered.of("ConfigMap") if "config" in found["data"]]
    assert aws["data"] == {"config": "[profile mine]\n"}
    mounted = {
        volume["configMap"]["name"] for volume in rendered.pod["spec"]["volumes"] if "configMap" in volume
    }
    assert mounted == {"eks-chatops-policy", aws["metadata"]["name"]}
    assert rendered.one("Ingress")["spec"]["rules"][0]["host"] == "eks-chatops.acme.example"


def test_every_overlay_and_every_file_is_named() -> None:
    for name in OVERLAYS:
        assert f"`{name}`" in README
    for folder in ("iam", "rbac"):
        for path in (DEPLOY / folder).iterdir():
            assert f"{folder}/{path.name}" in README


def test_every_secret_that_is_referenced_is_told() -> None:
    told = set(re.findall(r"^   \| `([\w-]+)` \| (.+?) \|", README, re.MULTILINE))
    keys = {name: set() for name, _ in told}  # type: dict[str, set[str]]
    for name, listed in told:
        keys[name] |= set(re.findall(r"`([\w.]+)`", listed))
    for path in (DEPLOY / "components").rglob("*.yaml"):
        for document in yaml.safe_load_all(path.read_text()):
            for name, key in references(document):
                assert key in keys[name]


def references(value: object) -> list[tuple[str, str]]:
    """The keys of Secrets that an object names, wherever in it."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if not isinstance(value, dict):
        return []
    if "secretKeyRef" in value:
        return [(value["secretKeyRef"]["name"], value["secretKeyRef"]["key"])]
    if "secretName" in value:
        return [(value["secretName"], item["key"]) for item in value["items"]]
    return [found for one in value.values() for found in references(one)]
