"""The Kubernetes manifests: valid by Kubernetes' own schemas, as the bot expects them, and with no secret in them."""

import tomllib
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from bot import run
from bot.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.settings import Settings
from tests.deploy.facts import variables
from tests.deploy.rendered import DEPLOY, OVERLAYS, Object, Rendered, kustomized, overlay

# What boto3 and platformdirs read for themselves.
LIBRARIES = {"AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED", "XDG_DATA_HOME"}
SECRETS = {
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "DATABASE_URL",
    "CREDENTIALS_URL",
    "CREDENTIALS_KEY",
}
# The oldest version of Kubernetes on EKS that the manifests are made for, and the newest that the schemas know.
OLDEST, NEWEST = "1.33", ".".join(kubernetes_validate.latest_version().split(".")[:2])
SEVERAL = [name for name in OVERLAYS if name.endswith("-replicas")]
ALONE = [name for name in OVERLAYS if not name.endswith("-replicas")]


def test_there_is_an_overlay_for_each_way_to_run_it() -> None:
    assert OVERLAYS == ("http-oauth", "http-oauth-replicas", "socket-mode", "socket-mode-replicas")


def test_deploy_itself_is_the_smallest_installation() -> None:
    assert tuple(kustomized(DEPLOY)) == overlay("socket-mode").objects


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_each_object_is_valid_with_no_field_that_kubernetes_does_not_know(
    rendered: Rendered, version: str
) -> None:
    for found in rendered.objects:
        assert kubernetes_validate.validate(found, version, strict=True) == version


