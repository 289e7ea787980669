"""Who may do what: policy.yaml, as values, read and reloaded, and decided by.

`Policy` is what holds, `PolicyFile` keeps it up to date with its file, `Rights` are what one person has by it.
"""

from handlers.policy.file import PolicyFile
from handlers.policy.policy import Policy
from handlers.policy.reading import BadPolicy
from handlers.policy.rights import NotAllowed, Rights, Scope

__all__ = ["BadPolicy", "NotAllowed", "Policy", "PolicyFile", "Rights", "Scope"]
