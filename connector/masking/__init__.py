"""What leaves the connector with nothing in it that looks like a credential: log lines, other texts, objects' JSON.

Own code, because no library that is kept well does it: detect-secrets looks for lines of source code that a person is
to check, suspects four things in an ordinary line of a log, keeps its settings for the whole process, and takes half a
millisecond for each line. A best effort all the same: a password that stands alone looks like any other word.
"""

from connector.masking.objects import masked_object
from connector.masking.text import masked_text

__all__ = ["masked_object", "masked_text"]
