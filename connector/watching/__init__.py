"""What clusters have, kept up to date by watches, so that what was listed once costs no list to show again."""

from connector.watching.beginning import Beginning
from connector.watching.budget import Budget
from connector.watching.watched import Taken
from connector.watching.watches import Watches

__all__ = ["Beginning", "Budget", "Taken", "Watches"]
