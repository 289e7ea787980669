"""What one person may do, at one place, by one policy: every decision there is, and the sentence for each refusal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from connector.aws import SignIn
from connector.errors import Failure
from connector.impersonation import Impersonate
from handlers.policy.values import IN_NAMESPACES, VERBS, Rule, Target, Who, Workspace


class NotAllowed(Failure):
    """This person may not do this here. `ask` says whom to turn to: mrkdwn of the policy, its mentions alive."""

    ask: str = ""


@dataclass(frozen=True)
class Scope:
    """How a cluster is asked on somebody's behalf: in which namespaces (patterns; none: all of them), and as whom."""

    namespaces: tuple[str, ...] = ()
    impersonate: Impersonate | None = None
    rules: tuple[str, ...] = ()

    @property
    def only(self) -> str:
        """The one namespace that may be seen, if it is one: asking for it takes fewer rights than asking for all."""
        one = self.namespaces[0] if len(self.namespaces) == 1 else ""
        return "" if set(one) & set("*?[") else one

    @property
    def whole(self) -> bool:
        """Whether what the bot itself sees may be told."""
        return not self.namespaces and self.impersonate is None


@dataclass(frozen=True)
class Rights:
    """Asked for verbs, clusters and namespaces. `rules` are those about this person, the first one first."""

    who: Who
    workspace: Workspace
    rules: tuple[Rule, ...]
    # Why the policy gives what it gives, where that is not a matter of rules.
    note: str = ""
    # What is wrong with a newer policy file, which is why an older one holds.
    broken: str = ""

    def may(self, verb: str, target: Target | None = None) -> bool:
        """Whether the verb is allowed on that cluster, in some namespace at least; without a cluster: on any."""
        if target is not None and self.workspace.limits.refuses(target):
            return False
        return any(rule.gives(verb, target) for rule in self.rules)

    def everywhere(self, verb: str) -> bool:
        """Whether the verb is allowed on every cluster there may be, so that counting them tells nothing."""
        return self.workspace.limits.clusters is None and any(
            rule.gives(verb, None) and rule.clusters is None for rule in self.rules
        )

    def check(self, verb: str, target: Target | None = None) -> None:
        """Raises NotAllowed unless `may`."""
        if not self.may(verb, target):
            raise self._refusal(verb, target)

    def scope(self, verb: str, target: Target, namespace: str = "", *, namespaced: bool = True) -> Scope:
        """How to ask: in `namespace`, in all that are allowed when it is empty, or about what is in none.

        The first rule that covers a namespace decides for it. Raises NotAllowed when none does, and for
        all namespaces at once when rules would ask as different people.
        """
        self.check(verb, target)
        rules = [rule for rule in self.rules if rule.gives(verb, target)]
        if namespace or not namespaced:
            rule = next((rule for rule in rules if rule.covers(namespace)), None)
            if rule is None:
                where = f"namespace `{namespace}`" if namespace else "what is in no namespace, as nodes are,"
                raise self._not_in(where, target, rules)
            return self._asked_as(rule)
        found: Scope | None = None
        for rule in rules:
            new = tuple(one for one in rule.namespaces or () if found is None or one not in found.namespaces)
            if rule.namespaces is not None and not new:
                continue
            scope = self._asked_as(rule)
            if found is None:
                found = replace(scope, namespaces=new)
            elif found.impersonate != scope.impersonate:
                raise NotAllowed(
                    "Say which namespace you mean.",
                    f"In `{target.name}` you are somebody else in each: {_named([*found.rules, rule.name])}.",
                    "Give it with `-n NAMESPACE`.",
                )
            else:
                found = Scope((*found.namespaces, *new), found.impersonate, (*found.rules, rule.name))
            if rule.namespaces is None:
                return replace(found, namespaces=())
        if found is None:
            raise self._refusal(verb, target)
        return found

    def check_sign_in(self, sign_in: SignIn, region: str) -> None:
        """Raises NotAllowed, naming the input, when this workspace may not sign in so, or not there."""
        limits = self.workspace.limits
        if not limits.region(region):
            raise self._outside(f"The region `{region}` is not for this workspace.", "region")
        match limits.refuses_sign_in(sign_in):
            case "access_key_id":
                raise self._outside("AWS keys may not be typed in this workspace.", "access_key_id")
            case "profile":
                raise self._outside(f"The profile `{sign_in.profile}` is not for this workspace.", "profile")
            case "default_chain":
                raise self._outside("The default chain is not for this workspace.", "profile")
            case "role_arn":
                raise self._outside("This role is not for this workspace.", "role_arn")

    def check_account(self, account: str) -> None:
        """Raises NotAllowed when this workspace may not use the account that a sign-in turned out to lead to."""
        accounts = self.workspace.limits.accounts
        if accounts is not None and account not in accounts:
            raise self._outside(f"The account `{account}` is not for this workspace.", None)

    def why(self, rule: Rule) -> str:
        """Why a rule is about this person."""
        return rule.meets(self.who)

    def acting(self, rule: Rule) -> Impersonate | None:
        """As whom the rule has this person ask; None is the bot itself."""
        if rule.identity is None:
            return None
        user, *groups = (_filled(text, self.who) for text in (rule.identity.user, *rule.identity.groups))
        return Impersonate(user, tuple(groups))

    def _asked_as(self, rule: Rule) -> Scope:
        return Scope(impersonate=self.acting(rule), rules=(rule.name,))

    def _refusal(self, verb: str, target: Target | None) -> NotAllowed:
        may_not = (
            f"You may not {VERBS[verb]} here"
            if target is None
            else f"You may not `{verb}` on `{target.name}`"
        )
        if self.note and not self.workspace.rules:
            return self._no(f"{may_not}.", self.note)
        if target is not None and (outside := self.workspace.limits.refuses(target)):
            field = {"region": "region", "cluster": "cluster"}.get(outside)
            return self._no(f"{may_not}.", f"Its {outside} is not for this workspace.", field)
        giving = [rule.name for rule in self.rules if rule.gives(verb, None)]
        if target is None or not giving:
            return self._no(f"{may_not}.", f"No rule of the policy gives you `{verb}`.")
        return self._no(
            f"{may_not}.", f"What gives you `{verb}` is for other clusters: {_named(giving)}.", "cluster"
        )

    def _not_in(self, where: str, target: Target, rules: list[Rule]) -> NotAllowed:
        given = {pattern: None for rule in rules for pattern in rule.namespaces or ()}
        return self._no(f"You may not see {where} of `{target.name}`.", f"You may see {_named(given)}.")

    def _outside(self, what: str, field: str | None) -> NotAllowed:
        return self._no(what, "The policy leaves it out.", field)

    def _no(self, what: str, why: str, field: str | None = None) -> NotAllowed:
        refusal = NotAllowed(what, why, "`/eks whoami` shows what you may do.", field=field)
        refusal.ask = self.workspace.ask
        return refusal


def considered(rule: Rule, who: Who, verb: str, target: Target, namespace: str) -> str:
    """Why a rule does not decide, in words; empty when it does. An empty namespace is all of them."""
    if not rule.meets(who):
        return "it is not about this person here"
    if verb not in rule.verbs:
        return f"it does not give {verb}"
    if not rule.gives(verb, target):
        return f"it is not about {target.name}"
    if namespace and verb in IN_NAMESPACES and not rule.covers(namespace):
        return f"it does not reach into namespace {namespace}"
    return ""


def _filled(text: str, who: Who) -> str:
    return text.replace("{user_id}", who.user).replace("{workspace_id}", who.workspace)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
