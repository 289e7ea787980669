"""A bare Bolt app on the same servers, to be compared with: `ack` only acknowledges, `respond` sends fifty rows too.

Run as `python -m bench.cases.bare socket|http ack|respond`, in the environment of a bot.
"""

import os
import signal
import sys
import threading

from cheroot.wsgi import Server
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

_ROWS = 50
_THREADS = 48

_COLUMNS = ("NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE", "CONTAINERS", "CREATED")


def _blocks() -> list[dict[str, object]]:
    texts = [_COLUMNS, *(tuple(f"{name.lower()}-{row}" for name in _COLUMNS) for row in range(_ROWS))]
    rows = [[{"type": "raw_text", "text": text} for text in line] for line in texts]
    return [{"type": "data_table", "caption": "rows", "page_size": 10, "rows": rows}]


def _app(respond: bool) -> App:
    client = WebClient(base_url=os.environ["SLACK_API_URL"])
    token = os.environ["SLACK_BOT_TOKEN"].partition(",")[0]
    told = client.auth_test(token=token)

    def authorize() -> AuthorizeResult:
        return AuthorizeResult.from_auth_test_response(bot_token=token, auth_test_response=told)

    app = App(
        client=client,
        authorize=authorize,
        signing_secret=os.environ.get("SLACK_SIGNING_SECRET"),
        ssl_check_enabled=False,
    )
    blocks = _blocks()

    @app.command("/eks")
    def eks(ack, respond) -> None:  # type: ignore[no-untyped-def]
        ack()
        if answers:
            respond(text="rows", blocks=blocks, response_type="in_channel")

    answers = respond
    return app


def _http(app: App) -> None:
    from flask import Flask, request

    flask, handler = Flask("bare"), SlackRequestHandler(app)
    flask.add_url_rule("/slack/events", "events", lambda: handler.handle(request), methods=["POST"])
    server = Server(("127.0.0.1", 0), flask, numthreads=_THREADS, request_queue_size=512)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.bind_addr[1]}", flush=True)


def _main(transport: str, what: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app = _app(what == "respond")
    if transport == "http":
        _http(app)
    else:
        SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()  # type: ignore[no-untyped-call]
    print("ready for all", flush=True)
    stop.wait()


if __name__ == "__main__":
    _main(*sys.argv[1:])
