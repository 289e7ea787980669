"""Files that an app uploads: announced, sent, then finished and shared, as files_upload_v2 of the SDKs does it."""

import mimetypes
import time
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from playground.slack import chat, payloads
from playground.slack.calls import Call, Refused
from playground.slack.records import Channel, File, Json, Team, Upload
from playground.slack.state import World

LARGEST = 64 * 1024 * 1024  # Slack takes 1 GB; here it is memory
LARGEST_SNIPPET = 1024 * 1024
LONGEST_ALT_TEXT = 1000
MOST_CHANNELS = 100
# What Slack makes of a name's ending, where it is not what the mimetypes of the machine say.
_KINDS = {
    "csv": ("text/csv", "csv", "CSV"),
    "json": ("application/json", "json", "JSON"),
    "log": ("text/plain", "text", "Plain Text"),
    "md": ("text/markdown", "markdown", "Markdown (raw)"),
    "txt": ("text/plain", "text", "Plain Text"),
    "yaml": ("text/plain", "yaml", "YAML"),
    "yml": ("text/plain", "yaml", "YAML"),
}


def get_upload_url(call: Call) -> Json:
    """An address to send a file of that name and length to, once."""
    name, length = call.text("filename"), call.number("length")
    if not name or not length:
        raise Refused("missing_argument")
    if length > LARGEST:
        raise Refused("file_upload_size_restricted")
    if call.text("snippet_type") and length > LARGEST_SNIPPET:
        raise Refused("snippet_too_large")
    alt_txt = call.text("alt_txt")
    if alt_txt and len(alt_txt) > LONGEST_ALT_TEXT:
        raise Refused("alt_txt_too_large")
    file = _file(call.world, call.team, call.team.bot_user_id, name, length, alt_txt)
    path = f"/upload/v1/{call.world.secret(64)}"
    call.world.uploads[path] = call.world.files[file.id] = Upload(file)
    return {"upload_url": call.world.url + path, "file_id": file.id}


def _kind(name: str) -> tuple[str, str, str]:
    """The mimetype, filetype and pretty_type of a name; a name without a known ending is taken as text."""
    ending = PurePath(name).suffix.removeprefix(".").lower()
    if ending in _KINDS:
        return _KINDS[ending]
    mimetype = mimetypes.guess_type(name)[0]
    return (mimetype, ending, ending.upper()) if mimetype else _KINDS["txt"]


def _file(world: World, team: Team, user_id: str, name: str, size: int, alt_txt: str | None = None) -> File:
    mimetype, filetype, pretty_type = _kind(name)
    return File(
        id=world.new_id("F"),
        team_id=team.id,
        user=user_id,
        name=name,
        title=name,
        mimetype=mimetype,
        filetype=filetype,
        pretty_type=pretty_type,
        size=size,
        created=int(time.time()),
        alt_txt=alt_txt,
    )


def attached(world: World, team: Team, user_id: str, name: str, content: bytes) -> File:
    """A file that a person has put into a form, kept where the app's own files are."""
    file = _file(world, team, user_id, name, len(content))
    world.files[file.id] = Upload(file, content)
    return file


def complete_upload(call: Call) -> Json:
    """Give the files their titles and post them in the channels named, in one message a channel.

    Slack posts them a little after it has answered, here they are posted before; either way the answer tells of no
    `shares`.
    """
    uploads = [_finished(call, each) for each in _listed(call)]
    channels = _channels(call)
    comment, blocks = call.text("initial_comment") or "", call.data("blocks", "invalid_blocks")
    content = (
        chat.checked(
            {"text": comment, "blocks": None if comment else blocks}, call.team, call.world, call.faults
        )
        if comment or blocks
        else {"text": ""}
    )
    for upload, title in uploads:
        upload.file = replace(upload.file, title=title, team_id=call.team.id)
    files = tuple(upload.file for upload, _ in uploads)
    for channel in channels:
        chat.post_from_bot(
            call.world, call.team, channel, content | {"files": files}, thread=call.text("thread_ts")
        )
    return {"files": [payloads.file(each, call.world.url) for each in files]}


def _listed(call: Call) -> list[Json]:
    listed = call.data("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise Refused.for_faults(
            "invalid_arguments", ["[ERROR] must provide an array of files [json-pointer:/files]"]
        )
    return listed


def _finished(call: Call, listed: Json) -> tuple[Upload, str]:
    """The upload of this bot that is meant, and its title. Raises Refused for what was not sent."""
    upload = _uploaded(call, listed.get("id"))
    if upload.file.user != call.team.bot_user_id:
        raise Refused("file_not_found")
    title = listed.get("title")
    return upload, title if isinstance(title, str) and title else upload.file.name


def _uploaded(call: Call, file_id: Any) -> Upload:
    upload = call.world.files.get(str(file_id))
    if upload is None or upload.content is None or not call.world.reaches(call.token, upload.file.team_id):
        raise Refused("file_not_found")
    return upload


def _channels(call: Call) -> list[Channel]:
    """Where to share: `channel_id` and `channels`, the bot a member everywhere."""
    several = (call.text("channels") or "").split(",")
    wanted = dict.fromkeys(name.strip() for name in (call.text("channel_id") or "", *several) if name.strip())
    if len(wanted) > MOST_CHANNELS:
        raise Refused("channels_limit_exceeded")
    found = [call.conversation(name) for name in wanted]
    if not all(channel.is_member for channel in found):
        raise Refused("not_in_channel")
    return found


def info(call: Call) -> Json:
    """A file with where it was shared, which Slack knows only some time after the upload."""
    upload = _uploaded(call, call.need("file"))
    shares: Json = {}
    for channel in call.team.channels:
        found = [each.ts for each in call.world.messages.get(channel.id, ()) if _shows(each.files, upload)]
        if found:
            kind = "private" if channel.is_private or channel.is_im else "public"
            shares.setdefault(kind, {})[channel.id] = [{"ts": ts} for ts in found]
    return {"file": payloads.file(upload.file, call.world.url) | {"shares": shares}}


def _shows(files: tuple[File, ...], upload: Upload) -> bool:
    return any(each.id == upload.file.id for each in files)
