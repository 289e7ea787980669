"""The vocabulary of the fleet: namespaces, workloads, images and machines as a payments company would name them."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")

TEAM_NAMESPACES = (
    "payments",
    "checkout",
    "ledger",
    "fraud",
    "gateway",
    "payouts",
    "refunds",
    "merchants",
    "webhooks",
    "settlements",
    "risk",
    "disputes",
    "invoicing",
    "onboarding",
    "identity",
    "notifications",
    "reporting",
    "search",
    "observability",
    "ingress-nginx",
)

ROLES = (
    "api",
    "worker",
    "consumer",
    "web",
    "scheduler",
    "relay",
    "reconciler",
    "projector",
    "exporter",
    "gateway",
    "cache",
    "batch",
)

REGISTRY = "602401143452.dkr.ecr.{region}.amazonaws.com"

# Every secret value in the fleet begins with it, and so does everything in logs and settings that looks like one:
# what must never show it can be searched for it, and for its base64 ("Y2FuYXJ5").
CANARY = "canary"

# Letters and digits that Kubernetes makes name suffixes of: no vowels, so no words, and none easily confused.
SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
HASH_ALPHABET = "456789bcdf"


@dataclass(frozen=True)
class Machine:
    """An instance type and what a node of it offers."""

    instance_type: str
    arch: str
    cpu: int
    memory_gib: int
    pods: int
    node_group: str


MACHINES = (
    Machine("m7g.4xlarge", "arm64", 16, 64, 234, "general"),
    Machine("m7g.4xlarge", "arm64", 16, 64, 234, "general"),
    Machine("m7i.2xlarge", "amd64", 8, 32, 58, "general-x86"),
    Machine("r7g.4xlarge", "arm64", 16, 128, 234, "memory"),
    Machine("c7g.4xlarge", "arm64", 16, 32, 234, "compute"),
    Machine("m6g.2xlarge", "arm64", 8, 32, 58, "spot"),
)

DAEMONS = (
    ("aws-node", ("aws-node", "aws-eks-nodeagent"), "kube-system"),
    ("kube-proxy", ("kube-proxy",), "kube-system"),
    ("ebs-csi-node", ("ebs-plugin", "node-driver-registrar", "liveness-probe"), "kube-system"),
    ("eks-pod-identity-agent", ("eks-pod-identity-agent",), "kube-system"),
)

SETTINGS = (
    "LOG_LEVEL",
    "LOG_FORMAT",
    "HTTP_PORT",
    "METRICS_PORT",
    "SHUTDOWN_GRACE_SECONDS",
    "OTEL_SERVICE_NAME",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER",
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_POOL_MIN",
    "DATABASE_POOL_MAX",
    "KAFKA_BROKERS",
    "KAFKA_CLIENT_ID",
    "KAFKA_GROUP_ID",
    "REDIS_URL",
    "FEATURE_FLAGS_URL",
    "LEDGER_URL",
    "FRAUD_URL",
    "IDENTITY_URL",
    "WEBHOOK_RETRY_LIMIT",
    "WEBHOOK_BACKOFF_MS",
    "CIRCUIT_BREAKER_THRESHOLD",
    "RATE_LIMIT_PER_SECOND",
    "GOMEMLIMIT",
    "TZ",
)
