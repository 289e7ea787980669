"""All that a pod's spec says is told: its rules, its containers, its volumes, and what it uses."""

from connector.description import Link
from tests.connector.description.shapes import tell

WHOLE = {
    "metadata": {"name": "cart", "namespace": "shop"},
    "spec": {
        "nodeName": "n1",
        "serviceAccountName": "cart",
        "priorityClassName": "high",
        "runtimeClassName": "gvisor",
        "imagePullSecrets": [{"name": "registry"}],
        "nodeSelector": {"disk": "ssd", "arch": "arm64"},
        "readinessGates": [{"conditionType": "target-health"}],
        "tolerations": [
            {"operator": "Exists"},
            {"key": "team", "operator": "Equal", "value": "a", "effect": "NoSchedule"},
            {"key": "x", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5},
        ],
        "volumes": [
            {"name": "config", "configMap": {"name": "settings", "optional": True}},
            {"name": "keys", "secret": {"secretName": "tls", "items": [{"key": "tls.crt", "path": "c"}]}},
            {"name": "data", "persistentVolumeClaim": {"claimName": "data-0", "readOnly": True}},
            {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "host", "hostPath": {"path": "/var/log", "type": "Directory"}},
            {"name": "disk", "csi": {"driver": "s3.csi.aws.com"}},
            {"name": "files", "nfs": {"server": "fs", "path": "/"}},
            {
                "name": "all",
                "projected": {
                    "sources": [
                        {"serviceAccountToken": {"expirationSeconds": 3600, "path": "token"}},
                        {"configMap": {"name": "kube-root-ca.crt"}},
                        {"secret": {"name": "extra"}},
                        {"downwardAPI": {"items": []}},
                    ]
                },
            },
            {
                "name": "own",
                "ephemeral": {
                    "volumeClaimTemplate": {
                        "spec": {"storageClassName": "gp3", "resources": {"requests": {"storage": "5Gi"}}}
                    }
                },
            },
        ],
        "containers": [
            {
                "name": "app",
                "image": "registry/app:1",
                "command": ["/app"],
                "args": ["--port", "8080"],
                "ports": [
                    {"name": "http", "containerPort": 8080},
                    {"containerPort": 53, "protocol": "UDP", "hostPort": 53},
                ],
                "resources": {"limits": {"memory": "512Mi", "cpu": 2}, "requests": {"cpu": "100m"}},
                "env": [
                    {"name": "PLAIN", "value": "must never be told"},
                    {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                    {
                        "name": "LEVEL",
                        "valueFrom": {"configMapKeyRef": {"name": "log", "key": "level", "optional": True}},
                    },
                    {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                    {
                        "name": "CPU",
                        "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "containerName": "app"}},
                    },
                ],
                "envFrom": [
                    {"secretRef": {"name": "all"}, "prefix": "X_"},
                    {"configMapRef": {"name": "more", "optional": True}},
                ],
                "volumeMounts": [
                    {"name": "config", "mountPath": "/etc/app", "readOnly": True},
                    {"name": "data", "mountPath": "/data", "subPath": "one"},
                ],
                "livenessProbe": {"exec": {"command": ["cat", "/x"]}, "periodSeconds": 5},
                "readinessProbe": {"httpGet": {"path": "/ready", "port": "http", "scheme": "HTTPS"}},
                "startupProbe": {
                    "tcpSocket": {"port": 8080},
                    "failureThreshold": 30,
                    "initialDelaySeconds": 3,
                },
            },
            {"name": "rpc", "livenessProbe": {"grpc": {"port": 9000, "service": "health"}}},
        ],
    },
    "status": {
        "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}],
        "hostIP": "10.1.1.1",
        "qosClass": "Burstable",
    },
}


def test_a_pods_rules_are_told() -> None:
    one = tell("pods", WHOLE)
    assert {fact.label: fact.text for fact in one.facts} == {
        "Node": "n1/10.1.1.1",
        "IP": "10.0.0.1, fd00::1",
        "QoS class": "Burstable",
        "Priority class": "high",
        "Runtime class": "gvisor",
        "Service account": "cart",
        "Image pull secrets": "registry",
        "Readiness gates": "target-health",
        "Node selectors": "arch=arm64, disk=ssd",
        "Tolerations": "op=Exists, team=a:NoSchedule, x:NoExecute op=Exists for 5s",
    }


def test_a_container_is_told_whole_but_for_the_values_of_its_environment() -> None:
    app, rpc = tell("pods", WHOLE).containers
    assert app.command == ("/app",)
    assert app.args == ("--port", "8080")
    assert app.ports == ("8080/TCP (http)", "53/UDP")
    assert app.host_ports == ("53/UDP",)
    assert app.limits == (("cpu", "2"), ("memory", "512Mi"))
    assert app.requests == (("cpu", "100m"),)
    assert app.env == (
        ("PLAIN", ""),
        ("PASSWORD", "key password of secret db"),
        ("LEVEL", "key level of config map log, optional"),
        ("IP", "status.podIP"),
        ("CPU", "limits.cpu of container app"),
    )
    assert app.env_from == ("secret all with prefix X_", "config map more, optional")
    assert app.mounts == ("/etc/app from config (ro)", '/data from data (rw,path="one")')
    assert app.probes == (
        ("Liveness", "exec [cat /x] delay=0s timeout=1s period=5s successThreshold=1 failureThreshold=3"),
        (
            "Readiness",
            "http-get https://:http/ready delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=3",
        ),
        ("Startup", "tcp-socket :8080 delay=3s timeout=1s period=10s successThreshold=1 failureThreshold=30"),
    )
    assert rpc.probes[0][1].startswith("grpc <pod>:9000 health delay=0s")
    assert (app.ready, app.restarts, app.state.text) == (None, None, "")
    assert "must never be told" not in repr(tell("pods", WHOLE))


def test_volumes_are_told_by_type_and_source() -> None:
    one = tell("pods", WHOLE)
    assert [(v.name, v.type, v.source) for v in one.volumes] == [
        ("config", "ConfigMap", "settings, optional"),
        ("keys", "Secret", "tls (tls.crt)"),
        ("data", "PersistentVolumeClaim", "data-0, read only"),
        ("scratch", "EmptyDir", "sizeLimit=1Gi"),
        ("host", "HostPath", "path=/var/log, type=Directory"),
        ("disk", "CSI", "driver=s3.csi.aws.com"),
        ("files", "NFS", "server=fs, path=/"),
        (
            "all",
            "Projected",
            "service account token for 3600s, config map kube-root-ca.crt, secret extra, downward API",
        ),
        ("own", "EphemeralVolume", "5Gi gp3"),
    ]
    assert one.volumes[2].links == (Link("PersistentVolumeClaim", "data-0", "shop", role="claim"),)


def test_what_a_pod_uses_can_be_opened() -> None:
    found = [(one.role, one.word, one.name, one.namespace) for one in tell("pods", WHOLE).related]
    assert found == [
        ("node", "node", "n1", None),
        ("service account", "serviceaccount", "cart", "shop"),
        ("claim", "persistentvolumeclaim", "data-0", "shop"),
        ("config map", "configmap", "settings", "shop"),
        ("secret", "secret", "tls", "shop"),
        ("secret", "secret", "extra", "shop"),
        ("secret", "secret", "db", "shop"),
        ("config map", "configmap", "log", "shop"),
        ("secret", "secret", "all", "shop"),
        ("config map", "configmap", "more", "shop"),
        ("image pull secret", "secret", "registry", "shop"),
    ]
