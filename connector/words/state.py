"""What a person hears while the bot's own memory is away; whoever runs the bot finds the cause in the log."""

from typing import Any

from connector.words import Context, Words


def away(_error: Any, _context: Context) -> Words:
    return Words(
        "The bot's memory is out of reach",
        "Its database does not answer.",
        "Try again in a minute; nothing was changed",
    )
