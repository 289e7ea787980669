"""`eks-chatops policy`: whether a policy file can be read, and which rule decides. Asks neither Slack nor AWS."""

import sys
from pathlib import Path

import click

from connector.workspaces import WorkspaceKey
from handlers.policy import BadPolicy, NotAllowed, Policy, Rights
from handlers.policy.reading import ANY_WORKSPACE
from handlers.policy.rights import considered
from handlers.policy.values import ADMIN, IN_NAMESPACES, VERBS, Target, Who, Workspace

_file = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EKS_CHATOPS_POLICY",
    required=True,
    show_envvar=True,
    help="The policy file.",
)


@click.group()
def policy() -> None:
    """Look at a policy file: whether it can be read, and which rule decides."""


@policy.command()
@_file
def check(path: Path) -> None:
    """Read the file, and say what is wrong with it or what is in it."""
    for name, workspace in _read(path).workspaces.items():
        rules = ", ".join(rule.name for rule in workspace.rules) or "no rules: nothing is allowed"
        click.echo(f"ok       {name}: {rules}")


@policy.command()
@_file
@click.option("--user", required=True, help="Who asks, as in U0123456789.")
@click.option("--verb", type=click.Choice(list(VERBS)), required=True, help="What they want to do.")
@click.option("--cluster", default="", help="Where, as in us-east-1_prod.")
@click.option("--namespace", default="", help="In which namespace; left out: in all of them.")
@click.option("--channel", default="", help="In which channel they ask, as in C0123456789.")
@click.option("--group", "groups", multiple=True, help="A user group they are in, as in S0123456789.")
@click.option(
    "--workspace",
    default="",
    help="Their workspace, or the organisation whose entry holds there; needed when the file names several.",
)
def test(
    path: Path,
    user: str,
    verb: str,
    cluster: str,
    namespace: str,
    channel: str,
    groups: tuple[str, ...],
    workspace: str,
) -> None:
    """Explain which rule decides, and end with 0 when it is allowed, with 1 when not."""
    target = Target.from_id(cluster)
    if verb != ADMIN and not (target.region and target.cluster):
        raise click.UsageError("--cluster is needed with its region, as in us-east-1_prod")
    held = _read(path)
    key = WorkspaceKey(None, workspace or _only(held))
    said = held.workspace(key)
    if said is None:
        click.echo(f"refused: the policy says nothing about workspace {workspace}")
        sys.exit(1)
    who = Who(user, channel, str(key.team_id), frozenset(groups))
    _explain(said, who, verb, target, namespace)
    try:
        click.echo(f"allowed{_scope(held.rights(key, who), verb, target, namespace)}")
    except NotAllowed as refusal:
        click.echo(" ".join(part for part in ("refused:", refusal.what, refusal.why, refusal.ask) if part))
        sys.exit(1)


def _explain(said: Workspace, who: Who, verb: str, target: Target, namespace: str) -> None:
    if verb != ADMIN and (outside := said.limits.refuses(target)):
        click.echo(f"the {outside} is not for this workspace, whatever its rules say")
    decided = False
    for number, rule in enumerate(said.rules, 1):
        why_not = considered(rule, who, verb, target, namespace)
        if not why_not and decided:
            why_not = "a rule before it has decided"
        click.echo(f"rule {number} ({rule.name}): {why_not or f'fits, because {rule.meets(who)}'}")
        # Of all namespaces together, several rules may each decide for some.
        whole = verb not in IN_NAMESPACES or bool(namespace) or rule.namespaces is None
        decided = decided or (not why_not and whole)


def _scope(rights: Rights, verb: str, target: Target, namespace: str) -> str:
    if verb not in IN_NAMESPACES:
        rights.check(verb, None if verb == ADMIN else target)
        return ""
    scope = rights.scope(verb, target, namespace)
    said = f" by {', '.join(scope.rules)}"
    if scope.namespaces:
        said += f", in the namespaces {', '.join(scope.namespaces)} only"
    if acting := scope.impersonate:
        groups = f" in the groups {', '.join(acting.groups)}" if acting.groups else ""
        said += f", as {acting.user}{groups}"
    return said


def _read(path: Path) -> Policy:
    try:
        return Policy.from_file(path)
    except BadPolicy as error:
        click.echo(f"eks-chatops: {error}", err=True)
        sys.exit(2)


def _only(held: Policy) -> str:
    if len(held.workspaces) == 1:
        (name,) = held.workspaces
        return "" if name == ANY_WORKSPACE else name
    raise click.UsageError(f"--workspace is needed: the file names {', '.join(held.workspaces)}")
