"""The real kubectl against a cluster of the fleet, signed in with a bearer token."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from playground.fleet import Cluster
from playground.process import Process

_PROGRAM = Path(sys.executable).parent / "kubectl"


class Kubectl:
    """kubectl with a kubeconfig and a home of its own in `folder`."""

    def __init__(self, cluster: Cluster, bearer: str, folder: Path) -> None:
        authority = folder / f"{cluster.name}.pem"
        authority.write_text(str(cluster.certificate_authority))
        place = {"server": cluster.endpoint, "certificate-authority": str(authority)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster.name,
            "clusters": [{"name": cluster.name, "cluster": place}],
            "users": [{"name": "caller", "user": {"token": bearer}}],
            "contexts": [{"name": cluster.name, "context": {"cluster": cluster.name, "user": "caller"}}],
        }
        self._config = folder / f"{cluster.name}.json"
        self._config.write_text(json.dumps(config))
        self._environment = {"HOME": str(folder), "PATH": ""}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(_PROGRAM), "--kubeconfig", str(self._config), *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def __call__(self, *words: str) -> str:
        """What kubectl prints when it succeeds, and it must."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, *words: str) -> str:
        """What kubectl complains of when it fails, and it must."""
        done = self.run(*words)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def follows(self, *words: str) -> Process:
        """kubectl while it runs, for the caller to wait for what it prints."""
        return Process([str(_PROGRAM), "--kubeconfig", str(self._config), *words], self._environment)
