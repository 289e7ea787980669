"""A person's rights as a message: what they may do, where, as whom, by which rule, and what their workspace may use."""

from handlers.blocks.message import Block, Message
from handlers.blocks.parts import context, header, section
from handlers.blocks.text import code, counted, cut, escaped, mentioning
from handlers.policy import Rights
from handlers.policy.values import ADMIN, VERBS, Rule

# Of what a message holds (see numbers.MESSAGE_BLOCKS_TEXT): rules are written whole or left out.
_RULES_SHOWN, _RULES_CHARACTERS = 40, 8_000
_NAMES_SHOWN, _NAME_CHARACTERS = 5, 60


def drawn(rights: Rights) -> Message:
    """The rules about this person in their order, the first of which decides; then the limits of the workspace."""
    who = rights.who
    place = f" in <#{who.channel}>" if who.channel.startswith("C") else ""
    text = (
        f"What you may do{place}, <@{who.user}>"
        if rights.rules
        else f"You may do nothing{place} but read the help."
    )
    blocks: list[Block] = [header("What you may do here"), section(text)]
    rules = [_rule(rule, rights) for rule in rights.rules[:_RULES_SHOWN]]
    while sum(map(len, rules)) > _RULES_CHARACTERS:
        rules.pop()
    blocks += map(section, rules)
    if left_out := len(rights.rules) - len(rules):
        blocks.append(context(f"and {counted(left_out, 'more rule')}"))
    if len(rights.rules) > 1:
        blocks.append(context("Where several rules fit, the first one decides."))
    if rights.note:
        blocks.append(context(escaped(rights.note)))
    if limits := _limits(rights):
        blocks.append(section("*This workspace*\n" + "\n".join(limits)))
    if rights.workspace.ask:
        blocks.append(context(mentioning(rights.workspace.ask)))
    if rights.broken and rights.may(ADMIN):
        said = f"🔴 *The policy file is broken, and the one before it still holds.*\n{escaped(cut(rights.broken, 500))}"
        blocks.insert(1, section(said))
    return Message(text, blocks)


def _rule(rule: Rule, rights: Rights) -> str:
    verbs = [f"{code(verb)} ({words})" for verb, words in VERBS.items() if verb in rule.verbs]
    lines = [f"*{escaped(cut(rule.name, _NAME_CHARACTERS))}*: {rights.why(rule)}", f"may {', '.join(verbs)}"]
    if rule.clusters is not None:
        lines.append(f"on clusters {_names(rule.clusters)}")
    if rule.namespaces is not None:
        lines.append(f"in namespaces {_names(rule.namespaces)}")
    if acting := rights.acting(rule):
        groups = f" in groups {_names(acting.groups)}" if acting.groups else ""
        lines.append(f"as {code(cut(acting.user, _NAME_CHARACTERS))}{groups}")
    return "\n".join(lines)


def _limits(rights: Rights) -> list[str]:
    limits = rights.workspace.limits
    lists = {
        "profiles": limits.profiles,
        "roles": limits.roles,
        "regions": limits.regions,
        "accounts": None if limits.accounts is None else sorted(limits.accounts),
        "clusters": limits.clusters,
    }
    lines = [f"{name}: {_names(tuple(some))}" for name, some in lists.items() if some is not None]
    if not limits.default_chain:
        lines.append("not the default chain")
    if not limits.aws_keys:
        lines.append("no AWS keys")
    return lines


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(code(cut(name, _NAME_CHARACTERS)) for name in names[:_NAMES_SHOWN]) or "none"
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
