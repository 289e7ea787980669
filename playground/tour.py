"""The tour: everything a person can do, typed and clicked through, told as the conversation it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground import Playground
    from playground.slack import Message, Person, View

Say = Callable[[str], None]

# A list of 10,000 pods takes seconds on a small machine.
PATIENCE = 40.0
# So wide that no column of a list of pods is cut.
WIDTH = 200


class Tour:
    """One pass over the bot. Raises AssertionError at the first step that does not go as it should."""

    def __init__(self, playground: Playground, say: Say) -> None:
        self._playground = playground
        self._say = say
        akme, globex = playground.slack.team("akme"), playground.slack.team("globex")
        self._ada = akme.person("ada")
        self._dev = akme.person("dev")
        self._gus = akme.person("gus")
        self._other = globex.people[0]

    def run(self) -> None:
        """Every row of the README's table of commands, and what stands around it."""
        for step in (
            self._menu,
            self._find_by_form,
            self._find_by_line,
            self._wrong_keys,
            self._connect_by_form,
            self._connect_by_line,
            self._refusals,
            self._connections,
            self._look,
            self._other_kinds,
            self._narrow,
            self._typing,
            self._nobody_else,
            self._disconnect,
        ):
            step()

    # Find and connect

    def _menu(self) -> None:
        with self._step("A menu, and help made from the commands themselves"):
            self._types(
                self._ada, "/eks", lambda message: message.ephemeral and "Connect" in str(message.blocks)
            )
            self._types(self._ada, "/eks help pods", lambda message: "--namespace" in str(message.blocks))

    def _find_by_form(self) -> None:
        with self._step("Find clusters with a form"):
            self._ada.types("ops", "/eks clusters")
            view = self._ada.wait_view(lambda view: view.title == "Find clusters")
            self._ada.fills(view, {"choose.region": "eu-west-1", "choose.profile": "profile:payments-prod"})
            self._shows(self._ada, view, "/eks clusters")
            self._answer(
                self._ada,
                lambda: self._ada.submits(view),
                lambda message: "prod-payments" in str(message.blocks),
            )
            done = self._ada.wait_view(lambda view: "is in the channel" in str(view.blocks))
            self._ada.closes(done)

    def _find_by_line(self) -> None:
        with self._step("Find clusters with one line"):
            self._types(
                self._ada,
                "/eks clusters --region us-east-1 --profile web-prod",
                lambda message: "prod-web" in str(message.blocks) and "CREATING" in str(message.blocks),
            )

    def _wrong_keys(self) -> None:
        with self._step("Keys that AWS does not know: the mistake stands at its input"):
            self._ada.types("ops", "/eks connect")
            view = self._ada.wait_view(lambda view: view.title == "Connect to a cluster")
            self._ada.fills(view, {"choose.sign_in": "keys"})
            view = self._ada.wait_view(lambda view: "access_key_id" in str(view.blocks))
            self._ada.suggestions(view, "choose.cluster", "prod-payments")
            self._ada.fills(
                view,
                {
                    "choose.region": "eu-west-1",
                    "type.access_key_id": "AKIAIOSFODNN7EXAMPLE",
                    "type.secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                    "choose.cluster": "prod-payments",
                },
            )
            self._ada.submits(view)
            view = self._ada.wait_view(lambda view: "🔴" in str(view.blocks), PATIENCE)
            self._shows(self._ada, view, "[Connect]")
            self._ada.closes(view)

    def _connect_by_form(self) -> None:
        with self._step("Connect with a form: the select offers what this profile can see"):
            self._ada.types("ops", "/eks connect")
            view = self._ada.wait_view(lambda view: view.title == "Connect to a cluster")
            self._ada.fills(view, {"choose.region": "eu-west-1", "choose.profile": "profile:payments-prod"})
            offered = self._ada.suggestions(view, "choose.cluster", "")
            self._say("  offered: " + ", ".join(option["text"]["text"] for option in offered))
            expect("prod-payments" in [option["value"] for option in offered], "prod-payments is offered")
            self._ada.fills(view, {"choose.cluster": "prod-payments"})
            self._answer(
                self._ada, lambda: self._ada.submits(view), lambda message: "Connected" in message.text
            )
            done = self._ada.wait_view(lambda view: "eu-west-1_prod-payments" in str(view.blocks))
            self._shows(self._ada, done, "[Connect]")
            self._ada.closes(done)

    def _connect_by_line(self) -> None:
        with self._step("Connect with one line; and with AWS keys, typed in a form"):
            found = self._types(
                self._dev,
                "/eks clusters --region us-east-1 --profile web-prod",
                lambda message: "prod-web" in str(message.blocks),
            )
            button = _button(found, "Connect to prod-web")["action_id"]
            self._answer(
                self._dev,
                lambda: self._dev.clicks(found, button),
                lambda message: "us-east-1_prod-web" in message.text,
            )
            self._dev.types("ops", "/eks connect staging-payments --region eu-west-1")
            view = self._dev.wait_view(lambda view: view.title == "Connect to a cluster")
            self._dev.fills(view, {"choose.sign_in": "keys"})
            view = self._dev.wait_view(lambda view: "access_key_id" in str(view.blocks))
            keys = self._playground.keys
            self._dev.fills(
                view,
                {"type.access_key_id": keys.access_key_id, "type.secret_access_key": keys.secret_access_key},
            )
            self._answer(
                self._dev, lambda: self._dev.submits(view), lambda message: "staging-payments" in message.text
            )
            done = self._dev.wait_view(lambda view: "Connected" in str(view.blocks))
            self._dev.closes(done)

    def _refusals(self) -> None:
        with self._step("What cannot be is said, with what to do"):
            for line, words in (
                ("/eks connect prod-paymnets --region eu-west-1 --profile payments-prod", "prod-payments"),
                ("/eks connect prod-web --region us-east-1 --profile payments-prod", "prod-web"),
                ("/eks connect prod-payments --region eu-west-1 --profile stranger", "access entry"),
                ("/eks connect locked --region us-east-1 --profile web-prod", "namespaces"),
                ("/eks connect newborn --region us-east-1 --profile web-prod", "CREATING"),
                ("/eks connect island --region ap-southeast-2 --profile web-prod", "island"),
                ("/eks clusters --region eu-west-7 --profile web-prod", "eu-west"),
            ):
                message = self._types(self._ada, line, _holding(words))
                expect(message.ephemeral, "a refusal is for the one who asked")

    def _connections(self) -> None:
        with self._step("What this workspace is connected to, with a button for each kind"):
            shown = self._types(
                self._ada, "/eks connections", lambda message: "us-east-1_prod-web" in str(message.blocks)
            )
            value = _button(shown, "services", "services of us-east-1_prod-web")["value"]
            self._answer(
                self._ada,
                lambda: self._ada.clicks(shown, "list.services", value=value),
                lambda message: "services of prod-web" in message.text and table(message) is not None,
            )

    # Look

    def _look(self) -> None:
        with self._step("10,000 pods, those in trouble first"):
            asked = self._types(self._ada, "/eks pods", lambda message: "Which cluster?" in message.text)
            shown = self._answer(
                self._ada,
                lambda: self._ada.picks(asked, "choose.connection", "eu-west-1_prod-payments"),
                lambda message: "pods of prod-payments" in message.text and table(message) is not None,
            )
            expect("10,000 pods" in str(shown.blocks), "all 10,000 pods were counted")
            expect(not shown.ephemeral, "a list answers in the channel")
            first = rows(shown)
            expect(first[0]["STATUS"] != "Running", "sick ones come first")
            turned = self._presses(shown, "next.page", lambda message: first[0] not in rows(message))
            turned = self._presses(turned, "previous.page", lambda message: first[0] in rows(message))
            # Last: what it shows may be what stood there, so nobody sees when it has come.
            self._presses(turned, "refresh.list", lambda message: first[0] in rows(message))

    def _other_kinds(self) -> None:
        with self._step("Other kinds, a click away"):
            shown = self._types(
                self._ada,
                "/eks deploy -c us-east-1_prod-web",
                lambda message: "deployments of" in message.text and table(message) is not None,
            )
            for kind in ("services", "ingresses", "events"):
                shown = self._presses(shown, f"list.{kind}", _saying(f"{kind} of prod-web"))

    def _narrow(self) -> None:
        with self._step("Narrowed: words, namespace, selector, for one's own eyes"):
            shown = self._types(
                self._dev,
                "/eks get po -c us-east-1_prod-web --private api",
                lambda message: "match" in str(message.blocks),
            )
            expect(shown.ephemeral, "--private answers to the asker alone")
            offered = self._dev.suggestions(shown, "choose.namespace", "")
            self._say(
                "  namespaces offered: " + ", ".join(option["text"]["text"] for option in offered[:6]) + " …"
            )
            self._answer(
                self._dev,
                lambda: self._dev.picks(shown, "choose.namespace", "gateway"),
                lambda message: message.ts == shown.ts and "`gateway`" in str(message.blocks),
                again=True,
            )
            self._types(
                self._dev,
                "/eks nodes -l eks.amazonaws.com/nodegroup=general -c us-east-1_prod-web",
                lambda message: "nodegroup=general" in str(message.blocks) and table(message) is not None,
            )
            self._types(
                self._dev,
                "/eks pods —n kube-system -c us-east-1_prod-web",
                lambda message: "`kube-system`" in str(message.blocks),
            )
            self._types(
                self._dev,
                "/eks pods nothing-is-called-so -c us-east-1_prod-web",
                lambda message: "Show them" in str(message.blocks),
            )

    # People

    def _typing(self) -> None:
        with self._step("A word that is none gets the nearest one, with a button that runs it"):
            shown = self._types(
                self._ada, "/eks noodes -c us-east-1_prod-web", lambda message: "nodes" in str(message.blocks)
            )
            self._answer(
                self._ada,
                lambda: self._ada.clicks(shown, "run.suggestion"),
                lambda message: "nodes of prod-web" in message.text,
            )

    def _nobody_else(self) -> None:
        with self._step("A guest sees nothing; another workspace has its own connections, and none of these"):
            shown = self._types(self._gus, "/eks pods", lambda message: "Guests" in message.text)
            expect(shown.ephemeral, "a refusal is for the one who asked")
            self._types(self._other, "/eks connections", lambda message: "not connected" in message.text)
            self._types(
                self._other,
                "/eks pods -c eu-west-1_prod-payments",
                lambda message: "eu-west-1_prod-payments" in str(message.blocks),
            )

    def _disconnect(self) -> None:
        with self._step("Letting go: the bot asks, then forgets"):
            asked = self._types(
                self._dev,
                "/eks disconnect -c us-east-1_prod-web",
                lambda message: "Disconnect" in message.text,
            )
            self._answer(
                self._dev,
                lambda: self._dev.clicks(asked, "confirm.disconnect"),
                lambda message: "Disconnected" in message.text,
            )
            self._types(
                self._ada,
                "/eks connections",
                lambda message: (
                    "eu-west-1_prod-payments" in str(message.blocks)
                    and "us-east-1_prod-web" not in str(message.blocks)
                ),
            )

    # How it is told

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self._say(f"\n━━ {title} ━━")
        yield

    def _types(self, person: Person, line: str, expected: Callable[[Message], bool]) -> Message:
        self._say(f"\n{person.name} in #{_place(person)}: {line}")
        return self._answer(person, lambda: person.types(_place(person), line), expected)

    def _answer(
        self,
        person: Person,
        act: Callable[[], Any],
        expected: Callable[[Message], bool],
        *,
        again: bool = False,
    ) -> Message:
        """Does something and prints the answer to it: a new message, or with `again` one that changed."""
        place = _place(person)
        last = "" if again else max((message.ts for message in person.sees(place)), default="")
        ack = act()
        expect(ack.status in ("acked", "local"), f"Slack got its acknowledgement: {ack.status}")
        message = person.wait_for(place, expected, PATIENCE, after=last)
        only = "  (only visible to you)" if message.ephemeral else ""
        self._say(_indented(f"EKS{only}\n{person.reads(message, WIDTH)}"))
        return message

    def _presses(self, message: Message, action_id: str, turned: Callable[[Message], bool]) -> Message:
        """Ada clicks a button of her list, which changes in its place."""
        self._say(f"\nada clicks {action_id}")
        return self._answer(
            self._ada,
            lambda: self._ada.clicks(message, action_id),
            lambda seen: seen.ts == message.ts and "Listing" not in str(seen.blocks) and turned(seen),
            again=True,
        )

    def _shows(self, person: Person, view: View, after: str) -> None:
        self._say(f"\n{person.name}: {after}")
        self._say(_indented(person.reads(view)))