def test_the_schemas_would_refuse_a_slip() -> None:
    slipped = {**overlay("socket-mode").one("Deployment")}
    slipped["spec"] = {**slipped["spec"], "terminationGracePeriod": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(slipped, NEWEST, strict=True)


def test_everything_of_a_namespace_is_in_the_one_that_is_made(rendered: Rendered) -> None:
    (namespace,) = rendered.of("Namespace")
    placed = {found["metadata"].get("namespace") for found in rendered.objects if found is not namespace}
    assert placed == {namespace["metadata"]["name"]}


def test_each_variable_is_one_that_the_bot_or_a_library_reads(rendered: Rendered) -> None:
    assert set(rendered.variables) - variables() <= LIBRARIES


def test_no_variable_is_set_twice(rendered: Rendered) -> None:
    names = [variable["name"] for variable in rendered.bot["env"]]
    assert sorted(names) == sorted(set(names))


def test_each_secret_is_referenced_and_none_is_there(rendered: Rendered) -> None:
    assert not rendered.of("Secret")
    for name, variable in rendered.variables.items():
        if name in SECRETS:
            reference = variable["valueFrom"]["secretKeyRef"]
            # The keys are the variables' names, so that `--from-env-file` makes the Secret.
            assert reference["key"] == name
            assert not reference.get("optional")
            assert "value" not in variable
        else:
            assert set(variable) == {"name", "value"}


def test_the_settings_are_ones_that_the_bot_takes(rendered: Rendered, tmp_path: Path) -> None:
    samples = {
        "SLACK_BOT_TOKEN": "xoxb-1-2-a",
        "SLACK_APP_TOKEN": "xapp-1-A-1-a",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "SLACK_CLIENT_ID": "111111111111.222222222222",
        "SLACK_CLIENT_SECRET": "0" * 32,
        "DATABASE_URL": "postgresql://chatops:secret@db.example.com/chatops",
        "CREDENTIALS_URL": "redis://eks-chatops:secret@eks-chatops-credentials:6379/0",
        "CREDENTIALS_KEY": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
    }
    assert set(samples) == SECRETS
    policy = tmp_path / "policy.yaml"
    policy.write_text(rendered.one("ConfigMap", "eks-chatops-policy")["data"]["policy.yaml"])
    samples["EKS_CHATOPS_POLICY"] = str(policy)
    environment: dict[str, str] = {
        name: samples.get(name) or variable["value"] for name, variable in rendered.variables.items()
    }
    settings = Settings.from_environment(environment)
    assert settings.policy_file == policy
    assert settings.oauth is not settings.socket_mode
    assert (settings.host, settings.port) == ("0.0.0.0", 3000)
    assert settings.socket_mode is rendered.name.startswith("socket-mode")


def test_the_image_is_this_version_and_never_latest(rendered: Rendered) -> None:
    project = tomllib.loads(Path(DEPLOY.parent, "pyproject.toml").read_text())["project"]
    assert rendered.bot["image"] == f"eks-chatops:{project['version']}"
    for found in rendered.of("Deployment"):
        for container in found["spec"]["template"]["spec"]["containers"]:
            tag = container["image"].rpartition(":")[2]
            assert tag[0].isdigit()
            assert "." in tag


def test_a_pod_has_the_time_to_end_what_is_under_way(rendered: Rendered) -> None:
    spec = rendered.pod["spec"]
    waits = rendered.bot.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    # The bot ends itself a second after its time for draining, whatever hangs.
    assert spec["terminationGracePeriodSeconds"] >= waits + run.STOP_SECONDS + 1 + 3
    assert spec["terminationGracePeriodSeconds"] <= waits + 20


def test_behind_a_load_balancer_a_pod_waits_until_it_is_let_go() -> None:
    for name in ("http-oauth", "http-oauth-replicas"):
        seconds = overlay(name).bot["lifecycle"]["preStop"]["sleep"]["seconds"]
        attributes = overlay(name).one("Ingress")["metadata"]["annotations"][
            "alb.ingress.kubernetes.io/target-group-attributes"
        ]
        delay = int(attributes.removeprefix("deregistration_delay.timeout_seconds="))
        assert seconds > delay


def test_the_probes_ask_pages_that_the_bot_has(rendered: Rendered) -> None:
    bot = rendered.bot
    assert bot["ports"] == [{"name": "http", "containerPort": 3000}]
    paths = {name: bot[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert paths["startup"] == "/readyz"
    # A bot whose database is away must be neither restarted nor, over HTTP, kept from saying so.
    assert paths["liveness"] == "/healthz"
    assert paths["readiness"] == ("/readyz" if rendered.name.startswith("socket-mode") else "/healthz")
    assert {bot[f"{name}Probe"]["httpGet"]["port"] for name in paths} == {"http"}


def test_slack_and_the_installer_reach_the_bot_and_nobody_reaches_its_other_pages() -> None:
    for name in ("http-oauth", "http-oauth-replicas"):
        (rule,) = overlay(name).one("Ingress")["spec"]["rules"]
        paths = {(path["path"], path["pathType"]) for path in rule["http"]["paths"]}
        assert paths == {(path, "Exact") for path in (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH)}
        service = overlay(name).one("Service")["spec"]
        assert service["selector"].items() <= overlay(name).pod["metadata"]["labels"].items()
        assert [port["targetPort"] for port in service["ports"]] == ["http"]


def test_over_socket_mode_nothing_is_reachable_from_outside() -> None:
    for name in ("socket-mode", "socket-mode-replicas"):
        assert not overlay(name).of("Ingress")
        assert {found["metadata"]["name"] for found in overlay(name).of("Service")} <= {
            "eks-chatops-credentials"
        }


@pytest.mark.parametrize("name", ALONE)
def test_on_sqlite_there_is_one_process_on_the_file_at_a_time(name: str) -> None:
    spec = overlay(name).one("Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert overlay(name).one("PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteOncePod"]
    (mount,) = [found for found in overlay(name).bot["volumeMounts"] if found["name"] == "state"]
    assert mount["mountPath"] == overlay(name).variables["XDG_DATA_HOME"]["value"]
    assert "DATABASE_URL" not in overlay(name).variables
    assert not overlay(name).of("HorizontalPodAutoscaler")


@pytest.mark.parametrize("name", SEVERAL)
def test_several_replicas_share_a_database_and_are_replaced_one_by_one(name: str) -> None:
    spec = overlay(name).one("Deployment")["spec"]
    # A number here would undo the autoscaler's at each apply.
    assert "replicas" not in spec
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert {"DATABASE_URL", "CREDENTIALS_URL", "CREDENTIALS_KEY"} <= set(overlay(name).variables)
    budget = overlay(name).one("PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"] == spec["selector"]["matchLabels"]
    assert not overlay(name).of("PersistentVolumeClaim")


@pytest.mark.parametrize("name", SEVERAL)
def test_replicas_stay_within_slacks_ten_connections(name: str) -> None:
    scaler = overlay(name).one("HorizontalPodAutoscaler")["spec"]
    surge = overlay(name).one("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    # One more: a connection that Slack replaces is there twice for a moment.
    assert scaler["maxReplicas"] + surge + 1 <= 10
    assert scaler["minReplicas"] >= 2


def test_each_name_that_a_pod_mounts_is_there_or_is_a_secret_to_be_made(rendered: Rendered) -> None:
    made = {(found["kind"], found["metadata"]["name"]) for found in rendered.objects}
    for found in rendered.of("Deployment"):
        for volume in found["spec"]["template"]["spec"]["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in made
    assert ("ServiceAccount", rendered.pod["spec"]["serviceAccountName"]) in made


def test_a_changed_policy_arrives_without_a_new_pod(rendered: Rendered) -> None:
    policy = rendered.variables["EKS_CHATOPS_POLICY"]["value"]
    (mount,) = [found for found in rendered.bot["volumeMounts"] if found["name"] == "policy"]
    # With subPath, Kubernetes never updates the file.
    assert "subPath" not in mount
    folder, _, file = policy.rpartition("/")
    assert mount["mountPath"] == folder
    # Without a hash at the end the pods go on naming the same object.
    assert file in rendered.one("ConfigMap", "eks-chatops-policy")["data"]


def test_the_selectors_pick_the_bot_and_not_its_store(rendered: Rendered) -> None:
    for found in rendered.of("Deployment"):
        labels = found["spec"]["template"]["metadata"]["labels"]
        selector = found["spec"]["selector"]["matchLabels"]
        assert selector.items() <= labels.items()
        others = [other for other in rendered.of("Deployment") if other is not found]
        for other in others:
            assert not selector.items() <= other["spec"]["template"]["metadata"]["labels"].items()


def test_the_bot_is_nobody_in_the_cluster_it_runs_in(rendered: Rendered) -> None:
    assert rendered.one("ServiceAccount")["automountServiceAccountToken"] is False
    assert rendered.pod["spec"]["automountServiceAccountToken"] is False
    kinds = {found["kind"] for found in rendered.objects}
    assert not {kind for kind in kinds if "Role" in kind}


def _metrics_page(found: Object) -> str:
    annotations = found["metadata"]["annotations"]
    return f":{annotations['prometheus.io/port']}{annotations['prometheus.io/path']}"


def test_prometheus_finds_the_metrics(rendered: Rendered) -> None:
    assert rendered.pod["metadata"]["annotations"]["prometheus.io/scrape"] == "true"
    assert _metrics_page(rendered.pod) == ":3000/metrics"
