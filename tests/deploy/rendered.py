"""What `kubectl kustomize` makes of deploy/, as plain values for the tests to look at."""

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
OVERLAYS = tuple(sorted(path.name for path in (DEPLOY / "overlays").iterdir()))
# Those that no overlay has: a platform team adds what it needs.
ADDED = ("irsa", "profiles")

Object = dict[str, Any]


@dataclass(frozen=True)
class Rendered:
    """The objects of one installation."""

    name: str
    objects: tuple[Object, ...]

    def of(self, kind: str) -> list[Object]:
        return [found for found in self.objects if found["kind"] == kind]

    def one(self, kind: str, name: str = "eks-chatops") -> Object:
        (found,) = [found for found in self.of(kind) if found["metadata"]["name"] == name]
        return found

    @property
    def pod(self) -> Object:
        """The bot's pod, its metadata and spec."""
        template: Object = self.one("Deployment")["spec"]["template"]
        return template

    @property
    def bot(self) -> Object:
        """The bot's container."""
        (container,) = self.pod["spec"]["containers"]
        assert isinstance(container, dict)
        return container

    @property
    def variables(self) -> dict[str, Object]:
        """The bot's environment by name; each a `value`, or a `valueFrom`."""
        return {variable["name"]: variable for variable in self.bot["env"]}


@functools.cache
def overlay(name: str) -> Rendered:
    return Rendered(name, tuple(kustomized(DEPLOY / "overlays" / name)))


def kustomized(folder: Path) -> Iterator[Object]:
    """What `kubectl kustomize` prints for `folder`; fails with what it said when it does not."""
    kubectl = Path(sys.executable).with_name("kubectl")
    ran = subprocess.run(
        [kubectl, "kustomize", folder], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    # A warning is a field that will stop working.
    assert not ran.stderr, ran.stderr
    yield from yaml.safe_load_all(ran.stdout)


def on_top(folder: Path, below: str) -> Path:
    """An overlay as a company writes its own, in `folder`: one of ours with every component that can be added."""
    ours = os.path.relpath(DEPLOY, folder.resolve())
    lines = [
        "apiVersion: kustomize.config.k8s.io/v1beta1",
        "kind: Kustomization",
        "namespace: eks-chatops",
        f"resources: [{ours}/overlays/{below}]",
        f"components: [{', '.join(f'{ours}/components/{name}' for name in ADDED)}]",
        "configMapGenerator: [{name: eks-chatops-aws, files: [config]}]",
    ]
    (folder / "config").write_text((DEPLOY / "components/profiles/config.example").read_text())
    (folder / "kustomization.yaml").write_text("\n".join(lines))
    return folder