def _holding(words: str) -> Callable[[Message], bool]:
    return lambda message: words in str(message.blocks)


def _saying(words: str) -> Callable[[Message], bool]:
    return lambda message: words in message.text


def _button(message: Message, text: str, label: str | None = None) -> Mapping[str, Any]:
    """The message's button with that text, and with that label for screen readers."""
    elements = [element for block in message.blocks for element in block.get("elements", ())]
    return next(
        element
        for element in elements
        if element["type"] == "button"
        and element["text"]["text"] == text
        and label in (None, element.get("accessibility_label"))
    )


def _place(person: Person) -> str:
    """The first channel of theirs that is the team's #ops, else any."""
    names = [channel.name for channel in person.team.channels if person.id in channel.members]
    return "ops" if "ops" in names else names[0]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())


def expect(holds: bool, what: str) -> None:
    """Raises AssertionError, saying what should have held."""
    if not holds:
        raise AssertionError(f"not so: {what}")


def table(message: Message) -> Mapping[str, Any] | None:
    """The message's table, if it has one."""
    return next((block for block in message.blocks if block["type"] in ("data_table", "table")), None)


def rows(message: Message) -> list[Mapping[str, str]]:
    """The rows of the message's table, each by header."""
    shown = table(message) or {"rows": [[]]}
    headers, *lines = [[_cell(cell) for cell in row] for row in shown["rows"]]
    return [dict(zip(headers, line, strict=True)) for line in lines]


def _cell(cell: Mapping[str, Any]) -> str:
    if cell["type"] != "rich_text":
        return str(cell["text"])
    return str(cell["elements"][0]["elements"][0].get("fallback", ""))
