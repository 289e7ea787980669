"""Amazon Resource Names, taken apart: who somebody is in IAM's terms."""

import re

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
_ASSUMED_ROLE = re.compile(
    r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[\w+=,.@-]+)/.+"
)


def role_of(principal: str) -> str:
    """ARN of the IAM role behind a session's ARN, which is what an access entry names; others are given back.

    A session's ARN does not hold the role's path, so neither does the answer.
    """
    session = _ASSUMED_ROLE.fullmatch(principal)
    if session is None:
        return principal
    return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"
