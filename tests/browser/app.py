"""An app beside the bot, which uses what the bot has no use for: Home tabs, stacked modals, all inputs."""

from typing import Any

from slack_sdk import WebClient

from playground.slack import LocalSlack, Person

Json = dict[str, Any]


class App:
    """Speaks with the bot's own tokens over the real Web API, as any app does."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack

    def publishes(self, person: Person, home: Json) -> None:
        self._client(person).views_publish(user_id=person.id, view=home)

    def opens(self, person: Person, modal: Json) -> None:
        """A modal on a trigger as the person's next act would give."""
        trigger = self._slack.world.new_trigger(person.team.id, person.id)
        self._client(person).views_open(trigger_id=trigger, view=modal)

    def pushes(self, person: Person, modal: Json) -> None:
        """A modal over the one that is open."""
        assert person.view
        trigger = self._slack.world.new_trigger(person.team.id, person.id, person.view.id)
        self._client(person).views_push(trigger_id=trigger, view=modal)

    def updates(self, person: Person, modal: Json) -> None:
        """The open modal, in its place."""
        assert person.view
        self._client(person).views_update(view_id=person.view.id, view=modal)

    def posts(self, person: Person, channel: str, *blocks: Json) -> None:
        """A message in a channel of the person's team."""
        place = person.team.channel(channel).id
        self._client(person).chat_postMessage(channel=place, text="From an app", blocks=list(blocks))

    def told(self, kind: str) -> Json:
        """The last payload of that type that Slack has sent to the app."""
        payloads = [entry.payload for entry in self._slack.log if entry.direction == "out"]
        return next(payload for payload in reversed(payloads) if payload.get("type") == kind)

    def _client(self, person: Person) -> WebClient:
        return WebClient(token=person.team.bot_token, base_url=self._slack.api_url)
